/*
 * What is known of the virtual system, the source and the destination, at one moment.
 *
 * Facts come in groups (enum fact). A group is known, or unknown with the reason; rules name the
 * groups they need, and the engine answers for an unknown one. Within a known group a single
 * question can still be unknown (enum tri). Text is NULL when absent and lives in one of the two
 * arenas. Rules only read.
 */
#ifndef VSMIGD_CHECKS_FACTS_H
#define VSMIGD_CHECKS_FACTS_H

#include "checks/settings.h"
#include "checks/vm_config.h"
#include "daemon/base/mem.h"

enum tri { TRI_UNKNOWN = 0, TRI_NO, TRI_YES };

enum fact {
	FACT_VM, /* known: asked for; vm.uuid NULL then means there is no such VM */
	FACT_VM_STATE, /* vm.state, reason, active, persistent */
	FACT_VM_JOB, /* vm.job_* */
	FACT_VM_CONTROL, /* vm.control_* */
	FACT_VM_CONFIG, /* facts.config: what would run there: the live XML of an active VM that
				 * moves hot, else the stored one */
	FACT_VM_BLOCKJOBS, /* vm.blockjobs */
	FACT_VM_SNAPSHOTS, /* vm.snapshots */
	FACT_VM_CHECKPOINTS, /* vm.checkpoints */
	FACT_VM_SAVE_IMAGE, /* vm.save_image */
	FACT_VM_DISK_FS, /* source_disks[].shared_fs */
	FACT_VM_NEXT, /* facts.next: the stored configuration of a running VM */
	FACT_VM_DIRTY, /* vm.dirty_*, of a running guest that is to move live */
	FACT_SRC_HOST, /* facts.src: type, versions, names */
	FACT_SRC_CAPS, /* facts.src.caps */
	FACT_DST_HOST, /* facts.dst: type, versions, names, memory, CPUs */
	FACT_DST_CAPS, /* facts.dst.caps */
	FACT_DST_DOMCAPS, /* facts.domcaps */
	FACT_DST_CPU, /* facts.cpu */
	FACT_DST_NAMES, /* facts.same_name, same_uuid */
	FACT_DST_MEMORY, /* dst.free_kib */
	FACT_DST_CPUMAP, /* dst.online */
	FACT_DST_STORAGE, /* dst_disks[] */
	FACT_DST_SECRETS, /* dst_secrets[] */
	FACT_DST_NETWORKS, /* dst_nics[] for type network */
	FACT_DST_BRIDGES, /* dst_nics[] for type bridge and direct */
	FACT_DST_NWFILTERS, /* dst_nics[].filter */
	FACT_DST_DOMAINS, /* peers[]: what runs there */
	FACT_DST_NODEDEVS, /* hostdevs_there[] */
	FACT_DST_PAGES, /* dst.free_pages, where the VM wants huge pages */
	FACT_DST_PROBE, /* facts.probe: whether a twin of the VM starts there */
	FACT_WAY, /* facts.way: whether a migration gets there */
	FACT_COUNT
};
#define FACT_BIT(f) (UINT64_C(1) << (f))

struct fact_state {
	bool known;
	/* When unknown: a sentence, and the driver ("QEMU", "Test") whose call is missing; driver is
	 * NULL when it was a failure rather than a missing call. */
	const char *why, *driver;
	bool denied; /* unknown because this service may not ask */
	bool skipped; /* unknown only because something more basic is (say so once) */
};

/* How it went to reach a host. */
enum access {
	ACCESS_NOT_TRIED = 0, /* no valid name, or not needed */
	ACCESS_OPEN,
	ACCESS_NOT_ALLOWED, /* [destination] allow forbids it */
	ACCESS_MAINTENANCE, /* [host NAME] maintenance = yes; the connection is open all the same
				 * when that could be done */
	ACCESS_UNRESOLVED,
	ACCESS_UNREACHABLE,
	ACCESS_NO_SERVICE,
	ACCESS_CREDENTIALS,
	ACCESS_CERTIFICATE,
	ACCESS_LOST, /* broke in the middle */
	ACCESS_TIMEOUT, /* not open at the deadline */
	ACCESS_FAILED, /* anything else: access_text */
	ACCESS_COUNT
};

struct caps_guest { /* one guest/arch/domain of the capabilities */
	const char *os_type, *arch, *virt, *emulator;
	const char *const *machines; /* names and canonical names */
	size_t n_machines;
};

struct host_caps {
	const char *uuid; /* NULL: the driver has none */
	const char *arch, *cpu_model, *cpu_vendor, *cpu_xml;
	const struct vm_feature *cpu_features;
	size_t n_cpu_features;
	bool live; /* migration_features/live */
	bool has_migration; /* migration_features is there at all */
	const char *const *transports;
	size_t n_transports;
	const struct caps_guest *guests;
	size_t n_guests;
	const char *const *secmodels;
	size_t n_secmodels;
	const char *dac_label; /* what QEMU runs as, "+64055:+64055"; NULL: not told */
	uint64_t tsc_frequency; /* 0: not told */
	enum tri tsc_scaling;
	const char *numa_nodes; /* ids of its cells, "0,1,8"; NULL: not told */
	const uint64_t *page_kib; /* sizes of memory pages */
	size_t n_pages;
};

struct host_facts {
	enum access access;
	const char *access_text; /* a sentence when not ACCESS_OPEN */
	const char *uri; /* without secrets */
	const char *open_uri; /* as it is opened: not to be shown; the target's */
	const char *type; /* virConnectGetType: "QEMU", "Test" */
	const char *name; /* virConnectGetHostname */
	const char *sysinfo_uuid; /* NULL: not told */
	bool simulated; /* libvirt's test driver */
	unsigned long hv_version, lib_version; /* major * 1000000 + minor * 1000 + release; 0: no */
	uint64_t memory_kib, free_kib; /* physical; free + buffers + cached */
	unsigned cpus, max_vcpus; /* max_vcpus 0: not told, as for emulated guests */
	const unsigned char *online; /* a bit per CPU, n_online bits */
	size_t n_online;
	struct host_caps caps;
	enum tri name_resolves; /* the name that the host has for itself, on this one */
	const char *const *addresses; /* that the URI's host stands for; asked for when needed */
	size_t n_addresses;
	uint64_t free_pages, page_kib; /* huge pages of the size that the VM wants */
	bool maintenance;
	unsigned max_migrations; /* [host NAME]; 0: no limit */
	unsigned migrations; /* jobs in or out right now; counted when max_migrations is set
					 * and FACT_DST_DOMAINS known */
};

struct domcaps { /* of the destination, for the VM's emulator, arch, machine */
	enum tri supported; /* NO: libvirt refused the combination, see error */
	const char *error;
	unsigned max_vcpus;
	const char *const *loaders; /* os/loader values */
	size_t n_loaders;
	const char *const *firmwares; /* os/enum firmware */
	size_t n_firmwares;
	bool loader_supported, loader_secure;
	bool firmware_told; /* os/enum firmware is there, be it empty */
	bool host_passthrough, host_model, maximum, custom;
	/* enums by path: "disk/bus", "disk/device", "graphics/type", "video/modelType",
	 * "hostdev/subsysType", "rng/model", "tpm/backendModel", "filesystem/driverType",
	 * "memoryBacking/sourceType", "hyperv/features", "channel/type" */
	const struct domcaps_enum {
		const char *path;
		const char *const *values;
		size_t n;
	} * enums;
	size_t n_enums;
};

struct cpu_fit { /* virConnectCompareHypervisorCPU on the destination */
	enum tri fits;
	const char *why; /* "missing features: a, b" */
};

struct name_clash { /* a domain of the destination with our (new) name or UUID */
	enum tri taken;
	const char *name, *uuid; /* of the one that has it */
	bool active;
	int state, reason; /* virDomainState of it */
};

struct disk_here { /* a disk on the source, same order as config.disks */
	enum tri shared_fs; /* on a file system that libvirt counts as shared; NO: local */
	enum tri coherent; /* a cluster file system: cache modes do not matter */
	const char *fs; /* "ext4", "glusterfs"; NULL: not known */
	const char *pool, *pool_type; /* a source pool that covers it */
	const char *pool_host, *pool_source; /* where that pool comes from */
	const char *why; /* when unknown */
	/* A path that is newly given: it leads to an image that the VM has already, by another name. */
	enum tri alias;
	uint64_t capacity, allocation; /* bytes; 0: not known */
};

struct disk_there { /* the same disk on the destination */
	enum tri pool, pool_active; /* its pool (type volume, or the one that covers it here) */
	enum tri exists; /* the volume or path */
	const char *base_absent; /* an image below it that is not there */
	const char *why;
	bool pool_told; /* how much is free there */
	uint64_t pool_free; /* bytes, as of the pool's last refresh */
	bool folder_gone; /* that pool's */
	const char *room; /* the pool in which a copy is made */
	uint64_t capacity; /* of what a copy would write into; 0: not known */
	const char *format;
	const char *pool_host, *pool_source; /* where the pool comes from */
	const char *path; /* of a volume of a folder; NULL: not told */
};

struct nic_there {
	enum tri exists; /* network, bridge or device */
	enum tri active; /* network */
	enum tri portgroup;
	enum tri filter; /* nwfilter; UNKNOWN without one */
	const char *forward, *bridge; /* of the network there */
	bool more; /* that network does more with an interface than to put it on its bridge */
	bool exclusive; /* and gives each interface a device of its own, */
	size_t n_free; /* of which so many are left */
	const char *lacks; /* a bridge or device of that network that is not there */
	const char *doubt; /* the same, of which it is not known */
	enum tri tap_taken; /* another device has the name that the interface's is to have */
	const char *forward_here, *bridge_here; /* of the network on the source */
	const char *why;
};

struct secret_there {
	enum tri exists, has_value;
	const char *why;
	bool other_use; /* it is not for what the VM wants it for */
};

struct peer { /* another domain of the destination */
	const char *name, *uuid;
	bool active;
	const char *const *macs, *const *networks; /* pairs */
	size_t n_macs;
	const char *const *devices; /* of the host's network, on which its interfaces are */
	size_t n_devices;
	const int *ports; /* TCP ports of graphics and such, in use when active */
	/* Where each of them listens; NULL for graphics, whose ports libvirt gives out only once.
	 * NULL altogether: all are such. */
	const char *const *port_hosts;
	size_t n_ports;
	unsigned vsock_cid;
	unsigned vcpus; /* that it has now, or starts with */
};

enum probe_part { /* of the VM */
	PROBE_DISK,
	PROBE_BACKING,
	PROBE_FIRMWARE,
	PROBE_KERNEL, /* and other files that QEMU reads for the guest */
	PROBE_SHARE,
	PROBE_RNG,
	PROBE_NVRAM, /* read, to learn its size; whether it can be written does not show */
	PROBE_ROM,
	PROBE_PART_COUNT
};

enum probe_cause { /* what kept a twin from starting */
	PROBE_OTHER,
	PROBE_OWN, /* its own troubles: the group is unknown */
	PROBE_FILE,
	PROBE_DEVICE, /* of the network */
	PROBE_NETWORK,
	PROBE_NETWORK_INACTIVE,
	PROBE_FILTER,
	PROBE_POOL,
	PROBE_POOL_INACTIVE,
	PROBE_VOLUME,
	PROBE_SECRET,
	PROBE_EMULATOR,
	PROBE_MACHINE,
	PROBE_CPU,
	PROBE_PINNING,
	PROBE_ADDRESS,
	PROBE_PORT,
	PROBE_MODEL,
	PROBE_MEMORY,
	PROBE_FORMAT, /* of an image */
	PROBE_DENIED, /* QEMU may not open one of probe.opens */
	PROBE_NAME, /* QEMU does not take it */
	PROBE_CAUSE_COUNT
};

struct probe_facts {
	bool asked;
	/* somebody wanted a twin to be started */ /* a twin that was started there; known: yes or no */
	enum tri started;
	enum probe_cause cause; /* NO: what libvirt's error means, its code and text */
	int code;
	const char *text;
	int64_t took_ms;
	const struct probe_path { /* what the twin opens */
		enum probe_part part;
		size_t disk; /* of config.disks */
		const char *path;
		const char *target; /* of the disk that stands for it; NULL: none does */
	} * paths;
	size_t n_paths;
	const uint64_t *sizes; /* n_paths, bytes, of firmware, NVRAM and ROMs; 0: not known */
	const bool *disks, *nics; /* which of config's the twin has */
	const bool *unlocked; /* of the disks: those that it opened with their secret */
	bool listens; /* it listens at the addresses of the VM's graphics */
	bool binds; /* and on the ports of all its other devices */
	bool far; /* all that the VM connects to on its own host is there */
	/* QEMU over there can open the images of its disks as what they are, and write to those that
	 * the VM writes to. A no is one to started, too. */
	bool looked_at_images;
	enum tri images;
	const char *images_why; /* it is not known, because */
	enum tri secrets; /* YES: libvirt over there has those of its encrypted disks */
	/* What QEMU opens there by itself, as far as that is tried; the first may_open of them it may
	 * open. With cause PROBE_DENIED it may not open the one behind these. */
	const struct probe_open {
		const char *path;
		const char *user; /* "disk vda", "QEMU's -fw_cfg" */
		bool write, block, folder; /* folder: a file is made in there */
		bool kept; /* nobody gives it to QEMU */
	} * opens;
	size_t n_opens, may_open;
	enum tri gives; /* whether libvirt there gives a guest's files to QEMU's user */
};

enum way_cause { /* what kept a guest without anything in it from getting there */
	WAY_OTHER, /* its own troubles: the group is unknown */
	WAY_TLS_ONLY, /* one of the hosts takes no migration without */
	WAY_NO_PORT, /* the target has none left for one */
	WAY_HOOK, /* a program of the target's refuses all */
	WAY_CREDENTIALS, /* one end lacks them for TLS, or does not accept the other's */
	WAY_ADDRESS, /* the target's QEMU cannot wait there */
	WAY_CUT, /* the source's cannot connect */
	WAY_SILENT, /* it gets no answer */
	WAY_CAUSE_COUNT
};

struct way_facts { /* of a migration from the source to the target, with the VM's transport */
	bool asked; /* somebody wanted one to be tried */
	bool by_name; /* and a hook may be asked about the VM's name */
	enum tri through; /* for the kind of move that is asked about; known: yes or no */
	enum way_cause cause; /* NO: what libvirt's error means, and its text */
	const char *text;
	enum tri named; /* the target's hook, asked about the VM's name, lets it in */
	enum tri copies; /* disks get there as well; UNKNOWN: for this reason, "": none was tried */
	const char *copies_text;
	int64_t took_ms;
	/* Of DestinationIPAddressList, as far as they were tried: whether QEMU could wait at each over
	 * there, and whether the source's got there. */
	const struct way_address {
		const char *text;
		enum tri there, reached;
		const char *why; /* reached is NO, because */
	} * addresses;
	size_t n_addresses;
};

/* The source's interface that leads to where the data are to go. */
struct link_facts {
	const char *name; /* "eth0"; NULL: not known, for `why` */
	const char *why;
	const char *to; /* the address or name */
	bool up;
	uint64_t mbit; /* per second; 0: not told */
};

struct vm_facts {
	const char *name, *uuid;
	int state, reason; /* virDomainState and its reason */
	bool active, persistent, autostart;
	bool has_job; /* a job runs; operation as VIR_DOMAIN_JOB_OPERATION_* */
	int job_type, job_operation, job_percent;
	int control_state; /* VIR_DOMAIN_CONTROL_* */
	unsigned snapshots, checkpoints;
	bool save_image;
	const struct blockjob {
		const char *disk, *type; /* type: "copy", "commit", ... */
	} * blockjobs;
	size_t n_blockjobs;
	const char *io_error; /* disk with an error, while paused for it */
	bool dirty_measured; /* somebody measured how fast memory changes: dirty_mib per second */
	uint64_t dirty_mib;
};

/* The destination name, parsed before anything else touches it. */
enum host_format { FORMAT_BAD = 0, FORMAT_NAME = 1, FORMAT_IPV4 = 2, FORMAT_IPV6 = 4 };

struct facts {
	struct arena *arena; /* of everything but what the destination told */
	struct arena *dst_arena;
	struct fact_state state[FACT_COUNT];

	/* inputs, set by the engine before gathering */
	const char *vm_text, *destination;
	enum host_format format;
	const struct settings *settings;
	bool vm_is_host;

	/* gathered */
	struct vm_facts vm;
	struct vm_config stored; /* as libvirt has it */
	struct vm_config config; /* with the new settings applied: what would run there */
	struct vm_config
		next; /* what a running VM becomes with its next start; name NULL: no other */
	struct disk_here tpm_here; /* the place of the TPM emulator's state */
	enum tri *hostdevs_there; /* config.n_hostdevs */
	enum tri *paths_there; /* config.n_paths: they, or of PATH_FOLDER their folders */
	enum tri loader_there; /* config.loader */
	enum tri hook_there; /* the target's libvirt asks one about guests; UNKNOWN: or may */
	struct image_here {
		const char *here; /* where it is on the source; NULL: not known */
		uint64_t
			size; /* there, bytes; 0: not known, or another than the guest began with */
		const char *there; /* where it is on the target; NULL: not known, or nowhere */
		bool absent; /* on the target */
	} * images; /* config.n_images */
	const char *xml; /* the XML that config was read from */
	const char *move_xml; /* a probe's, of a VM that runs: as libvirt sends it to the target */
	struct host_facts src, dst;
	struct domcaps domcaps;
	struct cpu_fit cpu;
	struct name_clash same_name, same_uuid;
	struct disk_here *disks_here; /* config.n_disks */
	struct disk_there *disks_there;
	struct nic_there *nics_there; /* config.n_nics */
	struct secret_there *secrets_there; /* config.n_secrets */
	const struct peer *peers;
	size_t n_peers;
	struct probe_facts probe;
	struct way_facts way;
	struct link_facts link;
	/* settings->n_addresses; NULL: nobody looked. NO: no route of the source leads there. */
	const enum tri *ways;
};

/* Zeroed facts, every group unknown ("not gathered"), with both arenas. */
struct facts *facts_new(void);
void facts_free(struct facts *f);
/*
 * What the source told, with a target that did not answer in time, while that target's half of f
 * may still be written. Refers to f's text and arrays: f must outlive it.
 */
struct facts *facts_without_target(const struct facts *f);
void facts_set_known(struct facts *f, enum fact id);
/* why and driver live in an arena of f, or are static. */
void facts_set_unknown(struct facts *f, enum fact id, const char *why, const char *driver);
bool facts_known(const struct facts *f, enum fact id);
/* KiB of a host's free memory that the VM takes: all that it may have where that must be there at
 * once, else what it has now. 0: unknown, or none, for huge pages come from a pool of their own. */
uint64_t facts_memory_needed(const struct facts *f);
/* Whom the VM's QEMU runs as on a host, "+64055:+64055"; NULL: not told. */
const char *facts_user(const struct facts *f, const struct host_facts *host);
/* That is root on the target, who may open everything. */
bool facts_user_is_root(const struct facts *f);
/* Disk i keeps its owner, wherever the VM goes. */
bool facts_keeps_owner(const struct facts *f, size_t i);
/* The host has a security driver of this name, as far as it tells. */
bool facts_has_secmodel(const struct host_caps *caps, const char *model);
/* The VM's name has a comma that ends what QEMU is told of it as it is: its process's name, where
 * qemu.conf has set_process_name. Two in a row are one to QEMU, and of one at the end libvirt makes two. */
bool facts_name_ends_early(const struct facts *f);
/* The file or device of disk i on the target; NULL: it has none, or it is not told. */
const char *facts_disk_path(const struct facts *f, size_t i);
/* QEMU on the target is another user than on the source, who may not be allowed to use disk i. */
bool facts_owner_matters(const struct facts *f, size_t i);
/* "the networks of the target host", for messages. */
const char *fact_text(enum fact id);
/* Whether a host's name or address, of a device's far end, means the host itself. */
bool host_is_loopback(const char *host);
/*
 * Whether an address of DestinationIPAddressList is the target's. It is when the target's name
 * stands for it, or a migration was let in there; never one that means the sender itself, or that
 * nobody can be reached at.
 */
enum tri facts_target_has(const struct facts *f, const char *address);
/* Whether the source gets to it; NO: no route leads there, or a migration did not get there. */
enum tri facts_reaches(const struct facts *f, size_t address);
/* Why it does not, of such a one. */
const char *facts_cut_off(const struct facts *f, size_t address);
/* Which of them the data take: the first that is the target's, or may be, and that the source gets
 * to; n_addresses: none is. */
size_t facts_data_address(const struct facts *f);
/* The format of a destination's text; FORMAT_BAD for anything with a port, path, user, query,
 * percent sign, or that is no RFC 1123 name, dotted IPv4 or RFC 4291 IPv6 text. */
enum host_format host_format_of(const char *text);

#endif
