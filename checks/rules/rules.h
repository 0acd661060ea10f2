/*
 * What the rules share: the list of them, and the few words that all of them need.
 * Texts returned here are static, or live in the arena given or in the facts.
 */
#ifndef VSMIGD_CHECKS_RULES_H
#define VSMIGD_CHECKS_RULES_H

#include "checks/rule.h"

/* Every rule, in the order they run: RULE(x) is rule_x of the file rules/x.c. */
/* clang-format off */
#define RULES(RULE) \
	RULE(source_maintenance) RULE(target_access) RULE(target_maintenance) RULE(target_limit) RULE(same_host) \
	RULE(hypervisor_type) RULE(target_names) RULE(target_localhost) RULE(live_offered) \
	RULE(transport) RULE(compression) RULE(link) RULE(bandwidth) RULE(options) RULE(addresses) RULE(data_path) RULE(port_range) RULE(way) RULE(planned) \
	RULE(unmanaged) RULE(versions) RULE(dirty_rate) RULE(guest_agent) RULE(state) RULE(job) \
	RULE(control) RULE(blockjobs) RULE(io_error) RULE(save_image) RULE(persistence) \
	RULE(autostart) RULE(pending) RULE(new_settings) RULE(guest_type) RULE(machine) RULE(emulator) \
	RULE(firmware) RULE(images) RULE(nvram) RULE(cpu_features) RULE(cpu_vendor) RULE(cpu_mode) \
	RULE(cpu_passthrough) RULE(invtsc) RULE(tsc) RULE(hyperv) RULE(hyperv_features) RULE(vcpus) \
	RULE(overcommit) RULE(overcommit_all) RULE(pinning) RULE(memory_total) RULE(memory_free) RULE(hugepages) \
	RULE(numa) RULE(memory_devices) RULE(memory_source) RULE(disk_local) \
	RULE(disk_there) RULE(disk_pool) RULE(disk_cache) RULE(disk_transient) RULE(disk_format) \
	RULE(disk_kind) RULE(disk_bus) RULE(disk_images) RULE(removable) RULE(snapshots) RULE(checkpoints) \
	RULE(secrets) RULE(storage_copy) RULE(networks) RULE(network_differs) RULE(bridges) \
	RULE(nwfilters) RULE(nic_kind) RULE(user_net) RULE(macs) RULE(hostdevs) RULE(hostdevs_there) RULE(usb) RULE(shmem) \
	RULE(filesystems) RULE(tpm) RULE(tpm_state) RULE(models) RULE(device_types) RULE(chardevs) RULE(host_paths) RULE(connects) RULE(tap_names) \
	RULE(clipboard) RULE(graphics_listen) RULE(graphics_ports) RULE(vsock) \
	RULE(hypervisor_args) RULE(hidden) RULE(launch_security) RULE(seclabel) RULE(disk_owner) RULE(lease) RULE(starts) RULE(probe)
/* clang-format on */

#define RULE_DECLARE(x) extern const struct rule rule_##x;
RULES(RULE_DECLARE)
#undef RULE_DECLARE

/* virDomainState, and the reasons for being paused or running that matter here. */
enum vm_state {
	VM_NOSTATE,
	VM_RUNNING,
	VM_BLOCKED,
	VM_PAUSED,
	VM_SHUTDOWN,
	VM_SHUTOFF,
	VM_CRASHED,
	VM_PMSUSPENDED,
	VM_STATE_COUNT
};
enum {
	PAUSED_MIGRATION = 2,
	PAUSED_IOERROR = 5,
	PAUSED_STARTING_UP = 11,
	PAUSED_POSTCOPY = 12,
	PAUSED_POSTCOPY_FAILED = 13
};
enum { RUNNING_POSTCOPY = 10, RUNNING_POSTCOPY_FAILED = 11 };

/* Versions as libvirt counts them. */
#define VERSION(major, minor, release) ((major)*1000000UL + (minor)*1000UL + (release))

/* Both are there and equal. */
bool rule_is(const char *a, const char *b);
bool rule_has(const char *const *list, size_t n, const char *text);
/* "a, b, c", or "none". */
const char *rule_join(struct arena *a, const char *const *list, size_t n);
const char *rule_mib(struct arena *a, uint64_t kib);
const char *rule_gib(struct arena *a, uint64_t bytes);
const char *rule_version(struct arena *a, unsigned long version);
const char *rule_number(struct arena *a, uint64_t n);

/*
 * Source and target are one host, as far as the known facts tell: by host UUID. The test driver
 * has none, and two of its connections share a host name: there the URI decides.
 */
bool rule_hosts_same(const struct facts *f);

/* What to call the VM, the target and a device in a message. */
const char *rule_vm(const struct facts *f);
const char *rule_target(const struct facts *f);
const char *rule_name(const char *name); /* "(unnamed)" for NULL */

/* An enum of the target's domain capabilities; NULL when it does not tell. */
const struct domcaps_enum *rule_enum(const struct facts *f, const char *path);
/* TRI_NO: that enum lists values, and not this one. */
enum tri rule_offers(const struct facts *f, const char *path, const char *value);

/* The VM's disks as libvirt judges them: those that it runs with, for a move that takes the running
 * guest along; those that it would get there, for one that starts it anew. Same order and number. */
const struct vm_disk *rule_disks(const struct facts *f);
/* UnmanagedVhds names the disk: by its target, or by its source. */
bool rule_names_disk(const char *text, const struct vm_disk *d);
/* Disk i is copied to the target by this move. */
bool rule_copied(const struct facts *f, size_t i);

/* A twin was started on the target host: what it needs is there. */
bool rule_started(const struct facts *f);
/* ... and this path was among that. */
bool rule_shown(const struct facts *f, const char *path);

/* What to do about a hook that refuses what was tried; NULL: that was none. */
const char *rule_hook_remedy(const char *text);

/* A migration got through to the target host. */
bool rule_through(const struct facts *f);
/* One did not, because of this. */
bool rule_way_fails(const struct facts *f, enum way_cause cause);
/* Why that is not known; untried: what is said when none was tried. */
const char *rule_way_why(const struct facts *f, const char *untried);

/* QEMU there may open this path as the guest does. */
bool rule_may_open(const struct facts *f, const char *path);

/* Whether a path of config.paths is there on the target, or the folder it is to be made in. */
enum tri rule_path(const struct facts *f, enum vm_path_kind kind, const char *path);

/* VSM4303 or VSM4304 when the disk's pool is absent on the target, or inactive; else NULL. */
struct finding *rule_pool_lacks(
	const struct vm_disk *d, const struct disk_there *there, struct findings *out);

/* Whether [check] refuses what libvirt would carry out: marks f as policy. */
void rule_policy(struct finding *f, bool refuse);

/* VSM3013 when the value, absent on the target, is there because NewResourceSettingData named
 * it; NULL when the VM's own configuration did. */
bool rule_is_new_value(const struct facts *f, const char *value);
struct finding *rule_new_value_absent(
	const struct facts *f, struct findings *out, const char *value);

#endif
