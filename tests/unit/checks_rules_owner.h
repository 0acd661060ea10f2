/* Rows about what QEMU may open on a host where it is another user. */

#define USERS(here, there)                                                                         \
	f->src.caps.dac_label = here;                                                              \
	f->dst.caps.dac_label = there
#define QEMU "+64055:+64055"
#define KEPT f->config.disks[0].keeps_owner = true
#define OPENS(n, ...)                                                                              \
	f->probe.opens = (const struct probe_open[]){ { __VA_ARGS__ } };                           \
	f->probe.n_opens = 1;                                                                      \
	f->probe.may_open = n
#define WRITES .path = "/shared/web1.qcow2", .user = "disk vda", .write = true
#define DENIED(...)                                                                                \
	OPENS(0, __VA_ARGS__);                                                                     \
	no_start(f, PROBE_DENIED, "Could not open '/shared/web1.qcow2': Permission denied")
#define ABSENT f->disks_there[0].exists = TRI_NO

START_TEST(owners)
{
	ROW("disk-owner", "users that nobody tells", LIVE, "", (void)0);
	ROW("disk-owner", "the same user", LIVE, "", USERS(QEMU, QEMU); KEPT);
	ROW("disk-owner", "root", LIVE, "", USERS(QEMU, "+0:+0"); KEPT);
	ROW("disk-owner", "root by name", LIVE, "", USERS(QEMU, "root:root"); KEPT);
	ROW("disk-owner", "only defined", OFFLINE, "", SHUT_OFF; USERS("+0:+0", QEMU); KEPT);
	ROW("disk-owner", "kept", LIVE, "VSM6002", USERS("+0:+0", QEMU); KEPT);
	ROW("disk-owner", "kept, users not told", RESTART, "VSM6002", KEPT);
	ROW("disk-owner", "kept by the guest", LIVE, "VSM6002", USERS("+0:+0", QEMU);
		f->config.keeps_owners = true);
	ROW("disk-owner", "kept, the guest's own user", LIVE, "", USERS("+0:+0", QEMU); KEPT;
		f->config.dac_label = "bob:bob");
	ROW("disk-owner", "given or not", LIVE, "VSM6002", USERS("+0:+0", QEMU));
	ROW("disk-owner", "given", LIVE, "", USERS("+0:+0", QEMU); f->probe.gives = TRI_YES);
	ROW("disk-owner", "given, but kept", LIVE, "VSM6002", USERS("+0:+0", QEMU); KEPT;
		f->probe.gives = TRI_YES);
	ROW("disk-owner", "of the network", LIVE, "", USERS("+0:+0", QEMU); KEPT;
		f->config.disks[0].type = "network");
	ROW("disk-owner", "opened", LIVE, "", USERS("+0:+0", QEMU); KEPT; OPENS(1, WRITES));
	ROW("disk-owner", "not opened", LIVE, "VSM6002", USERS("+0:+0", QEMU); KEPT;
		OPENS(0, WRITES));
	ROW("disk-owner", "a volume, opened", LIVE, "", USERS("+0:+0", QEMU);
		f->config.disks[0].type = "volume"; f->disks_there[0].path = "/shared/web1.qcow2";
		OPENS(1, WRITES));
	ROW("disk-owner", "a volume of elsewhere", LIVE, "VSM6002", USERS("+0:+0", QEMU);
		f->config.disks[0].type = "volume"; OPENS(1, WRITES));
	ROW("disk-owner", "taken back when the guest ends", RESTART, "VSM6002", USERS(QEMU, QEMU);
		f->probe.gives = TRI_NO);
	ROW("disk-owner", "a copy of root's", COPY, "VSM4901:false", USERS("+0:+0", QEMU); ABSENT;
		f->probe.gives = TRI_NO);
	ROW("disk-owner", "a copy that is kept", COPY, "VSM4901:false", USERS(QEMU, QEMU); ABSENT;
		KEPT);
	ROW("disk-owner", "a copy of root's for root", COPY, "", USERS("+0:+0", "+0:+0"); ABSENT;
		KEPT);
	ROW("disk-owner", "a copy that is given", COPY, "", USERS("+0:+0", QEMU); ABSENT;
		f->probe.gives = TRI_YES);
	ROW("disk-owner", "a copy that may be given", COPY, "VSM6002", USERS("+0:+0", QEMU);
		ABSENT);

	ROW("probe", "a disk that QEMU may not write", LIVE, "VSM4901:false",
		DENIED(WRITES, .kept = true));
	ROW("probe", "a folder", RESTART, "VSM4901:false",
		DENIED(.path = "/run/x", .user = "graphics", .folder = true));
	ROW("probe", "a file system mounted read-only", LIVE, "VSM4901:false", OPENS(0, WRITES);
		no_start(f, PROBE_DENIED, "Could not open: Read-only file system"));
	ROW("host-paths", "read", LIVE, "", PATHS(PATH_FILE, "/boot/k", TRI_YES);
		OPENS(1, .path = "/boot/k"));
	ROW("host-paths", "another one read", LIVE, "VSM6002", PATHS(PATH_FILE, "/boot/k", TRI_YES);
		OPENS(1, .path = "/boot/k2"));
	ROW("host-paths", "a folder written to", LIVE, "", PATHS(PATH_FOLDER, "/run/x/s", TRI_YES);
		OPENS(1, .path = "/run/x", .folder = true));
	ROW("host-paths", "another folder", LIVE, "VSM6002",
		PATHS(PATH_FOLDER, "/run/x/y/s", TRI_YES);
		OPENS(1, .path = "/run/x", .folder = true));
}
END_TEST
