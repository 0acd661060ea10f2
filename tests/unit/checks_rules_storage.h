/* Rows of the rules about disks, their images, pools and secrets. */
#ifndef VSMIGD_TESTS_CHECKS_RULES_STORAGE_H
#define VSMIGD_TESTS_CHECKS_RULES_STORAGE_H

#define STARTED                                                                                    \
	facts_set_known(f, FACT_DST_PROBE);                                                        \
	f->probe.started = TRI_YES;                                                                \
	f->probe.listens = true

START_TEST(storage)
{
/* What the guest runs with, where DISK is what it is to get. */
#define WAS f->stored.disks[0]

#define LOCAL                                                                                      \
	f->disks_here[0] = ((struct disk_here){ .shared_fs = TRI_NO,                               \
		.coherent = TRI_NO,                                                                \
		.fs = "ext4",                                                                      \
		.capacity = 4294967296,                                                            \
		.allocation = 1073741824 })
	ROW("disk-local", "shared", LIVE, "", (void)0);
	ROW("disk-local", "local", LIVE, "VSM4301:false", LOCAL);
	ROW("disk-local", "local, paused", MOVE_RESUME, "VSM4301:false", LOCAL);
	ROW("disk-local", "local, copied", COPY, "", LOCAL);
	ROW("disk-local", "local, shareable, not copied", COPY, "VSM4301:false", LOCAL;
		WAS.shareable = true; DISK.shareable = true);
	ROW("disk-local", "local, restart", RESTART, "VSM4301:false policy", LOCAL);
	ROW("disk-local", "local, restart, allowed", RESTART, "VSM4301 policy", LOCAL;
		config.refuse_local_restart = false);
	ROW("disk-local", "local, offline", OFFLINE, "VSM4301 policy", LOCAL; SHUT_OFF);
	ROW("disk-local", "local, read-only", LIVE, "", LOCAL; WAS.readonly = true);
	ROW("disk-local", "an empty drive", LIVE, "", LOCAL; WAS.source = NULL);
	ROW("disk-local", "a block device", LIVE, "", LOCAL; WAS.type = "block");
	ROW("disk-local", "a device of its own", LIVE, "", LOCAL; WAS.type = "nvme");
	ROW("disk-local", "a volume", LIVE, "VSM4301:false", LOCAL; WAS.type = "volume");
	ROW("disk-local", "a network disk", LIVE, "", LOCAL; WAS.type = "network");
	ROW("disk-local", "local, unmanaged", COPY, "VSM4301:false", LOCAL;
		s.unmanaged = LIST("vda"); s.n_unmanaged = 1);
	ROW("disk-local", "not known", LIVE, "VSM6002",
		f->disks_here[0] = ((struct disk_here){ .why = "the service runs elsewhere" }));

	ROW("disk-there", "with a base beside it", LIVE, "", DISK.n_backing = 1;
		DISK.backing_formats = LIST("raw");
		DISK.backing_sources = LIST("/shared/base.qcow2"));
	ROW("disk-there", "with a base elsewhere", LIVE, "VSM6002", DISK.n_backing = 1;
		DISK.backing_formats = LIST("raw");
		DISK.backing_sources = LIST("/bases/base.qcow2"));
	ROW("disk-there", "with a base that is absent", LIVE, "VSM4302:false", DISK.n_backing = 1;
		DISK.backing_formats = LIST("raw");
		DISK.backing_sources = LIST("/bases/base.qcow2");
		f->disks_there[0].base_absent = "/bases/base.qcow2");
	ROW("disk-there", "with a base or without", RESTART, "VSM6002", DISK.chain_known = false);
	ROW("disk-there", "with a base or without, only defined", OFFLINE, "", SHUT_OFF;
		DISK.chain_known = false);
	ROW("disk-there", "raw, so without a base", RESTART, "", DISK.chain_known = false;
		DISK.format = "raw");
	ROW("disk-there", "with a base or without, as a probe saw", RESTART, "",
		DISK.chain_known = false;
		STARTED; f->probe.images = TRI_YES);
	ROW("disk-there", "on a server", LIVE, "VSM6002", DISK.type = "network";
		f->disks_there[0].exists = TRI_UNKNOWN);
#define POOL(here_host, here, there_host, there)                                                   \
	DISK.pool = "tank";                                                                        \
	f->disks_here[0].pool_host = here_host;                                                    \
	f->disks_here[0].pool_source = here;                                                       \
	f->disks_there[0].pool_host = there_host;                                                  \
	f->disks_there[0].pool_source = there
	ROW("disk-pool", "no pool", LIVE, "", (void)0);
	ROW("disk-pool", "directories", LIVE, "", POOL(NULL, NULL, NULL, NULL));
	ROW("disk-pool", "the same", LIVE, "", POOL("nas", "/vm", "nas", "/vm"));
	ROW("disk-pool", "another name of the server", LIVE, "VSM4305 policy",
		POOL("nas", "/vm", "nas.lab", "/vm"));
	ROW("disk-pool", "another export", LIVE, "VSM4305:false policy",
		POOL("nas", "/vm", "nas", "/vm2"));
	ROW("disk-pool", "another export, allowed", LIVE, "VSM4305 policy",
		POOL("nas", "/vm", "nas", "/vm2");
		config.refuse_other_pool = false);

	ROW("disk-there", "there", LIVE, "", (void)0);
	ROW("disk-there", "gone", LIVE, "VSM4302:false", f->disks_there[0].exists = TRI_NO);
	ROW("disk-there", "gone, and may be", RESTART, "VSM4302", DISK.startup_policy = "optional";
		f->disks_there[0].exists = TRI_NO);
	ROW("disk-there", "gone, and might be when it began", LIVE, "VSM4302:false",
		DISK.startup_policy = "optional";
		f->disks_there[0].exists = TRI_NO);
	ROW("disk-there", "no pool, and need be none", RESTART, "VSM4303", DISK.type = "volume";
		DISK.startup_policy = "optional"; DISK.pool = "images";
		f->disks_there[0].pool = TRI_NO);
	ROW("disk-there", "gone, read-only", LIVE, "VSM4302:false",
		f->disks_there[0].exists = TRI_NO;
		DISK.readonly = true);
	ROW("disk-there", "a base below a copy", COPY, "VSM6002", LOCAL; DISK.n_backing = 1;
		DISK.backing_sources = DISK.backing_formats = LIST("/base"));
	ROW("disk-there", "a base below a copy, seen", COPY, "", LOCAL; DISK.n_backing = 1;
		DISK.backing_sources = DISK.backing_formats = LIST("/base"); STARTED);
	ROW("disk-there", "the image of another disk", LIVE, "VSM4901:false",
		f->config.disks = f->stored.disks = ((struct vm_disk[]){ DISK, DISK });
		f->config.disks[1].target = "vdb"; f->config.n_disks = 2;
		f->disks_there = ((struct disk_there[]){ f->disks_there[0], f->disks_there[0] });
		s.resources = ((struct new_resource[]){ { 0, "CIM_ResourceAllocationSettingData",
			(struct setting[]){ { "InstanceID", LIST("vsmigd:" UUID_VM ":vda"), 1 },
				{ "HostResource", LIST("/shared/web1.qcow2"), 1 } },
			2 } });
		s.n_resources = 1);
	ROW("disk-there", "gone, optional, restart, given anew", RESTART, "VSM4302",
		f->disks_there[0].exists = TRI_NO;
		DISK.startup_policy = "optional");
	ROW("disk-there", "gone, optional", LIVE, "VSM4302:false",
		f->disks_there[0].exists = TRI_NO;
		DISK.startup_policy = "optional");
	ROW("disk-there", "gone, only defined", OFFLINE, "VSM4302", SHUT_OFF;
		f->disks_there[0].exists = TRI_NO);
	ROW("disk-there", "gone, copied", COPY, "", LOCAL; f->disks_there[0].exists = TRI_NO);
	ROW("disk-there", "no pool", LIVE, "VSM4303:false", DISK.type = "volume";
		DISK.pool = "images"; f->disks_there[0].pool = TRI_NO);
	ROW("disk-there", "pool inactive", LIVE, "VSM4304:false", DISK.type = "volume";
		DISK.pool = "images"; f->disks_there[0].pool = TRI_YES;
		f->disks_there[0].pool_active = TRI_NO);
	ROW("disk-there", "not known", LIVE, "VSM6002", f->disks_there[0].exists = TRI_UNKNOWN);

	ROW("disk-cache", "a QEMU that drops it", LIVE, "", LOCAL; DISK.cache = "writeback");
	ROW("disk-cache", "an old QEMU", LIVE, "VSM4308:false", DISK.cache = NULL;
		f->src.hv_version = 3001000; f->disks_here[0].coherent = TRI_NO);
	ROW("disk-cache", "an old QEMU, uncached", LIVE, "", f->src.hv_version = 3001000;
		f->disks_here[0].coherent = TRI_NO);

	ROW("disk-transient", "lasting", LIVE, "", (void)0);
	ROW("disk-transient", "transient", LIVE, "VSM4306:false", DISK.transient = true);
	ROW("disk-transient", "boots anew", RESTART, "", DISK.transient = true);

	ROW("disk-format", "raw", LIVE, "", DISK.format = "raw");
	ROW("disk-format", "vmdk", LIVE, "VSM4307:false", DISK.format = "vmdk");
	ROW("disk-format", "below an overlay", LIVE, "VSM4307:false", DISK.n_backing = 1;
		DISK.backing_formats = LIST("vdi"));
	ROW("disk-format", "boots anew", RESTART, "", DISK.format = "vmdk");

	ROW("disk-kind", "a file", LIVE, "", (void)0);
	ROW("disk-kind", "nvme", LIVE, "VSM4309:false", DISK.type = "nvme");
	ROW("disk-kind", "reservations", LIVE, "VSM4315:false policy", DISK.reservations = true);
	ROW("disk-kind", "reservations, allowed", LIVE, "VSM4315 policy", DISK.reservations = true;
		config.refuse_reservations = false);

	ROW("disk-bus", "offered", LIVE, "", DISK.bus = "sata");
	ROW("disk-bus", "never told of", LIVE, "", DISK.bus = "sd");
	ROW("disk-bus", "not offered", LIVE, "VSM4317:false", DISK.bus = "fdc";
		f->domcaps.enums = ((struct domcaps_enum[]){ { "disk/bus", LIST("virtio"), 1 } });
		f->domcaps.n_enums = 1);

#define CD(here, there)                                                                            \
	DISK.device = "cdrom";                                                                     \
	DISK.readonly = true;                                                                      \
	f->disks_here[0].shared_fs = here;                                                         \
	f->disks_there[0].exists = there
	ROW("removable", "there", LIVE, "", CD(TRI_NO, TRI_YES));
	ROW("removable", "empty", LIVE, "", CD(TRI_NO, TRI_NO); DISK.source = NULL);
	ROW("removable", "gone", LIVE, "VSM4316:false", CD(TRI_NO, TRI_NO));
	ROW("removable", "gone, optional", LIVE, "VSM5010", CD(TRI_NO, TRI_NO);
		DISK.startup_policy = "optional");
	ROW("removable", "gone, requisite", LIVE, "VSM5010", CD(TRI_NO, TRI_NO);
		DISK.startup_policy = "requisite");
	ROW("removable", "gone, requisite, restart", RESTART, "VSM4316:false", CD(TRI_NO, TRI_NO);
		DISK.startup_policy = "requisite");
	ROW("removable", "no pool", LIVE, "VSM4303:false", CD(TRI_NO, TRI_UNKNOWN);
		DISK.pool = "isos"; f->disks_there[0].pool = TRI_NO);
	ROW("removable", "no pool, optional", LIVE, "VSM4303", CD(TRI_NO, TRI_UNKNOWN);
		DISK.startup_policy = "optional"; DISK.pool = "isos";
		f->disks_there[0].pool = TRI_NO);
	ROW("removable", "copied", COPY, "", CD(TRI_NO, TRI_NO); DISK.device = "floppy";
		DISK.readonly = false);
	ROW("removable", "not known", LIVE, "VSM5010,VSM6002", CD(TRI_NO, TRI_UNKNOWN));
	ROW("removable", "on shared storage", LIVE, "VSM6002", CD(TRI_YES, TRI_UNKNOWN));
	ROW("removable", "on shared storage, and seen", LIVE, "", CD(TRI_YES, TRI_YES));
	ROW("removable", "on a server", LIVE, "VSM6002", CD(TRI_YES, TRI_UNKNOWN);
		DISK.type = "network");

	ROW("snapshots", "none", LIVE, "", (void)0);
	ROW("snapshots", "one", LIVE, "VSM4310:false", f->vm.snapshots = 1);
	ROW("snapshots", "one, offline", OFFLINE, "VSM4310:false", f->vm.snapshots = 1; SHUT_OFF);
	ROW("checkpoints", "none", LIVE, "", (void)0);
	ROW("checkpoints", "two", LIVE, "VSM5007", f->vm.checkpoints = 2);

#define SECRET(...)                                                                                \
	f->config.n_secrets = 1;                                                                   \
	f->config.secrets = ((struct vm_secret[]){ { .user = "disk vda", .uuid = UUID_OTHER } });  \
	f->secrets_there = ((struct secret_there[]){ { __VA_ARGS__ } })
	ROW("secrets", "there", LIVE, "", SECRET(TRI_YES, TRI_YES, NULL, false));
	ROW("secrets", "gone", LIVE, "VSM4314:false", SECRET(TRI_NO, TRI_UNKNOWN, NULL, false));
	ROW("secrets", "no value", LIVE, "VSM4314:false", SECRET(TRI_YES, TRI_NO, NULL, false));
	ROW("secrets", "of another use", LIVE, "VSM4314:false",
		SECRET(TRI_YES, TRI_UNKNOWN, NULL, true));
	ROW("secrets", "there, with a value or not", LIVE, "VSM6002",
		SECRET(TRI_YES, TRI_UNKNOWN, NULL, false));
	ROW("secrets", "not known", LIVE, "VSM6002", SECRET(TRI_UNKNOWN, TRI_UNKNOWN, NULL, false));

	ROW("storage-copy", "to a pool", COPY, "", LOCAL; f->disks_there[0].exists = TRI_NO;
		f->disks_there[0].pool = TRI_YES; f->disks_there[0].pool_told = true;
		f->disks_there[0].pool_free = 8589934592);
	ROW("storage-copy", "to a pool that is full", COPY, "VSM4311:false", LOCAL;
		f->disks_there[0].exists = TRI_NO; f->disks_there[0].pool = TRI_YES;
		f->disks_there[0].pool_told = true);
	ROW("storage-copy", "to a pool that does not tell", COPY, "VSM6002", LOCAL;
		f->disks_there[0].exists = TRI_NO; f->disks_there[0].pool = TRI_YES);
	ROW("storage-copy", "no room", COPY, "VSM4311:false", LOCAL; DISK.format = "raw";
		f->disks_there[0].exists = TRI_NO; f->disks_there[0].pool = TRI_YES;
		f->disks_there[0].pool_told = true; f->disks_there[0].pool_free = 2147483648);
	ROW("storage-copy", "sparse, and no room", COPY, "VSM4311:false", LOCAL;
		f->disks_there[0].exists = TRI_NO; f->disks_there[0].pool = TRI_YES;
		f->disks_there[0].pool_told = true; f->disks_there[0].pool_free = 2147483648);
	ROW("storage-copy", "encrypted", COPY, "VSM4312:false", LOCAL; DISK.encrypted = true;
		f->disks_there[0].exists = TRI_NO);
	ROW("storage-copy", "encrypted, to what is there", COPY, "VSM4313 policy", LOCAL;
		DISK.encrypted = true; s.allow_overwrite = true; f->disks_here[0].capacity = 5;
		f->disks_there[0].capacity = 5);
	ROW("storage-copy", "a slice in the middle", COPY, "VSM4312:false", LOCAL;
		DISK.slice_offset = 512; f->disks_there[0].exists = TRI_NO);
	ROW("storage-copy", "a device there", COPY, "VSM6002", LOCAL; DISK.type = "block");
	ROW("storage-copy", "a device there of that size", COPY, "", LOCAL; DISK.type = "block";
		STARTED; f->probe.images = TRI_YES);
	ROW("storage-copy", "shared, to another place", COPY, "", DISK.source = "/srv/a";
		f->disks_here[0].capacity = 1; f->disks_there[0].pool_told = true;
		f->disks_there[0].pool_free = 1; f->disks_there[0].pool = TRI_YES;
		f->disks_there[0].exists = TRI_NO);
	ROW("storage-copy", "no room for two", COPY, "VSM4311:false", LOCAL;
		f->config.disks = f->stored.disks = ((struct vm_disk[]){ DISK, DISK });
		f->config.n_disks = f->stored.n_disks = 2;
		f->disks_here = ((struct disk_here[]){ { .shared_fs = TRI_NO, .capacity = 6 },
			{ .shared_fs = TRI_NO, .capacity = 6 } });
		f->disks_there =
			((struct disk_there[]){ { TRI_YES, TRI_YES, TRI_NO, .pool_told = true,
							.room = "a", .pool_free = 10 },
				{ TRI_YES, TRI_YES, TRI_NO, .pool_told = true, .room = "a",
					.pool_free = 10 } }));
	ROW("storage-copy", "a folder that is gone", COPY, "VSM4312:false", LOCAL;
		f->disks_there[0].exists = TRI_NO; f->disks_there[0].folder_gone = true);
	ROW("disk-images", "made there", COPY, "VSM6002", LOCAL; f->disks_there[0].exists = TRI_NO;
		f->disks_there[0].pool = TRI_YES);
	ROW("disk-images", "encrypted", LIVE, "VSM6002", DISK.encrypted = true; STARTED);
	ROW("disk-images", "encrypted, and opened", LIVE, "", DISK.encrypted = true; STARTED;
		f->probe.unlocked = ((const bool[2]){ true, false }));
	ROW("disk-images", "a device", LIVE, "VSM6002", DISK.type = "block"; DISK.format = "raw");
	ROW("disk-images", "an image on a device", LIVE, "VSM6002,VSM6002", DISK.type = "block";
		DISK.format = "qcow2");
	ROW("storage-copy", "no pool", COPY, "VSM4312:false", LOCAL;
		f->disks_there[0].exists = TRI_NO; f->disks_there[0].pool = TRI_NO);
	ROW("storage-copy", "a block device", COPY, "VSM4312:false", LOCAL; DISK.type = "block";
		f->disks_there[0].exists = TRI_NO);
	ROW("storage-copy", "no pool of its directory", COPY, "VSM4312:false", LOCAL;
		f->disks_there[0].exists = TRI_UNKNOWN);
	ROW("storage-copy", "a file may be there, and may be overwritten", COPY, "VSM6002", LOCAL;
		f->disks_there[0].exists = TRI_UNKNOWN; config.refuse_overwrite = false);
	ROW("storage-copy", "to a device that is there", COPY, "VSM6002", LOCAL;
		DISK.type = "block");
	ROW("storage-copy", "to a device of that size", COPY, "", LOCAL; DISK.type = "block";
		DISK.format = "raw"; f->disks_there[0].capacity = 4294967296);
	ROW("storage-copy", "over a file", COPY, "VSM4313:false policy", LOCAL);
	ROW("storage-copy", "over a file, allowed", COPY, "VSM4313 policy,VSM6002", LOCAL;
		config.refuse_overwrite = false);
	ROW("storage-copy", "over a file, asked for", COPY, "VSM4313 policy", LOCAL;
		s.allow_overwrite = true;
		f->disks_here[0].capacity = f->disks_there[0].capacity = 1);
	ROW("storage-copy", "over a file of another size", COPY, "VSM4312:false,VSM4313 policy",
		LOCAL;
		s.allow_overwrite = true; f->disks_here[0].capacity = 2;
		f->disks_there[0].capacity = 1);
	ROW("storage-copy", "over a file of another format", COPY, "VSM4312:false,VSM4313 policy",
		LOCAL;
		s.allow_overwrite = true; f->config.disks[0].format = "qcow2";
		f->disks_there[0].format = "raw");
	ROW("storage-copy", "a network disk", COPY, "VSM3005:6 policy",
		f->config.disks[0].type = "network");
	ROW("storage-copy", "unmanaged", COPY, "", LOCAL; s.unmanaged = LIST("vda");
		s.n_unmanaged = 1);
	ROW("storage-copy", "shared already", COPY, "VSM3005:6", (void)0);
}
END_TEST

#endif
