/* Rows of the rules about disks, interfaces and devices: the second half of checks_rules.c. */
#ifndef VSMIGD_TESTS_CHECKS_RULES_DEVICES_H
#define VSMIGD_TESTS_CHECKS_RULES_DEVICES_H

START_TEST(network)
{
	ROW("networks", "there", LIVE, "", (void)0);
	ROW("networks", "gone", LIVE, "VSM4401:false", f->nics_there[0].exists = TRI_NO);
	ROW("networks", "gone, only defined", OFFLINE, "VSM4401", f->nics_there[0].exists = TRI_NO;
		SHUT_OFF);
	ROW("networks", "inactive", RESTART, "VSM4402:false", f->nics_there[0].active = TRI_NO);
	ROW("networks", "no port group", LIVE, "VSM4403", NIC.portgroup = "dmz";
		f->nics_there[0].portgroup = TRI_NO);
	ROW("networks", "that lends out what is not there", LIVE, "VSM4404:false",
		f->nics_there[0].lacks = "br0");
	ROW("networks", "that lends out what may be there", LIVE, "VSM6002",
		f->nics_there[0].doubt = "br0");
	ROW("networks", "with a switch", LIVE, "VSM6002", f->nics_there[0].more = true);
	ROW("networks", "with a switch, which took a twin's", LIVE, "",
		f->nics_there[0].more = true;
		STARTED; f->probe.nics = ((bool[]){ true }));
	ROW("networks", "with devices, none left", LIVE, "VSM4901:false",
		f->nics_there[0].exclusive = f->nics_there[0].more = true);
	ROW("networks", "with devices, one left", LIVE, "VSM6002",
		f->nics_there[0].exclusive = f->nics_there[0].more = true;
		f->nics_there[0].n_free = 1);
	ROW("networks", "not known", LIVE, "VSM6002", f->nics_there[0].exists = TRI_UNKNOWN);
	ROW("networks", "gone, and another setting speaks of one", LIVE, "VSM4401:false",
		f->nics_there[0].exists = TRI_NO;
		s.resources = ((struct new_resource[]){ { 0, "CIM_ResourceAllocationSettingData",
			(struct setting[]){ { "Connection", LIST("default2"), 1 } }, 1 } });
		s.n_resources = 1);
	ROW("networks", "named by a new setting", LIVE, "VSM3013:6",
		f->nics_there[0].exists = TRI_NO;
		NIC.network = "blue";
		s.resources = ((struct new_resource[]){ { 2, "CIM_ResourceAllocationSettingData",
			(struct setting[]){ { "InstanceID", LIST("vsmigd:" UUID_VM ":" MAC_VM), 1 },
				{ "Connection", LIST("blue"), 1 } },
			2 } });
		s.n_resources = 1);

	ROW("network-differs", "the same", LIVE, "", (void)0);
	ROW("network-differs", "another mode", LIVE, "VSM5020", f->nics_there[0].forward = "route");
	ROW("network-differs", "another virtual bridge", LIVE, "",
		f->nics_there[0].bridge = "virbr1";
		f->nics_there[0].bridge_here = "virbr0");
	ROW("network-differs", "another bridge", LIVE, "VSM5020",
		f->nics_there[0] = ((struct nic_there){ .exists = TRI_YES,
			.active = TRI_YES,
			.forward = "bridge",
			.forward_here = "bridge",
			.bridge = "br1",
			.bridge_here = "br0" }));

	ROW("bridges", "there", LIVE, "", NIC.type = "bridge"; NIC.bridge = "br0");
	ROW("bridges", "gone", LIVE, "VSM4404:false", NIC.type = "bridge"; NIC.bridge = "br0";
		f->nics_there[0].exists = TRI_NO);
	ROW("bridges", "a device gone", LIVE, "VSM4404:false", NIC.type = "direct";
		NIC.dev = "eth1"; f->nics_there[0].exists = TRI_NO);
	ROW("bridges", "not known", LIVE, "VSM6002", NIC.type = "bridge"; NIC.bridge = "br0";
		f->nics_there[0].exists = TRI_UNKNOWN);

	ROW("nwfilters", "not known", LIVE, "VSM6002", NIC.filter = "clean-traffic";
		f->nics_there[0].filter = TRI_UNKNOWN);
	ROW("bridges", "a device that may be used", LIVE, "VSM6002", NIC.type = "direct";
		NIC.dev = "eth1");
	ROW("bridges", "a device that took a twin's", LIVE, "", NIC.type = "direct";
		NIC.dev = "eth1"; STARTED; f->probe.nics = ((bool[]){ true }));
	ROW("bridges", "a device for itself", LIVE, "VSM6002", NIC.type = "direct";
		NIC.dev = "eth1"; NIC.passthrough = true);
	ROW("bridges", "a device that another has", LIVE, "VSM4901:false", NIC.type = "direct";
		NIC.dev = "eth1"; NIC.passthrough = true; f->n_peers = 1;
		f->peers = ((struct peer[]){ { .name = "other",
			.uuid = UUID_OTHER,
			.active = true,
			.devices = LIST("eth1"),
			.n_devices = 1 } }));
	ROW("nwfilters", "there, its rules unknown", LIVE, "VSM6002", NIC.filter = "clean-traffic";
		f->nics_there[0].filter = TRI_YES);
	ROW("nwfilters", "put up for a twin", LIVE, "", NIC.filter = "clean-traffic"; STARTED;
		f->nics_there[0].filter = TRI_YES; f->probe.nics = ((bool[]){ true }));
	ROW("nwfilters", "gone", LIVE, "VSM4405:false", NIC.filter = "clean-traffic";
		f->nics_there[0].filter = TRI_NO);
	ROW("nwfilters", "gone, session", LIVE, "", NIC.filter = "clean-traffic";
		f->nics_there[0].filter = TRI_NO; f->dst.uri = "qemu:///session?socket=/x");

	ROW("nic-kind", "virtio", LIVE, "", (void)0);
	ROW("nic-kind", "passed through", LIVE, "VSM4406:false", NIC.type = "hostdev");
	ROW("nic-kind", "from a pool", LIVE, "VSM4406:false",
		f->nics_there[0].forward_here = "hostdev");
	ROW("nic-kind", "teamed", LIVE, "", NIC.type = "hostdev"; NIC.teaming = "transient");
	ROW("nic-kind", "vdpa", LIVE, "VSM4407:false", NIC.type = "vdpa");
	ROW("nic-kind", "usb", LIVE, "VSM4410:false", NIC.model = "usb-net");
	ROW("user-net", "none", LIVE, "", (void)0);
	ROW("user-net", "passt", LIVE, "", NIC.type = "user"; NIC.backend = "passt");
	ROW("user-net", "perhaps a helper", LIVE, "VSM6002", NIC.type = "user");
	ROW("nic-kind", "vhost-user", LIVE, "VSM6002", NIC.type = "vhostuser");
	ROW("nic-kind", "boots anew", RESTART, "", NIC.type = "vdpa");

	ROW("macs", "another address", LIVE, "",
		PEER(.active = true, .n_macs = 1, .macs = LIST("52:54:00:00:00:02"),
			.networks = LIST("default")));
	ROW("macs", "another network", LIVE, "",
		PEER(.active = true, .n_macs = 1, .macs = LIST(MAC_VM), .networks = LIST("blue")));
	ROW("macs", "taken", LIVE, "VSM4409 policy",
		PEER(.active = true, .n_macs = 1, .macs = LIST(MAC_VM),
			.networks = LIST("default")));
	ROW("macs", "taken, strict", LIVE, "VSM4409:false policy",
		config.refuse_duplicate_mac = true;
		PEER(.active = true, .n_macs = 1, .macs = LIST(MAC_VM),
			.networks = LIST("default")));
	ROW("macs", "taken, strict, inactive", LIVE, "VSM4409 policy",
		config.refuse_duplicate_mac = true;
		PEER(.n_macs = 1, .macs = LIST(MAC_VM), .networks = LIST("default")));
}
END_TEST

START_TEST(devices)
{
#define HOSTDEV(...)                                                                               \
	f->hostdevs_there = NEW(f, enum tri);                                                      \
	f->config.n_hostdevs = 1;                                                                  \
	f->config.hostdevs = ((struct vm_hostdev[]){ { __VA_ARGS__ } })
	ROW("hostdevs", "none", LIVE, "", (void)0);
	ROW("hostdevs", "pci", LIVE, "VSM4501:false",
		HOSTDEV(.type = "pci", .address = "0000:01:00.0"));
	ROW("hostdevs", "teamed", LIVE, "", HOSTDEV(.type = "pci", .teaming = "transient"));
	ROW("hostdevs", "mdev", LIVE, "VSM4502:false", HOSTDEV(.type = "mdev"));
	ROW("hostdevs", "scsi", LIVE, "VSM6002", HOSTDEV(.type = "scsi"));
	ROW("hostdevs", "scsi, before QEMU decided", LIVE, "VSM4501:false", HOSTDEV(.type = "scsi");
		f->src.hv_version = 5002000);
	ROW("hostdevs", "a host adapter", LIVE, "VSM4501:false", HOSTDEV(.type = "scsi_host"));
	ROW("hostdevs", "usb", LIVE, "", HOSTDEV(.type = "usb"));
	ROW("usb", "none", LIVE, "", HOSTDEV(.type = "pci"));
	ROW("usb", "one", LIVE, "VSM5011,VSM6002", HOSTDEV(.type = "usb", .address = "1234:5678"));
	ROW("usb", "one like it", RESTART, "VSM5011",
		HOSTDEV(.type = "usb", .address = "1234:5678");
		f->hostdevs_there[0] = TRI_YES);
	ROW("usb", "none like it", LIVE, "VSM4501:false,VSM5011",
		HOSTDEV(.type = "usb", .address = "1234:5678");
		f->hostdevs_there[0] = TRI_NO);
	ROW("usb", "none like it, not needed", LIVE, "VSM5011",
		HOSTDEV(.type = "usb", .address = "1234:5678", .startup_policy = "requisite");
		f->hostdevs_there[0] = TRI_NO);
	ROW("hostdevs-there", "there", RESTART, "", HOSTDEV(.type = "pci");
		f->hostdevs_there[0] = TRI_YES);
	ROW("hostdevs-there", "absent", RESTART, "VSM4501:false",
		HOSTDEV(.type = "pci", .address = "0000:01:00.0");
		f->hostdevs_there[0] = TRI_NO);
	ROW("hostdevs-there", "a mediated one absent", RESTART, "VSM4502:false",
		HOSTDEV(.type = "mdev", .address = "x");
		f->hostdevs_there[0] = TRI_NO);
	ROW("hostdevs-there", "not known", RESTART, "VSM6002", HOSTDEV(.type = "scsi"));

	ROW("shmem", "master", LIVE, "", f->config.n_shmem = 1; f->config.shmem_role = "master");
	ROW("shmem", "peer", LIVE, "VSM4503:false", f->config.n_shmem = 1;
		f->config.shmem_peer = true);
	ROW("shmem", "legacy", LIVE, "VSM4503:false", f->config.n_shmem = 1;
		f->config.shmem_legacy = true);

#define SHARE(...)                                                                                 \
	f->config.n_filesystems = 1;                                                               \
	f->config.filesystems = ((struct vm_filesystem[]){ { .target = "data", __VA_ARGS__ } })
	ROW("filesystems", "none", LIVE, "", (void)0);
	ROW("filesystems", "9p", LIVE, "VSM5012", SHARE(.driver = "path"));
	ROW("filesystems", "virtiofs", LIVE, "VSM4504:false", SHARE(.driver = "virtiofs"));
	ROW("filesystems", "virtiofs, later", LIVE, "VSM6002", SHARE(.driver = "virtiofs");
		f->src.lib_version = 11003000);
	ROW("filesystems", "boots anew", RESTART, "", SHARE(.driver = "path"));
	ROW("filesystems", "boots anew, with a virtiofsd over there", RESTART, "VSM6002",
		SHARE(.driver = "virtiofs"));
	ROW("filesystems", "boots anew, somebody else serves", RESTART, "",
		SHARE(.driver = "virtiofs", .external_socket = true));

	ROW("tpm", "emulated", LIVE, "", f->config.tpm_backend = "emulator");
	ROW("tpm-state", "its own", LIVE, "", f->config.tpm_backend = "emulator";
		f->tpm_here.shared_fs = TRI_NO);
	ROW("tpm-state", "who knows where", LIVE, "VSM6002", f->config.tpm_backend = "emulator";
		f->tpm_here = ((struct disk_here){ .why = "the service runs elsewhere" }));
	ROW("tpm-state", "shared", LIVE, "VSM6002", f->config.tpm_backend = "emulator";
		f->tpm_here.shared_fs = TRI_YES);
	ROW("tpm", "passed through", LIVE, "VSM4505:false", f->config.tpm_backend = "passthrough");

#define DEVICE(...)                                                                                \
	f->config.n_devices = 1;                                                                   \
	f->config.devices = ((struct vm_named[]){ { __VA_ARGS__ } })
	ROW("models", "sound", LIVE, "", DEVICE("sound", "ich9", NULL, NULL, NULL, false));
	ROW("models", "USB sound", LIVE, "VSM4508:false",
		DEVICE("sound", "usb", NULL, "sound0", NULL, false));
	ROW("models", "3D", LIVE, "VSM4507:false",
		DEVICE("video", "virtio", NULL, "video0", NULL, true));
	ROW("models", "crypto", LIVE, "VSM4508:false",
		DEVICE("crypto", "virtio", NULL, NULL, NULL, false));
	ROW("models", "input", LIVE, "VSM4509:false",
		DEVICE("input", "passthrough", NULL, "input3", "/dev/input/event1", false));

#define GRAPHICS(...)                                                                              \
	f->config.n_graphics = 1;                                                                  \
	f->config.graphics = ((struct vm_graphics[]){ { __VA_ARGS__ } })
	ROW("device-types", "offered", LIVE, "", GRAPHICS(.type = "vnc"));
	ROW("device-types", "no spice", LIVE, "VSM4514:false", GRAPHICS(.type = "spice");
		f->domcaps.enums = ((struct domcaps_enum[]){ { "graphics/type", LIST("vnc"), 1 } });
		f->domcaps.n_enums = 1);
	ROW("device-types", "no such video", LIVE, "VSM4514:false",
		DEVICE("video", "bochs", NULL, NULL, NULL, false));
	ROW("device-types", "no such source", LIVE, "VSM4514:false",
		DEVICE("rng", "virtio", "builtin", NULL, NULL, false);
		f->domcaps.enums =
			((struct domcaps_enum[]){ { "rng/backendModel", LIST("random"), 1 } });
		f->domcaps.n_enums = 1);
	ROW("device-types", "such a source", LIVE, "",
		DEVICE("rng", "virtio", "random", NULL, NULL, false);
		f->domcaps.enums =
			((struct domcaps_enum[]){ { "rng/backendModel", LIST("random"), 1 } });
		f->domcaps.n_enums = 1);
	ROW("device-types", "no spice channels", LIVE, "VSM4514:false", f->config.n_chardevs = 1;
		f->config.chardevs =
			((struct vm_chardev[]){ { .kind = "channel", .type = "spicevmc" } });
		f->domcaps.enums =
			((struct domcaps_enum[]){ { "channel/type", LIST("pty", "unix"), 2 } });
		f->domcaps.n_enums = 1);
	ROW("device-types", "no swtpm", LIVE, "VSM4514:false", f->config.tpm_backend = "emulator";
		f->domcaps.enums =
			((struct domcaps_enum[]){ { "tpm/backendModel", LIST("passthrough"), 1 } });
		f->domcaps.n_enums = 1);

#define BINDS(...)                                                                                 \
	f->config.n_ports = 1;                                                                     \
	f->config.ports =                                                                          \
		((struct vm_port[]){ { .kind = "serial", .name = "serial0", __VA_ARGS__ } })
#define CONNECTS(to)                                                                               \
	f->config.n_far_ports = 1;                                                                 \
	f->config.far_ports = ((struct vm_port[]){ { "serial", "serial0", to, "7001", false } })
#define CHARDEV(...)                                                                               \
	f->config.n_chardevs = 1;                                                                  \
	f->config.chardevs = ((struct vm_chardev[]){ { __VA_ARGS__ } })
	ROW("chardevs", "pty", LIVE, "",
		CHARDEV(.kind = "serial", .type = "pty", .path = "/dev/pts/3"));
	ROW("chardevs", "a host device of who knows", LIVE, "VSM5026,VSM6002",
		CHARDEV(.kind = "serial", .type = "dev", .path = "/dev/ttyS0"));
	ROW("chardevs", "a host device", LIVE, "VSM5026", PATHS(PATH_DEVICE, "/dev/ttyS0", TRI_YES);
		CHARDEV(.kind = "serial", .type = "dev", .path = "/dev/ttyS0"));
	ROW("chardevs", "a host device, absent", RESTART, "VSM4510:false",
		PATHS(PATH_DEVICE, "/dev/ttyS0", TRI_NO);
		CHARDEV(.kind = "serial", .type = "dev", .path = "/dev/ttyS0"));
	ROW("chardevs", "a host device, absent, offline", OFFLINE, "VSM4510", SHUT_OFF;
		PATHS(PATH_DEVICE, "/dev/ttyS0", TRI_NO);
		CHARDEV(.kind = "serial", .type = "dev", .path = "/dev/ttyS0"));
	ROW("chardevs", "a file and a log", LIVE, "VSM5013,VSM5013",
		CHARDEV(.kind = "serial", .type = "file", .path = "/tmp/x", .log_file = "/tmp/y"));

#define AGENT(in, how)                                                                             \
	f->in.n_chardevs = 1;                                                                      \
	f->in.chardevs = ((struct vm_chardev[]){ { .kind = "channel",                              \
		.type = "unix",                                                                    \
		.target_name = "org.qemu.guest_agent.0",                                           \
		.state = how } })
	ROW("guest-agent", "none", LIVE, "", (void)0);
	ROW("guest-agent", "connected", LIVE, "", AGENT(config, NULL); AGENT(stored, "connected"));
	ROW("guest-agent", "silent", LIVE, "VSM5014", AGENT(config, NULL);
		AGENT(stored, "disconnected"));
	ROW("guest-agent", "of a guest that boots anew", RESTART, "", AGENT(config, NULL);
		AGENT(stored, "disconnected"));

	ROW("clipboard", "another channel", LIVE, "", CHARDEV(.kind = "channel", .type = "unix"));
	ROW("clipboard", "an agent", LIVE, "VSM4516:false",
		CHARDEV(.kind = "channel", .type = "qemu-vdagent"));
	ROW("clipboard", "a QEMU that moves it", LIVE, "", f->src.hv_version = 10001000;
		CHARDEV(.kind = "channel", .type = "qemu-vdagent"));

	ROW("graphics-listen", "on a network", RESTART, "VSM6002",
		GRAPHICS(.type = "vnc", .listen_type = "network", .listen_network = "blue"));
	ROW("graphics-listen", "on a network, and started", RESTART, "",
		GRAPHICS(.type = "vnc", .listen_type = "network", .listen_network = "blue");
		STARTED; f->probe.listens = true);
	ROW("graphics-listen", "anywhere", LIVE, "", GRAPHICS(.type = "vnc", .listen = "0.0.0.0"));
	ROW("graphics-listen", "loopback", LIVE, "",
		GRAPHICS(.type = "vnc", .listen = "127.0.0.1"));
	ROW("graphics-listen", "the source's address", LIVE, "VSM4511:false",
		GRAPHICS(.type = "vnc", .listen_type = "address", .listen = "192.0.2.9"));
	ROW("graphics-listen", "that of the default network", LIVE, "VSM6002",
		GRAPHICS(.type = "vnc", .listen_type = "address", .listen = "192.168.122.1"));
	ROW("graphics-listen", "that of a network there", LIVE, "",
		f->dst.addresses = LIST("192.168.122.1");
		f->dst.n_addresses = 1;
		GRAPHICS(.type = "vnc", .listen_type = "address", .listen = "192.168.122.1"));
	ROW("graphics-listen", "of a guest that is off", RESTART, "VSM6002", SHUT_OFF;
		GRAPHICS(.type = "vnc", .listen_type = "address", .listen = "192.0.2.9"));
	ROW("graphics-listen", "the target's", LIVE, "", f->destination = "192.0.2.9";
		GRAPHICS(.type = "vnc", .listen_type = "address", .listen = "192.0.2.9"));

	ROW("graphics-ports", "automatic", LIVE, "",
		GRAPHICS(.type = "vnc", .port = 5901, .autoport = true);
		PEER(.active = true, .ports = (const int[]){ 5901 }, .n_ports = 1));
	ROW("graphics-ports", "free of virtual systems", LIVE, "VSM6002",
		GRAPHICS(.type = "vnc", .port = 5902);
		PEER(.active = true, .ports = (const int[]){ 5901 }, .n_ports = 1));
	ROW("graphics-ports", "taken", LIVE, "VSM4512:false", GRAPHICS(.type = "vnc", .port = 5901);
		PEER(.active = true, .ports = (const int[]){ 5901 }, .n_ports = 1));
	ROW("graphics-ports", "of one that is off", LIVE, "VSM6002",
		GRAPHICS(.type = "vnc", .port = 5901);
		PEER(.ports = (const int[]){ 5901 }, .n_ports = 1));

	ROW("graphics-ports", "of a serial port", LIVE, "VSM4512:false", BINDS(.port = "7001");
		PEER(.active = true, .ports = (const int[]){ 7001 }, .n_ports = 1));
	ROW("graphics-ports", "of a serial port elsewhere", LIVE, "VSM6002",
		BINDS(.port = "7001", .host = "127.0.0.1");
		PEER(.active = true, .ports = (const int[]){ 7001 }, .n_ports = 1,
			.port_hosts = LIST("127.0.0.2")));
	ROW("graphics-ports", "of a serial port, everywhere", LIVE, "VSM4512:false",
		BINDS(.port = "7001", .host = "0.0.0.0");
		PEER(.active = true, .ports = (const int[]){ 7001 }, .n_ports = 1,
			.port_hosts = LIST("127.0.0.2")));
	ROW("graphics-ports", "of a datagram port", LIVE, "VSM6002",
		BINDS(.port = "7001", .udp = true);
		PEER(.active = true, .ports = (const int[]){ 7001 }, .n_ports = 1));
	ROW("graphics-ports", "that a twin had", LIVE, "", BINDS(.port = "7001"); STARTED;
		f->probe.binds = true);
#define WEBSOCKET(now, then)                                                                       \
	GRAPHICS(.type = "vnc", .port = 5901, .autoport = true, .websocket = now);                 \
	f->next = f->stored;                                                                       \
	f->next.n_graphics = 1;                                                                    \
	f->next.graphics = ((struct vm_graphics[]){ { .websocket = then } });                      \
	PEER(.active = true, .ports = (const int[]){ 5701 }, .n_ports = 1)
	ROW("graphics-ports", "websocket", RESTART, "VSM4512:false,VSM6002",
		GRAPHICS(.type = "vnc", .port = 5901, .websocket = 5701);
		PEER(.active = true, .ports = (const int[]){ 5701 }, .n_ports = 1));
	ROW("graphics-ports", "websocket, fixed", LIVE, "VSM4512:false", WEBSOCKET(5701, 5701));
	ROW("graphics-ports", "websocket, chosen", LIVE, "", WEBSOCKET(5701, -1));
	ROW("graphics-ports", "websocket, changed since", LIVE, "VSM6002", WEBSOCKET(5701, 5702));
	ROW("graphics-ports", "websocket, nothing is stored", LIVE, "VSM6002",
		WEBSOCKET(5701, 5701);
		f->next.name = NULL);
	ROW("graphics-ports", "websocket that a twin had", LIVE, "", WEBSOCKET(5701, 5702);
		f->probe.listens = true; STARTED);
	ROW("host-paths", "none", LIVE, "", (void)0);
	ROW("host-paths", "a kernel and a socket", RESTART, "VSM6002,VSM6002",
		f->config.n_paths = 2;
		f->config.paths = ((struct vm_path[]){ { PATH_FILE, "kernel", "/boot/vmlinuz", 0 },
			{ PATH_FOLDER, "serial", "/run/x", 0 } }));
	ROW("host-paths", "a kernel that is there", LIVE, "VSM6002",
		PATHS(PATH_FILE, "/boot/vmlinuz", TRI_YES));
	ROW("host-paths", "a kernel that is absent", LIVE, "VSM4116:false",
		PATHS(PATH_FILE, "/boot/vmlinuz", TRI_NO));
	ROW("host-paths", "a socket whose folder is absent", RESTART, "VSM4116:false",
		PATHS(PATH_FOLDER, "/run/x/socket", TRI_NO));
	ROW("host-paths", "a device", LIVE, "", PATHS(PATH_DEVICE, "/dev/ttyS0", TRI_NO));
	ROW("connects", "to a server", LIVE, "VSM6002", CONNECTS("192.0.2.1"));
	ROW("connects", "to a server, which no probe asks", LIVE, "VSM6002", STARTED;
		f->probe.far = true; CONNECTS("192.0.2.1"));
	ROW("connects", "to its own host", LIVE, "VSM6002", CONNECTS("127.0.0.1"));
	ROW("connects", "to its own host, probed", LIVE, "", STARTED; f->probe.far = true;
		CONNECTS("127.0.0.1"));
	ROW("tap-names", "of libvirt's choice", LIVE, "", (void)0);
	ROW("tap-names", "free", LIVE, "", NIC.tap = "lan0"; f->nics_there[0].tap_taken = TRI_NO);
	ROW("tap-names", "taken", LIVE, "VSM4901:false", NIC.tap = "lan0";
		f->nics_there[0].tap_taken = TRI_YES);
	ROW("tap-names", "given, and there", LIVE, "", NIC.tap = "lan0"; NIC.tap_given = true;
		f->nics_there[0].tap_taken = TRI_YES);
	ROW("tap-names", "given, and absent", LIVE, "VSM4404:false", NIC.tap = "lan0";
		NIC.tap_given = true; f->nics_there[0].tap_taken = TRI_NO);
	ROW("tap-names", "given, and not known", LIVE, "VSM6002", NIC.tap = "lan0";
		NIC.tap_given = true);
	ROW("tap-names", "not known", LIVE, "VSM6002", NIC.tap = "lan0");
	ROW("models", "USB serial", LIVE, "VSM4508:false",
		CHARDEV(.kind = "serial", .type = "pty", .target_type = "usb-serial"));
	ROW("vsock", "free", LIVE, "", f->config.vsock_cid = 4;
		PEER(.active = true, .vsock_cid = 5));
	ROW("vsock", "taken", LIVE, "VSM4513:false", f->config.vsock_cid = 4;
		PEER(.active = true, .vsock_cid = 4));

	ROW("launch-security", "none", LIVE, "", (void)0);
	ROW("launch-security", "sev", LIVE, "VSM4601:false", f->config.launch_security = "sev");
	ROW("seclabel", "dynamic", LIVE, "", (void)0);
	ROW("seclabel", "there", LIVE, "", f->config.n_seclabel_models = 1;
		f->config.seclabel_models = LIST("dac"));
	ROW("seclabel", "none wanted", LIVE, "", f->config.n_seclabel_models = 1;
		f->config.seclabel_models = LIST("none"));
	ROW("seclabel", "the second gone", LIVE, "VSM4602:false", f->config.n_seclabel_models = 3;
		f->config.seclabel_models = LIST("dac", "apparmor", "apparmor"));
	ROW("seclabel", "gone", LIVE, "VSM4602:false", f->config.n_seclabel_models = 1;
		f->config.seclabel_models = LIST("selinux"));
	ROW("lease", "none", LIVE, "", (void)0);
	ROW("lease", "one", LIVE, "VSM6002", f->config.lease = "web1");
}
END_TEST

#endif
