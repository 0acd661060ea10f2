/*
 * Every rule: facts that make it speak and near misses that leave it silent. A rule of the table
 * without a row of each kind fails the suite.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "checks/reason.h"
#include "checks/rule.h"
#include "checks/verdict.h"
#include "tests/unit/checks_facts.h"

#define MAX_RULES 128

static struct {
	unsigned fired, silent;
} rows[MAX_RULES];
static bool shown[REASON_COUNT]; /* some row wants that finding */

static size_t index_of(const char *rule)
{
	for (size_t i = 0; rules[i]; i++)
		if (strcmp(rules[i]->name, rule) == 0)
			return i;
	ck_abort_msg("no rule is named %s", rule);
}

/* "VSM4301:false", "VSM2001:5 policy", "VSM5003": what one rule found, in order. */
static void render(const struct check *c, const char *rule, char *out, size_t size)
{
	static const char *const effects[EFFECT_COUNT] = {
		"",
		":false",
		":1",
		":2",
		":3",
		":4",
		":5",
		":6",
	};
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct finding *f = &c->findings[i];

		if (strcmp(f->rule, rule) == 0)
			used += (size_t)snprintf(out + used, size - used, "%s%s%s%s",
				used ? "," : "", reason_get(f->id)->id, effects[f->effect],
				f->policy ? " policy" : "");
	}
}

static void note_shown(const char *want)
{
	for (enum reason_id id = 1; id < REASON_COUNT; id++)
		shown[id] |= strstr(want, reason_get(id)->id) != NULL;
}

static void complete(const struct check *c)
{
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct finding *f = &c->findings[i];

		ck_assert_msg(!strstr(f->message, "%1") && !strstr(f->message, "(null)"), "%s",
			f->message);
		ck_assert_msg(f->remedy && *f->remedy && !strchr(f->remedy, '{'), "%s", f->remedy);
		if (f->effect == EFFECT_NONE || f->id == VSM6002)
			continue;
		ck_assert_msg(
			f->found || f->needed, "%s says neither found nor needed", f->message);
	}
}

static void expect(struct facts *f, struct settings *s, const struct check_config *config,
	const char *rule, const char *name, const char *want)
{
	struct check *c = check_new();
	size_t i = index_of(rule);
	char got[512];

	c->vm = "web1";
	c->destination = "host-b";
	c->settings = *s;
	verdict_reach(c, f, config);
	render(c, rule, got, sizeof got);
	complete(c);
	ck_assert_msg(strcmp(got, want) == 0, "%s, %s: got '%s', want '%s'", rule, name, got, want);
	note_shown(want);
	if (*want)
		rows[i].fired++;
	else
		rows[i].silent++;
	check_free(c);
}

#define ROW(rule, name, how, want, ...)                                                            \
	do {                                                                                       \
		struct settings s = { .move = how, .type = 2 };                                    \
		struct check_config config = config_default();                                     \
		struct facts *f = facts_sample(&s);                                                \
		__VA_ARGS__;                                                                       \
		expect(f, &s, &config, rule, name, want);                                          \
		facts_free(f);                                                                     \
	} while (0)

#define LIVE MOVE_LIVE
#define COPY MOVE_LIVE_COPY
#define RESTART MOVE_RESTART
#define OFFLINE MOVE_OFFLINE
#define VERSION_1_1 1001000

#define SHUT_OFF f->vm.active = false, f->vm.state = 5
#define DISK f->config.disks[0]
#define NIC f->config.nics[0]
#define PEER(...)                                                                                  \
	f->n_peers = 1;                                                                            \
	f->peers = ((struct peer[]){ { .name = "db", .uuid = UUID_OTHER, __VA_ARGS__ } })

START_TEST(identity)
{
	ROW("target-access", "open", LIVE, "", (void)0);
	ROW("target-access", "unreachable", LIVE, "VSM2010:5", f->dst.access = ACCESS_UNREACHABLE);
	ROW("target-access", "unresolved", LIVE, "VSM2011:5", f->dst.access = ACCESS_UNRESOLVED);
	ROW("target-access", "not allowed", LIVE, "VSM2012:5", f->dst.access = ACCESS_NOT_ALLOWED);
	ROW("target-access", "credentials", LIVE, "VSM2012:5", f->dst.access = ACCESS_CREDENTIALS);
	ROW("target-access", "certificate", LIVE, "VSM2013:5", f->dst.access = ACCESS_CERTIFICATE);
	ROW("target-access", "no service", LIVE, "VSM2014:5", f->dst.access = ACCESS_NO_SERVICE);
	ROW("target-access", "lost", LIVE, "VSM2010:5", f->dst.access = ACCESS_LOST);
	ROW("target-access", "anything else", LIVE, "VSM2010:5", f->dst.access = ACCESS_FAILED);

	ROW("source-maintenance", "in service", LIVE, "", (void)0);
	ROW("source-maintenance", "set", OFFLINE, "VSM2016:5 policy", SHUT_OFF;
		config.source_maintenance = true);
	ROW("target-maintenance", "in service", LIVE, "", (void)0);
	ROW("target-maintenance", "set", LIVE, "VSM2015:5 policy", f->dst.maintenance = true);
	ROW("target-maintenance", "and not opened", LIVE, "VSM2015:5 policy",
		f->dst.access = ACCESS_MAINTENANCE);

	ROW("target-limit", "no limit", LIVE, "", f->dst.migrations = 9);
	ROW("target-limit", "below", LIVE, "", f->dst.max_migrations = 2; f->dst.migrations = 1);
	ROW("target-limit", "reached", LIVE, "VSM2017:5 policy", f->dst.max_migrations = 2;
		f->dst.migrations = 2);

	ROW("same-host", "another UUID", LIVE, "", f->dst.name = f->src.name);
	ROW("same-host", "the same UUID", LIVE, "VSM3001:6",
		f->dst.caps.uuid = "AAAAAAAA-0000-4000-8000-00000000000A");
	ROW("same-host", "no UUIDs, one name", LIVE, "VSM3001:6", f->dst.caps.uuid = NULL;
		f->dst.name = f->src.name);
	ROW("same-host", "test driver, one name, two files", LIVE, "",
		f->src.caps.uuid = f->dst.caps.uuid = NULL;
		f->dst.name = f->src.name; f->src.simulated = f->dst.simulated = true);
	ROW("same-host", "test driver, one file", OFFLINE, "VSM3001:6",
		f->src.caps.uuid = f->dst.caps.uuid = NULL;
		f->src.uri = f->dst.uri = "test:///a.xml";
		f->src.simulated = f->dst.simulated = true; SHUT_OFF);

	ROW("hypervisor-type", "the same", LIVE, "", f->dst.type = "qemu");
	ROW("hypervisor-type", "another", LIVE, "VSM3002:6", f->dst.type = "Xen");

	ROW("target-names", "free", LIVE, "", (void)0);
	ROW("target-names", "name taken", LIVE, "VSM4001:false",
		f->same_name = ((struct name_clash){ TRI_YES, "web1", UUID_OTHER, false, 5, 0 }));
	ROW("target-names", "UUID taken", OFFLINE, "VSM4002:false", SHUT_OFF;
		f->same_uuid = ((struct name_clash){ TRI_YES, "db", UUID_VM, false, 5, 0 }));
	ROW("target-names", "UUID taken by its old name", LIVE, "VSM4002:false",
		f->config.name = "web2";
		f->same_uuid = ((struct name_clash){ TRI_YES, "web1", UUID_VM, false, 5, 0 }));
	ROW("target-names", "active there", LIVE, "VSM2018:5",
		f->same_uuid = f->same_name =
			((struct name_clash){ TRI_YES, "web1", UUID_VM, true, 1, 1 }));
	ROW("target-names", "arriving there", LIVE, "VSM2019:5",
		f->same_uuid = f->same_name =
			((struct name_clash){ TRI_YES, "web1", UUID_VM, true, 3, 2 }));
	ROW("target-names", "arriving there, as libvirt shows it", LIVE, "VSM2019:5",
		f->same_uuid = f->same_name =
			((struct name_clash){ TRI_YES, "web1", UUID_VM, true, 3, 11 }));
	ROW("target-names", "defined there", LIVE, "VSM5009",
		f->same_uuid = f->same_name =
			((struct name_clash){ TRI_YES, "web1", UUID_VM, false, 5, 0 }));

	ROW("target-localhost", "a name", LIVE, "", (void)0);
	ROW("target-localhost", "localhost", LIVE, "VSM4004:false",
		f->dst.name = "localhost.localdomain");
	ROW("target-localhost", "an address given", LIVE, "", f->dst.name = "localhost";
		s.addresses = LIST("192.0.2.7"); s.n_addresses = 1);
	ROW("target-localhost", "not QEMU", LIVE, "", f->dst.name = "localhost";
		f->src.type = f->dst.type = "Test");

	ROW("live-offered", "by both", LIVE, "", (void)0);
	ROW("live-offered", "not by the target", LIVE, "VSM4005:false", f->dst.caps.live = false);
	ROW("live-offered", "not needed", MOVE_RESUME, "", f->dst.caps.live = false);
	ROW("live-offered", "not told", LIVE, "VSM6002", f->dst.caps.has_migration = false);

	ROW("versions", "the same", LIVE, "", (void)0);
	ROW("versions", "newer", LIVE, "", f->dst.hv_version = 10000000);
	ROW("versions", "older", LIVE, "VSM5001,VSM5002", f->dst.hv_version = 6002000;
		f->dst.lib_version = 8000000);
}
END_TEST

#include "tests/unit/checks_rules_options.h"

START_TEST(state)
{
	ROW("state", "running", LIVE, "", (void)0);
	ROW("state", "blocked", LIVE, "", f->vm.state = 2);
	ROW("state", "paused", LIVE, "VSM5025", f->vm.state = 3; f->vm.reason = 1);
	ROW("state", "shutting down", LIVE, "VSM2006:5", f->vm.state = 4);
	ROW("state", "shut off", LIVE, "VSM2001:5", SHUT_OFF);
	ROW("state", "shut off, copied", COPY, "VSM2001:5", SHUT_OFF);
	ROW("state", "shut off, resume", MOVE_RESUME, "VSM2001:5", SHUT_OFF);
	ROW("state", "shut off, restart", RESTART, "VSM2001:5", SHUT_OFF);
	ROW("state", "shut off, offline", OFFLINE, "", SHUT_OFF);
	ROW("state", "crashed", LIVE, "VSM2005:5 policy", f->vm.state = 6);
	ROW("state", "crashed, allowed", LIVE, "VSM2005 policy", f->vm.state = 6;
		config.refuse_crashed = false);
	ROW("state", "crashed, restart", RESTART, "", f->vm.state = 6);
	ROW("state", "suspended by the guest", LIVE, "VSM2001:5", f->vm.state = 7);
	ROW("state", "running, offline", OFFLINE, "VSM2001:5 policy", (void)0);
	ROW("state", "running, offline, allowed", OFFLINE, "VSM2001 policy",
		config.refuse_running_offline = false);
	ROW("state", "post-copy failed", LIVE, "VSM2007:5,VSM5025", f->vm.state = 3;
		f->vm.reason = 13);
	ROW("state", "a state of the future", LIVE, "", f->vm.state = 99);

	ROW("job", "none", LIVE, "", (void)0);
	ROW("job", "migration", LIVE, "VSM2002:5", f->vm.has_job = true; f->vm.job_operation = 5;
		f->vm.job_percent = 40);
	ROW("job", "backup", LIVE, "VSM2009:5", f->vm.has_job = true; f->vm.job_operation = 9);
	ROW("job", "backup, restart", RESTART, "", f->vm.has_job = true; f->vm.job_operation = 9);
	ROW("job", "save", OFFLINE, "VSM2003:5", f->vm.has_job = true; f->vm.job_operation = 2);
	ROW("job", "unknown", LIVE, "VSM2003:5", f->vm.has_job = true; f->vm.job_operation = 77);

	ROW("control", "idle", LIVE, "", (void)0);
	ROW("control", "a command under way", LIVE, "", f->vm.control_state = 2);
	ROW("control", "a known job", LIVE, "", f->vm.control_state = 1; f->vm.has_job = true);
	ROW("control", "an unknown job", LIVE, "VSM2003:5", f->vm.control_state = 1;
		facts_set_unknown(f, FACT_VM_JOB, "no", "Test"));
	ROW("control", "broken", LIVE, "VSM2005:5", f->vm.control_state = 3);

	ROW("blockjobs", "none", LIVE, "", (void)0);
	ROW("blockjobs", "a copy", LIVE, "VSM2008:5", f->vm.n_blockjobs = 1;
		f->vm.blockjobs = ((struct blockjob[]){ { "vda", "copy" } }));
	ROW("blockjobs", "a copy, offline", OFFLINE, "", SHUT_OFF; f->vm.n_blockjobs = 1;
		f->vm.blockjobs = ((struct blockjob[]){ { "vda", "copy" } }));

	ROW("io-error", "a disk error while running", LIVE, "", f->vm.io_error = "vda");
	ROW("io-error", "paused by the user", LIVE, "", f->vm.state = 3; f->vm.reason = 1);
	ROW("io-error", "paused by an error", LIVE, "VSM2004:5 policy", f->vm.state = 3;
		f->vm.reason = 5; f->vm.io_error = "vda");
	ROW("io-error", "paused by an error, allowed", LIVE, "VSM2004 policy", f->vm.state = 3;
		f->vm.reason = 5; config.refuse_io_error = false);

	ROW("save-image", "none", OFFLINE, "", SHUT_OFF);
	ROW("save-image", "offline", OFFLINE, "VSM2021:5 policy", SHUT_OFF;
		f->vm.save_image = true);
	ROW("save-image", "offline, allowed", OFFLINE, "VSM2021 policy", SHUT_OFF;
		f->vm.save_image = true; config.refuse_saved_image = false);
	ROW("save-image", "live", LIVE, "VSM5008", f->vm.save_image = true);

	ROW("persistence", "persistent", LIVE, "", (void)0);
	ROW("persistence", "transient, live", LIVE, "VSM5005", f->vm.persistent = false);
	ROW("persistence", "transient, restart", RESTART, "VSM3017:6", f->vm.persistent = false);

	ROW("autostart", "not set", LIVE, "", (void)0);
	ROW("pending", "none", LIVE, "", f->next = f->stored);
	ROW("pending", "only the stored one moves", RESTART, "", f->next.name = "web1");
	ROW("pending", "memory", LIVE, "VSM5006", f->next = f->stored; f->next.memory_kib = GIB);
	ROW("pending", "an interface less", LIVE, "VSM5006", f->next = f->stored;
		f->next.n_nics = 0);
	ROW("pending", "another medium", LIVE, "VSM5006", f->next = f->stored;
		f->next.disks = f->config.disks; DISK.source = "/other");
	ROW("autostart", "set", LIVE, "VSM5021", f->vm.autostart = true);
}
END_TEST

START_TEST(platform)
{
	ROW("guest-type", "offered", LIVE, "", f->config.virt = "kvm");
	ROW("guest-type", "another architecture", LIVE, "VSM4101:false",
		f->config.arch = "aarch64");
	ROW("guest-type", "no KVM", RESTART, "VSM4102:false", f->config.virt = "kvm";
		f->dst.caps.n_guests = 1);
	ROW("guest-type", "no KVM, only defined", OFFLINE, "VSM4102", SHUT_OFF;
		f->config.virt = "kvm"; f->dst.caps.n_guests = 1);
	ROW("guest-type", "another architecture, only defined", OFFLINE, "VSM4101:false", SHUT_OFF;
		f->config.arch = "aarch64");

	ROW("machine", "listed", LIVE, "", f->config.machine = "pc-q35-7.2");
	ROW("machine", "absent", LIVE, "VSM4103:false", f->config.machine = "pc-i440fx-9.0";
		f->domcaps.supported = TRI_NO; f->domcaps.error = "the machine is not supported");
	ROW("machine", "absent, says the list alone", LIVE, "VSM4103:false",
		f->config.machine = "pc-i440fx-9.0";
		facts_set_unknown(f, FACT_DST_DOMCAPS, "no", "QEMU"));
	ROW("machine", "absent, only defined", OFFLINE, "VSM4103", SHUT_OFF;
		f->config.machine = "pc-i440fx-9.0"; f->domcaps.supported = TRI_NO);
	ROW("machine", "known to another emulator", LIVE, "", f->config.machine = "microvm";
		f->config.emulator = "/opt/qemu");

	ROW("emulator", "listed", LIVE, "", (void)0);
	ROW("emulator", "elsewhere, and works", LIVE, "", f->config.emulator = "/opt/qemu");
	ROW("emulator", "absent", LIVE, "VSM4112:false", f->config.emulator = "/opt/qemu";
		f->domcaps.supported = TRI_NO;
		f->domcaps.error = "Cannot check QEMU binary /opt/qemu");
	ROW("emulator", "listed, and gone since", LIVE, "VSM4112:false",
		f->domcaps.supported = TRI_NO;
		f->domcaps.error = "QEMU binary /usr/bin/qemu is not executable");
	ROW("emulator", "listed, and the machine type refused", LIVE, "",
		f->domcaps.supported = TRI_NO;
		f->domcaps.error = "the accel is not supported");
	ROW("emulator", "absent, offline", OFFLINE, "VSM4112:false",
		f->config.emulator = "/opt/qemu";
		f->domcaps.supported = TRI_NO; SHUT_OFF);
	ROW("emulator", "nobody knows", LIVE, "VSM6002", f->config.emulator = "/opt/qemu";
		facts_set_unknown(f, FACT_DST_DOMCAPS, NULL, "Test"));

	ROW("firmware", "none", LIVE, "", (void)0);
	ROW("firmware", "listed", LIVE, "", f->config.loader_type = "pflash";
		f->config.loader = "/usr/share/OVMF/OVMF_CODE_4M.fd");
	ROW("firmware", "its package is absent", LIVE, "VSM4114:false",
		f->config.loader_type = "pflash";
		f->config.loader = "/usr/share/AAVMF/AAVMF_CODE.fd");
	ROW("firmware", "only defined", OFFLINE, "VSM4114", f->config.loader_type = "pflash";
		SHUT_OFF; f->config.loader = "/usr/share/AAVMF/AAVMF_CODE.fd");
	ROW("firmware", "a sibling is listed", LIVE, "VSM6002", f->config.loader_type = "pflash";
		f->config.loader = "/usr/share/OVMF/OVMF_CODE.fd");
	ROW("firmware", "a sibling is listed, and it is absent", LIVE, "VSM4114:false",
		f->config.loader_type = "pflash";
		f->config.loader = "/usr/share/OVMF/OVMF_CODE.fd"; f->loader_there = TRI_NO);
	ROW("firmware", "not announced, and there", LIVE, "VSM6002",
		f->config.loader_type = "pflash";
		f->config.loader = "/usr/share/AAVMF/AAVMF_CODE.fd"; f->loader_there = TRI_YES);
	ROW("firmware", "a BIOS image", LIVE, "VSM6002", f->config.loader_type = "rom";
		f->config.loader = "/srv/bios.bin"; f->loader_there = TRI_YES);
	ROW("firmware", "a BIOS image that is absent", LIVE, "VSM4114:false",
		f->config.loader_type = "rom";
		f->config.loader = "/srv/bios.bin"; f->loader_there = TRI_NO);
	ROW("firmware", "efi not offered", RESTART, "VSM4114:false", f->config.firmware = "efi";
		f->domcaps.n_firmwares = 1);
	ROW("firmware", "none announced at all", RESTART, "VSM4114:false",
		f->config.firmware = "efi";
		f->domcaps.n_firmwares = 0);
	ROW("firmware", "an older libvirt tells of none", RESTART, "", f->config.firmware = "efi";
		f->domcaps.n_firmwares = 0; f->domcaps.firmware_told = false);
	ROW("firmware", "efi offered, listed", RESTART, "", f->config.firmware = "efi");
	ROW("firmware", "efi with secure boot, none such", RESTART, "VSM4114:false",
		f->config.firmware = "efi";
		f->config.loader_secure = true; f->domcaps.loader_supported = true;
		f->domcaps.loader_secure = false);
	ROW("firmware", "efi with secure boot", RESTART, "", f->config.firmware = "efi";
		f->config.loader_secure = true; f->domcaps.loader_supported = true;
		f->domcaps.loader_secure = true);
	ROW("firmware", "efi offered, its files absent", RESTART, "VSM4114:false",
		f->config.firmware = "efi";
		f->domcaps.loader_supported = true; f->domcaps.n_loaders = 0);

	ROW("nvram", "none", LIVE, "", (void)0);
	ROW("nvram", "a file", LIVE, "VSM5023",
		f->config.nvram = "/var/lib/libvirt/qemu/nvram/web1.fd");

	ROW("cpu-features", "fit", LIVE, "", (void)0);
	ROW("cpu-features", "missing", LIVE, "VSM4104:false", f->cpu.fits = TRI_NO;
		f->cpu.why = "missing features: adx");
	ROW("cpu-features", "missing, unchecked", LIVE, "VSM4104", f->cpu.fits = TRI_NO;
		f->config.cpu_check = "none");
	ROW("cpu-features", "missing, emulated, not checked in full", RESTART, "VSM4104",
		f->cpu.fits = TRI_NO;
		f->config.cpu_check = "partial");
	ROW("cpu-features", "missing, not checked in full", RESTART, "VSM4104:false",
		f->cpu.fits = TRI_NO;
		f->config.cpu_check = NULL; f->config.virt = "kvm");
	ROW("cpu-features", "not compared", LIVE, "VSM6002", f->cpu.fits = TRI_UNKNOWN);

	ROW("cpu-vendor", "emulated", LIVE, "", f->config.cpu_vendor = "Intel");
	ROW("cpu-vendor", "the same", LIVE, "", f->config.cpu_vendor = "AMD";
		f->config.virt = "kvm");
	ROW("cpu-vendor", "another", LIVE, "VSM4105:false", f->config.cpu_vendor = "Intel";
		f->config.virt = "kvm");

	ROW("cpu-mode", "offered", LIVE, "", f->config.cpu_mode = "maximum");
	ROW("cpu-mode", "not offered", LIVE, "VSM4106:false",
		f->config.cpu_mode = "host-passthrough";
		f->domcaps.host_passthrough = false);

	ROW("cpu-passthrough", "equal hosts", LIVE, "", f->config.cpu_mode = "host-passthrough";
		f->config.virt = "kvm");
	ROW("cpu-passthrough", "another vendor", LIVE, "VSM4107:false",
		f->config.cpu_mode = "host-passthrough";
		f->config.virt = "kvm"; f->dst.caps.cpu_vendor = "Intel");
	ROW("cpu-passthrough", "a feature less", LIVE, "VSM4107:false",
		f->config.cpu_mode = "host-passthrough";
		f->config.virt = "kvm";
		f->src.caps.cpu_features = ((struct vm_feature[]){ { "avx512f", "require" } });
		f->src.caps.n_cpu_features = 1);
	ROW("cpu-passthrough", "boots anew", RESTART, "", f->config.cpu_mode = "host-passthrough";
		f->config.virt = "kvm"; f->dst.caps.cpu_vendor = "Intel");

	ROW("invtsc", "with a frequency", LIVE, "", f->config.n_cpu_features = 1;
		f->config.cpu_features = ((struct vm_feature[]){ { "invtsc", "require" } });
		f->config.has_tsc_frequency = true);
	ROW("invtsc", "disabled", LIVE, "", f->config.n_cpu_features = 1;
		f->config.cpu_features = ((struct vm_feature[]){ { "invtsc", "disable" } }));
	ROW("invtsc", "without", LIVE, "VSM4108:false", f->config.n_cpu_features = 1;
		f->config.cpu_features = ((struct vm_feature[]){ { "invtsc", "require" } }));
	ROW("invtsc", "boots anew", RESTART, "", f->config.n_cpu_features = 1;
		f->config.cpu_features = ((struct vm_feature[]){ { "invtsc", "require" } }));

#define TSC(there)                                                                                 \
	f->config.virt = "kvm";                                                                    \
	f->config.has_tsc_frequency = true;                                                        \
	f->config.tsc_frequency = 2500000000;                                                      \
	f->dst.caps.tsc_scaling = TRI_NO;                                                          \
	f->dst.caps.tsc_frequency = there
	ROW("tsc", "close", LIVE, "", TSC(2500500000));
	ROW("tsc", "another", LIVE, "VSM4109:false", TSC(2400000000));
	ROW("tsc", "scaled", LIVE, "", TSC(2400000000); f->dst.caps.tsc_scaling = TRI_YES);
	ROW("tsc", "not told", LIVE, "VSM6002", TSC(0));
	ROW("tsc", "perhaps scaled", LIVE, "VSM6002", TSC(2400000000);
		f->dst.caps.tsc_scaling = TRI_UNKNOWN);

	ROW("hyperv-features", "none", LIVE, "", f->config.virt = "kvm");
	ROW("hyperv-features", "offered", LIVE, "", f->config.virt = "kvm";
		f->config.hyperv_features = LIST("vapic"); f->config.n_hyperv_features = 1;
		f->domcaps.enums =
			((struct domcaps_enum[]){ { "hyperv/features", LIST("vapic"), 1 } });
		f->domcaps.n_enums = 1);
	ROW("hyperv-features", "not offered", RESTART, "VSM4115:false", f->config.virt = "kvm";
		f->config.hyperv_features = LIST("evmcs"); f->config.n_hyperv_features = 1;
		f->domcaps.enums =
			((struct domcaps_enum[]){ { "hyperv/features", LIST("vapic"), 1 } });
		f->domcaps.n_enums = 1);
	ROW("hyperv-features", "one that may be absent", LIVE, "VSM4115", f->config.virt = "kvm";
		f->config.hyperv_features = LIST("relaxed"); f->config.n_hyperv_features = 1;
		f->domcaps.enums =
			((struct domcaps_enum[]){ { "hyperv/features", LIST("vapic"), 1 } });
		f->domcaps.n_enums = 1);
	ROW("hyperv-features", "not told", LIVE, "VSM6002", f->config.virt = "kvm";
		f->config.hyperv_features = LIST("evmcs"); f->config.n_hyperv_features = 1);
	ROW("hyperv-features", "emulated", LIVE, "", f->config.hyperv_features = LIST("evmcs");
		f->config.n_hyperv_features = 1);
	ROW("hyperv", "emulated", LIVE, "", f->config.hyperv_mode = "passthrough");
	ROW("hyperv", "passed through", LIVE, "VSM4113:false",
		f->config.hyperv_mode = "passthrough";
		f->config.virt = "kvm");

	ROW("vcpus", "at the limit", LIVE, "", f->config.vcpus = 255);
	ROW("vcpus", "above", LIVE, "VSM4110:false", f->config.vcpus = 256);
	ROW("vcpus", "above the host's", LIVE, "VSM4110:false", f->config.vcpus = 33;
		f->dst.max_vcpus = 32; facts_set_unknown(f, FACT_DST_DOMCAPS, NULL, "Test"));
	ROW("vcpus", "not told", LIVE, "VSM6002", f->dst.max_vcpus = 0;
		facts_set_unknown(f, FACT_DST_DOMCAPS, NULL, "Test"));
	ROW("overcommit", "as many", LIVE, "", f->config.vcpus_current = 4);
	ROW("overcommit", "more", LIVE, "VSM5003", f->config.vcpus_current = 5);
	ROW("overcommit-all", "two and two of four", LIVE, "", PEER(.active = true, .vcpus = 2));
	ROW("overcommit-all", "two and three of four", RESTART, "VSM5024",
		PEER(.active = true, .vcpus = 3));
	ROW("overcommit-all", "what is off takes none", LIVE, "", PEER(.vcpus = 3));
	ROW("overcommit-all", "itself, as it arrives", LIVE, "", PEER(.active = true, .vcpus = 3);
		((struct peer *)f->peers)->uuid = UUID_VM);
	ROW("overcommit-all", "too large alone", LIVE, "", f->config.vcpus_current = 5;
		PEER(.active = true, .vcpus = 3));
	ROW("overcommit-all", "not known", LIVE, "",
		facts_set_unknown(f, FACT_DST_DOMAINS, "no", NULL);
		PEER(.active = true, .vcpus = 3));

	ROW("pinning", "there", LIVE, "", f->config.pinned = LIST("0-3"); f->config.n_pinned = 1);
	ROW("pinning", "gone", LIVE, "VSM4111:false", f->config.pinned = LIST("4-5,^5");
		f->config.n_pinned = 1);
	ROW("pinning", "partly gone", LIVE, "VSM4111", f->config.pinned = LIST("3-4");
		f->config.n_pinned = 1);
}
END_TEST

/* clang-format off */
#include "tests/unit/checks_rules_memory.h"
#include "tests/unit/checks_rules_storage.h"
#include "tests/unit/checks_rules_devices.h"
/* clang-format on */
#include "tests/unit/checks_rules_probe.h"
#include "tests/unit/checks_rules_owner.h"

START_TEST(every_rule_has_rows)
{
	for (size_t i = 0; rules[i]; i++) {
		ck_assert_uint_lt(i, MAX_RULES);
		ck_assert_msg(rows[i].fired && rows[i].silent, "%s: %u rows fire, %u are silent",
			rules[i]->name, rows[i].fired, rows[i].silent);
	}
}
END_TEST

/* Every id of a state, a conflict, a refusal or a warning. */
START_TEST(every_finding_has_a_row)
{
	static const enum reason_id elsewhere[] = {
		VSM2020, /* the engine's: checks_verdict.c */
		VSM3009,
		VSM3011,
		VSM3012,
		VSM3014, /* rows of checks_settings.c */
		/* Never given: vsmig-checks(7), "WHAT CANNOT BE SEEN", as checks_manual.c sees. */
		VSM3003,
		VSM4003,
		VSM4408,
		VSM4506,
		VSM4603,
		VSM4902,
	};
	bool is_elsewhere[REASON_COUNT] = { false };

	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		is_elsewhere[elsewhere[i]] = true;
	for (enum reason_id id = 1; id < REASON_COUNT; id++) {
		const char *name = reason_get(id)->id;

		if (name[3] < '2' || name[3] > '5')
			continue;
		ck_assert_msg(shown[id] != is_elsewhere[id], "%s is shown by %s", name,
			shown[id] ? "a row, and excused" : "no row");
	}
}
END_TEST

START_TEST(the_table_is_sound)
{
	size_t n = 0;

	for (; rules[n]; n++) {
		const struct rule *r = rules[n];

		ck_assert(r->name && *r->name && r->what && *r->what && r->run);
		ck_assert_msg(
			r->moves != 0 && (r->moves & ~(unsigned)MOVE_ANY) == 0, "%s", r->name);
		for (size_t k = 0; k < n; k++)
			ck_assert_str_ne(rules[k]->name, r->name);
	}
	ck_assert_uint_ge(n, 45);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rules");
	TCase *tc = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	/* Rows are counted across tests, so they share one process. */
	srunner_set_fork_status(runner, CK_NOFORK);
	tcase_add_test(tc, the_table_is_sound);
	tcase_add_test(tc, identity);
	tcase_add_test(tc, options);
	tcase_add_test(tc, arguments);
	tcase_add_test(tc, state);
	tcase_add_test(tc, platform);
	tcase_add_test(tc, memory);
	tcase_add_test(tc, storage);
	tcase_add_test(tc, network);
	tcase_add_test(tc, devices);
	tcase_add_test(tc, probes);
	tcase_add_test(tc, owners);
	tcase_add_test(tc, every_rule_has_rows);
	tcase_add_test(tc, every_finding_has_a_row);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
