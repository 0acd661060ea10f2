/* Rows of the rules about MigrationSettingData, the way of the data and arguments for QEMU; part of
 * checks_rules.c. */
#ifndef VSMIGD_TESTS_CHECKS_RULES_OPTIONS_H
#define VSMIGD_TESTS_CHECKS_RULES_OPTIONS_H

#define THROUGH                                                                                    \
	facts_set_known(f, FACT_WAY);                                                              \
	f->way.asked = true;                                                                       \
	f->way.through = TRI_YES
#define NOT_THROUGH(why)                                                                           \
	facts_set_known(f, FACT_WAY);                                                              \
	f->way.asked = true;                                                                       \
	f->way.through = TRI_NO;                                                                   \
	f->way.text = "libvirt's words";                                                           \
	f->way.cause = (why)
#define TWO_ADDRESSES                                                                              \
	s.addresses = LIST("192.0.2.7", "2001:db8::7");                                            \
	s.n_addresses = 2
#define BOUND(first, second) SEEN(first, TRI_UNKNOWN, second, TRI_UNKNOWN)
#define SEEN(first, first_reached, second, second_reached)                                         \
	f->way.text = "libvirt's words";                                                           \
	f->way.addresses = ((struct way_address[]){ { "192.0.2.7", first, first_reached, "cut" },  \
		{ "2001:db8::7", second, second_reached, "cut" } });                               \
	f->way.n_addresses = 2
#define WAYS(first, second) f->ways = ((enum tri[]){ first, second })

START_TEST(options)
{
	ROW("transport", "none asked", LIVE, "", (void)0);
	ROW("transport", "TCP", LIVE, "VSM5015", s.transport = TRANSPORT_TCP);
	ROW("transport", "TLS", LIVE, "VSM6002", s.transport = TRANSPORT_TLS);
	ROW("transport", "TLS, tried", LIVE, "", s.transport = TRANSPORT_TLS; THROUGH);
	ROW("transport", "TLS, not to be had", LIVE, "VSM3004:6",
		s.transport = TRANSPORT_TLS_STRICT;
		NOT_THROUGH(WAY_CREDENTIALS));
	ROW("transport", "TLS, not through for another reason", LIVE, "VSM6002",
		s.transport = TRANSPORT_TLS;
		NOT_THROUGH(WAY_NO_PORT));
	ROW("transport", "SMB", LIVE, "VSM3004:6", s.transport = TRANSPORT_SMB);
	ROW("transport", "IPC", LIVE, "VSM3004:6", s.transport = TRANSPORT_IPC);
	ROW("transport", "other", LIVE, "VSM3004:6", s.transport = TRANSPORT_OTHER;
		s.other_transport = "carrier pigeon");
	ROW("transport", "rdma unlocked", LIVE, "VSM3006:6,VSM5015", s.transport = TRANSPORT_OTHER;
		s.other_transport = "rdma");
	ROW("transport", "rdma", LIVE, "VSM5015", s.transport = TRANSPORT_OTHER;
		s.other_transport = "RDMA"; f->config.hard_limit_kib = 1);
	ROW("transport", "nothing to carry", OFFLINE, "", SHUT_OFF; s.transport = TRANSPORT_SMB);

	ROW("bandwidth", "none", LIVE, "", (void)0);
	ROW("bandwidth", "100 Mbit/s", LIVE, "", s.has_bandwidth = true; s.bandwidth = 100;
		s.bandwidth_unit = "bit / second * 10^6");
	ROW("bandwidth", "too little", LIVE, "VSM3018:6 policy", s.has_bandwidth = true;
		s.bandwidth = 1000; s.bandwidth_unit = "bit / second");
	ROW("bandwidth", "too much", LIVE, "VSM3018:6 policy", s.has_bandwidth = true;
		s.bandwidth = UINT64_MAX; s.bandwidth_unit = "byte / second * 2^20");
	ROW("bandwidth", "too much, allowed", LIVE, "VSM3018 policy", s.has_bandwidth = true;
		s.bandwidth = UINT64_MAX; s.bandwidth_unit = "byte / second * 2^20";
		config.refuse_bandwidth = false);
	ROW("bandwidth", "percent of who knows", LIVE, "VSM6002", s.has_bandwidth = true;
		s.bandwidth = 50; s.bandwidth_unit = "percent"; f->link.mbit = 0);
	ROW("bandwidth", "percent", LIVE, "", s.has_bandwidth = true; s.bandwidth = 50;
		s.bandwidth_unit = "percent");
	ROW("bandwidth", "percent of next to nothing", LIVE, "VSM3018:6 policy",
		s.has_bandwidth = true;
		s.bandwidth = 5; s.bandwidth_unit = "percent"; f->link.mbit = 100);

	ROW("compression", "not asked for", LIVE, "", f->dst.hv_version = VERSION_1_1);
	ROW("compression", "offered", LIVE, "", s.compression = true);
	ROW("compression", "an old QEMU", LIVE, "VSM3007:6", s.compression = true;
		f->dst.hv_version = VERSION_1_1);
	ROW("compression", "an old libvirt, and another hypervisor", LIVE, "VSM3007:6,VSM3007:6",
		s.compression = true;
		f->src.lib_version = VERSION_1_1 - 100000; f->dst.type = "Xen");
	ROW("compression", "of no version", LIVE, "VSM6002", s.compression = true;
		f->src.hv_version = 0);
	ROW("compression", "nothing to carry", OFFLINE, "", s.compression = true; SHUT_OFF;
		f->dst.hv_version = VERSION_1_1);

	ROW("link", "fast", LIVE, "", (void)0);
	ROW("link", "of this host", LIVE, "", f->link.name = "lo"; f->link.mbit = 0);
	ROW("link", "slow", LIVE, "VSM5016", f->link.mbit = 100);
	ROW("link", "down", LIVE, "VSM5016", f->link.up = false);
	ROW("link", "of no speed", LIVE, "VSM6002", f->link.mbit = 0);
	ROW("link", "not known", MOVE_RESUME, "VSM6002", f->link.name = NULL);
	ROW("link", "another hypervisor", LIVE, "", f->dst.type = "Xen"; f->link.mbit = 10);

	ROW("dirty-rate", "low", LIVE, "", f->vm.dirty_mib = 1191);
	ROW("dirty-rate", "high", LIVE, "VSM5017", f->vm.dirty_mib = 1192);
	ROW("dirty-rate", "high for a slow link", LIVE, "VSM5017", f->vm.dirty_mib = 12;
		f->link.mbit = 100);
	ROW("dirty-rate", "high for what is usual", COPY, "VSM5017", f->vm.dirty_mib = 119;
		f->link.mbit = 0);
	ROW("dirty-rate", "not measured", LIVE, "VSM6002", f->vm.dirty_measured = false);
	ROW("dirty-rate", "a guest that stands still", LIVE, "", f->vm.dirty_measured = false;
		f->vm.state = 3);

	ROW("options", "none", LIVE, "", s.has_priority = true);
	ROW("options", "no type", LIVE, "VSM6004", s.given = true; s.type = 0);
	ROW("options", "nothing given", LIVE, "", s.type = 0);
	ROW("options", "priority", LIVE, "VSM5018", s.has_priority = true; s.priority = 3);
	ROW("options", "others", LIVE, "VSM5019,VSM5019",
		s.ignored = LIST("EnableCompression", "Caption");
		s.n_ignored = 2);

	ROW("addresses", "none", LIVE, "", (void)0);
	ROW("addresses", "of who knows", LIVE, "VSM6002", s.addresses = LIST("192.0.2.7");
		s.n_addresses = 1; f->dst.addresses = LIST("192.0.2.8"); f->dst.n_addresses = 1);
	ROW("addresses", "of the target", LIVE, "", s.addresses = LIST("127.0.0.1", "192.0.2.7");
		s.n_addresses = 2; f->dst.addresses = LIST("192.0.2.7"); f->dst.n_addresses = 1);
	ROW("addresses", "of the target, spelled otherwise", LIVE, "",
		s.addresses = LIST("2001:DB8:0::7");
		s.n_addresses = 1; f->dst.addresses = LIST("2001:db8::7"); f->dst.n_addresses = 1);
	ROW("addresses", "of nobody", LIVE, "VSM3016:6", s.addresses = LIST("127.0.0.1", "::1");
		s.n_addresses = 2);
	ROW("addresses", "of a link alone", LIVE, "VSM3016:6", s.addresses = LIST("fe80::7");
		s.n_addresses = 1);
	ROW("addresses", "not to be had there", LIVE, "VSM3016:6", TWO_ADDRESSES;
		BOUND(TRI_NO, TRI_NO));
	ROW("addresses", "the second one of the target", LIVE, "", TWO_ADDRESSES;
		BOUND(TRI_NO, TRI_YES));
	ROW("addresses", "the second one of who knows", LIVE, "VSM6002", TWO_ADDRESSES;
		BOUND(TRI_NO, TRI_UNKNOWN));
	ROW("addresses", "no way to the target's", LIVE, "VSM2010:5", TWO_ADDRESSES;
		BOUND(TRI_NO, TRI_YES); WAYS(TRI_YES, TRI_NO));
	ROW("addresses", "no way to what may be the target's", LIVE, "VSM2010:5", TWO_ADDRESSES;
		WAYS(TRI_NO, TRI_NO));
	ROW("addresses", "a way to one of the target's", LIVE, "", TWO_ADDRESSES;
		BOUND(TRI_YES, TRI_YES); WAYS(TRI_NO, TRI_YES));
	ROW("addresses", "the target's, not reached", LIVE, "VSM2010:5", TWO_ADDRESSES;
		SEEN(TRI_NO, TRI_UNKNOWN, TRI_YES, TRI_NO));
	ROW("addresses", "the second one reached", LIVE, "", TWO_ADDRESSES;
		SEEN(TRI_YES, TRI_NO, TRI_YES, TRI_YES));
	ROW("addresses", "nothing to carry", OFFLINE, "", SHUT_OFF; s.addresses = LIST("127.0.0.1");
		s.n_addresses = 1);

	ROW("data-path", "by name", LIVE, "VSM6002", (void)0);
	ROW("data-path", "by a name that is not known", MOVE_RESUME, "VSM6002",
		f->dst.name_resolves = TRI_NO);
	ROW("data-path", "tried", LIVE, "", THROUGH);
	ROW("data-path", "tried, at an address", LIVE, "VSM6002", s.addresses = LIST("192.0.2.7");
		s.n_addresses = 1; THROUGH);
	ROW("data-path", "tried, in vain", LIVE, "", NOT_THROUGH(WAY_CUT));
	ROW("data-path", "tried, and not come as far", LIVE, "VSM6002", NOT_THROUGH(WAY_HOOK));
	ROW("data-path", "no address that would do", LIVE, "", s.addresses = LIST("127.0.0.1");
		s.n_addresses = 1);
	ROW("data-path", "another hypervisor", LIVE, "", f->dst.type = f->src.type = "Test");
	ROW("hidden", "a guest that runs", LIVE, "VSM6002", (void)0);
	ROW("hidden", "a guest that stands still", MOVE_RESUME, "VSM6002", f->vm.state = 3);
	ROW("hidden", "a guest that is off", LIVE, "", SHUT_OFF);
	ROW("hidden", "another hypervisor", LIVE, "", f->src.type = "Test");
	ROW("port-range", "live", LIVE, "VSM6002", (void)0);
	ROW("port-range", "no data", OFFLINE, "VSM6002", (void)0);
	ROW("port-range", "another hypervisor", LIVE, "", f->dst.type = f->src.type = "Test");
	ROW("port-range", "tried", LIVE, "", f->hook_there = TRI_NO; THROUGH);
	ROW("port-range", "tried, with disks", COPY, "VSM6002", f->hook_there = TRI_NO; THROUGH);
	ROW("port-range", "tried, where a hook may be", LIVE, "VSM6002", THROUGH);
	ROW("port-range", "tried, where a hook is", OFFLINE, "VSM6002", f->hook_there = TRI_YES;
		THROUGH);
	ROW("port-range", "tried, with a disk", COPY, "", f->hook_there = TRI_NO;
		f->way.copies = TRI_YES; THROUGH);
	ROW("target-localhost", "named localhost, and reached", LIVE, "", f->dst.name = "localhost";
		THROUGH);
	ROW("target-localhost", "named localhost, and not reached", LIVE, "VSM4004:false",
		f->dst.name = "localhost";
		NOT_THROUGH(WAY_CUT));
	ROW("way", "not tried", LIVE, "", (void)0);
	ROW("way", "through", OFFLINE, "VSM6001", THROUGH);
	ROW("way", "not without TLS", OFFLINE, "VSM3004:6", NOT_THROUGH(WAY_TLS_ONLY));
	ROW("way", "no port", OFFLINE, "VSM4901:false", NOT_THROUGH(WAY_NO_PORT));
	ROW("way", "hook", LIVE, "VSM4901:false", NOT_THROUGH(WAY_HOOK));
	ROW("way", "credentials", LIVE, "", s.transport = TRANSPORT_TLS;
		NOT_THROUGH(WAY_CREDENTIALS));
	ROW("way", "credentials that nobody asked for", LIVE, "VSM4901:false",
		NOT_THROUGH(WAY_CREDENTIALS));
	ROW("way", "an address that is not the target's", LIVE, "VSM4901:false",
		NOT_THROUGH(WAY_ADDRESS));
	ROW("way", "cut", LIVE, "VSM2010:5", NOT_THROUGH(WAY_CUT));
	ROW("way", "silence", LIVE, "VSM2010:5", NOT_THROUGH(WAY_SILENT));
	ROW("way", "cut, at an address that was given", LIVE, "", TWO_ADDRESSES;
		NOT_THROUGH(WAY_CUT));
	ROW("planned", "none", LIVE, "", (void)0);
	ROW("planned", "defined there", LIVE, "", s.planned_vm = UUID_VM;
		f->same_uuid = ((struct name_clash){ TRI_YES, "web1", UUID_VM, false, 5, 0 }));
	ROW("planned", "not there", LIVE, "VSM3015:6", s.planned_vm = UUID_VM);
	ROW("planned", "of another name", LIVE, "VSM3015:6", s.planned_vm = UUID_VM;
		f->same_uuid = ((struct name_clash){ TRI_YES, "db", UUID_VM, false, 5, 0 }));
	ROW("planned", "another one", LIVE, "VSM3015:6", s.planned_vm = UUID_OTHER);

	ROW("unmanaged-disks", "none", COPY, "", (void)0);
	ROW("unmanaged-disks", "by target", COPY, "", s.unmanaged = LIST("vda"); s.n_unmanaged = 1);
	ROW("unmanaged-disks", "by source", COPY, "", s.n_unmanaged = 1;
		s.unmanaged = LIST("<VALUE>/shared/web1.qcow2</VALUE>"));
	ROW("unmanaged-disks", "another's", COPY, "VSM3010:6,VSM3010:6",
		s.unmanaged = LIST("vdab", "/x");
		s.n_unmanaged = 2);

	ROW("new-settings", "none", LIVE, "", (void)0);
	ROW("new-settings", "another UUID", LIVE, "VSM3008:6",
		s.system = (&(struct new_system){ .n = 1,
			.props = (struct setting[]){
				{ "VirtualSystemIdentifier", LIST(UUID_OTHER), 1 } } }));
}
END_TEST

START_TEST(arguments)
{
	ROW("hypervisor-args", "none", LIVE, "", (void)0);
	ROW("hypervisor-args", "only defined", OFFLINE, "VSM5022", SHUT_OFF;
		f->config.n_qemu_args = 2; f->config.qemu_args = LIST("-device", "nvme"));
	ROW("hypervisor-args", "harmless", LIVE, "VSM5022,VSM6002", f->config.n_qemu_args = 2;
		f->config.qemu_args = LIST("-device", "nvme-like,id=x"));
	ROW("hypervisor-args", "nvme", LIVE, "VSM4515:false,VSM5022,VSM6002",
		f->config.n_qemu_args = 2;
		f->config.qemu_args = LIST("-device", "nvme,drive=d0"));
	ROW("hypervisor-args", "tablet that stays", LIVE, "VSM4515:false,VSM5022,VSM6002",
		f->config.n_qemu_args = 2;
		f->config.qemu_args = LIST("-device", "usb-wacom-tablet,bus=xx.0"));
	ROW("hypervisor-args", "shared memory, peer", LIVE, "VSM4515:false,VSM5022,VSM6002",
		f->config.n_qemu_args = 2;
		f->config.qemu_args = LIST("-device", "ivshmem-plain,memdev=m"));
	ROW("hypervisor-args", "shared memory, master", LIVE, "VSM5022,VSM6002",
		f->config.n_qemu_args = 2;
		f->config.qemu_args = LIST("-device", "ivshmem-plain,memdev=m,master=on"));
	ROW("hypervisor-args", "waits itself", LIVE, "VSM4901:false,VSM5022,VSM6002",
		f->config.n_qemu_args = 2;
		f->config.qemu_args = LIST("-incoming", "defer"));
	ROW("hypervisor-args", "boots anew", RESTART, "VSM5022,VSM6002", f->config.n_qemu_args = 2;
		f->config.qemu_args = LIST("-device", "nvme,drive=d0"));
#define ARG(option, arg)                                                                           \
	f->config.n_qemu_args = 2;                                                                 \
	f->config.qemu_args = LIST(option, arg)
	ROW("hypervisor-args", "nvme by its key", LIVE, "VSM4515:false,VSM5022,VSM6002",
		ARG("-device", "driver=nvme,serial=1"));
	ROW("hypervisor-args", "nvme behind another key", LIVE, "VSM4515:false,VSM5022,VSM6002",
		ARG("-device", "id=a,driver=nvme"));
	ROW("hypervisor-args", "as an object", LIVE, "VSM4515:false,VSM5022,VSM6002",
		ARG("-device", "{ \"id\": \"a\", \"driver\" : \"virtio-crypto-pci\" }"));
	ROW("hypervisor-args", "another object", LIVE, "VSM5022,VSM6002",
		ARG("-device", "{\"driver\":\"usb-tablet\",\"id\":\"nvme\"}"));
	ROW("hypervisor-args", "shared memory of a peer", LIVE, "VSM4515:false,VSM5022,VSM6002",
		ARG("-device", "ivshmem-plain,memdev=hm"));
	ROW("hypervisor-args", "shared memory of a master", LIVE, "VSM5022,VSM6002",
		ARG("-device", "ivshmem-plain,memdev=hm,master=on"));
	ROW("hypervisor-args", "shared memory of a master, as an object", LIVE, "VSM5022,VSM6002",
		ARG("-device", "{\"driver\":\"ivshmem-plain\",\"master\":\"on\"}"));
	ROW("hypervisor-args", "an image", LIVE, "VSM4515:false,VSM5022,VSM6002",
		ARG("-drive", "file=/a.vmdk,if=none,format=vmdk"));
	ROW("hypervisor-args", "an image of another format", LIVE, "VSM5022,VSM6002",
		ARG("-drive", "file=/vmdk,format=qcow2"));
	ROW("hypervisor-args", "an image as a node", LIVE, "VSM4515:false,VSM5022,VSM6002",
		ARG("-blockdev", "node-name=a,driver=vdi,file.driver=file,file.filename=/a"));
	ROW("hypervisor-args", "an image as a node, as an object", LIVE,
		"VSM4515:false,VSM5022,VSM6002",
		ARG("-blockdev", "{\"file\":{\"driver\":\"file\"},\"driver\":\"qcow\"}"));
	ROW("hypervisor-args", "an agent", LIVE, "VSM4515:false,VSM5022,VSM6002",
		ARG("-chardev", "qemu-vdagent,id=a,clipboard=on"));
}
END_TEST

#endif
