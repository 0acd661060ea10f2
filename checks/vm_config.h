/*
 * A domain's configuration, read from libvirt's XML: what the rules look at, nothing more.
 * Text is NULL when absent; all of it lives in the arena of the facts. Numbers are 0 when absent,
 * unless said. Memory is in KiB, as in libvirt.
 */
#ifndef VSMIGD_CHECKS_VM_CONFIG_H
#define VSMIGD_CHECKS_VM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vm_secret { /* a reference to a libvirt secret */
	const char *user; /* what needs it: "disk vda", "tpm" */
	const char *disk; /* the disk's target, NULL when not a disk */
	const char *uuid, *usage, *usage_type;
};

struct vm_disk {
	const char *target; /* "vda" */
	const char *bus; /* "virtio" */
	const char *device; /* "disk", "cdrom", "floppy", "lun" */
	const char *type; /* "file", "block", "network", "volume", "nvme", ... */
	const char *source; /* path, device, or "POOL/VOLUME"; NULL: empty drive */
	const char *pool, *volume; /* type volume */
	const char *protocol; /* type network */
	const char *format; /* driver@type */
	const char *cache; /* driver@cache */
	const char *startup_policy;
	const char *serial, *model, *alias;
	const char *const *backing_formats,
		*const *backing_sources; /* the chain below, top first */
	const bool *backing_veiled; /* n_backing: encrypted, or a part of their file */
	size_t n_backing;
	bool chain_known; /* they are told, or that there are none: what is stored seldom does */
	bool chain_ends; /* the images below that are listed are all that there are */
	bool readonly, shareable, transient, mirror, reservations, encrypted;
	bool keeps_owner; /* libvirt does not give it to the user that QEMU runs as */
	bool sliced; /* only a part of the file is the disk, */
	uint64_t slice_offset; /* which begins here */
};

struct vm_nic {
	const char *mac;
	const char *type; /* "network", "bridge", "direct", "user", "hostdev", ... */
	const char *network, *portgroup; /* type network */
	const char *bridge; /* type bridge */
	const char *dev; /* type direct */
	const char *model, *driver, *filter, *alias;
	const char *teaming; /* "persistent", "transient" */
	const char *tap; /* the name of its device on the host, when it is not libvirt's choice */
	bool tap_given; /* it is not libvirt that makes that device: it must be there */
	bool passthrough; /* type direct: has its device for itself */
	const char *backend; /* type user: "passt"; NULL: QEMU's own */
};

struct vm_hostdev {
	const char *type; /* "pci", "usb", "scsi", "scsi_host", "mdev" */
	const char *address; /* "0000:01:00.0", "1234:5678" */
	const char *model, *teaming, *alias;
	const char *startup_policy;
};

struct vm_filesystem {
	const char *driver; /* "path" (9p), "virtiofs", ... */
	const char *source, *target;
	bool external_socket;
};

struct vm_chardev { /* serial, parallel, console, channel */
	const char *kind, *alias, *type; /* type: "pty", "file", "dev", "tcp", "unix", ... */
	const char *path, *host, *service, *mode, *target_name;
	const char *target_type; /* "isa-serial", "usb-serial", ... */
	const char *state; /* of a channel, while it runs: "connected", "disconnected" */
	bool log_file_given;
	const char *log_file;
};

struct vm_graphics {
	const char *type; /* "vnc", "spice" */
	const char *listen_type, *listen, *listen_network;
	int port, tls_port, websocket; /* 0 or below: not fixed */
	bool autoport;
};

struct vm_memdev {
	const char *model, *path, *slot, *base, *alias;
};

struct vm_named { /* a device known by its model alone */
	const char *kind; /* "sound", "video", "crypto", "iommu", "vsock", "rng", ... */
	const char *model, *backend, *alias, *source;
	bool accel3d;
};

enum vm_path_kind {
	PATH_FILE, /* must be there */
	PATH_FOLDER, /* of a file that is made when the guest starts: it must be there */
	PATH_DEVICE, /* of a character device */
	PATH_MEMORY, /* of a memory device */
	PATH_TEMPLATE, /* of NVRAM: when there is no NVRAM yet, it must be there */
	PATH_PIPE /* it or PATH.in and PATH.out must be there */
};

enum vm_path_owner {
	PATH_OTHERS, /* libvirt opens it, or no more can be found out than that it is there */
	PATH_GIVEN, /* QEMU opens it, to which libvirt gives it where it gives anything */
	PATH_KEPT /* QEMU opens it as it is; of PATH_FOLDER: makes it anew */
};

struct vm_path { /* a file of the host that is no disk */
	enum vm_path_kind kind;
	const char *user; /* "serial", "the boot ROM of interface" */
	const char *path;
	enum vm_path_owner owner;
};

struct vm_image { /* a file whose size is the size of memory that moves along */
	const char *user, *path;
	const char *name; /* without a path: of the file among QEMU's own */
	enum vm_image_kind { IMAGE_FIRMWARE, IMAGE_NVRAM, IMAGE_ROM, IMAGE_BIOS } kind;
};

struct vm_port { /* of a device that is no graphics */
	const char *kind, *name; /* "serial", "serial0" */
	const char *host, *port;
	bool udp; /* else TCP */
};

struct vm_feature {
	const char *name, *policy;
};

struct vm_config {
	const char *name, *uuid, *title;
	const char *virt; /* domain@type: "kvm", "qemu", "test" */
	const char *os_type, *arch, *machine, *emulator;
	const char *loader, *loader_type, *nvram, *nvram_template, *firmware;
	bool loader_secure;
	const char *kernel, *initrd, *dtb;
	uint64_t memory_kib, current_kib; /* maximum (with DIMMs' room), current */
	uint64_t max_memory_kib; /* maxMemory, 0 without */
	unsigned vcpus, vcpus_current;
	const char *cpu_mode; /* "custom", "host-model", "host-passthrough", "maximum"; NULL */
	const char *cpu_model, *cpu_vendor, *cpu_check, *cpu_migratable;
	const struct vm_feature *cpu_features;
	size_t n_cpu_features;
	const char *cpu_xml; /* the <cpu> element as text, to be compared; NULL without */
	bool hugepages, locked, prealloc, has_tsc_frequency;
	bool hugepages_partly; /* not all of memory, or not of one size */
	uint64_t hugepage_kib; /* size asked first; 0: the host's default */
	uint64_t hard_limit_kib, tsc_frequency;
	const char *memory_source; /* memoryBacking/source@type */
	bool memory_shared; /* a file's, and shared: of such the kernel gives any amount */
	const char *hyperv_mode;
	const char *const *hyperv_features; /* those that are on */
	size_t n_hyperv_features;
	const char *numa_nodes; /* nodesets of the guest, its nodes and memory devices, joined */
	const char *const *pinned; /* cpusets of vcpu, vcpupin, emulatorpin, iothreadpin */
	size_t n_pinned;
	struct vm_disk *disks;
	size_t n_disks;
	struct vm_nic *nics;
	size_t n_nics;
	const struct vm_hostdev *hostdevs;
	size_t n_hostdevs;
	const struct vm_filesystem *filesystems;
	size_t n_filesystems;
	const struct vm_chardev *chardevs;
	size_t n_chardevs;
	const struct vm_graphics *graphics;
	size_t n_graphics;
	const struct vm_memdev *memdevs;
	size_t n_memdevs;
	const struct vm_named
		*devices; /* sound, video, crypto, iommu, vsock, rng, input, watchdog */
	size_t n_devices;
	const struct vm_secret *secrets;
	size_t n_secrets;
	const char *tpm_backend; /* "emulator", "passthrough"; NULL: no TPM */
	const char *tpm_source; /* where the emulator keeps its state; NULL: libvirt's own place */
	const char *shmem_role, *shmem_name, *shmem_model;
	size_t n_shmem;
	bool shmem_legacy, shmem_peer;
	const char *launch_security; /* "sev", "s390-pv", ... */
	const char *const *seclabel_models; /* whose drivers must be there; see xml_domain.c */
	size_t n_seclabel_models;
	const char *dac_label; /* a static one: whom QEMU runs as, on every host */
	bool keeps_owners; /* libvirt gives nothing of the guest's to the user that QEMU runs as */
	const char *lease, *lockspace; /* the first lease */
	unsigned vsock_cid; /* fixed; 0: none */
	const struct vm_path *paths;
	size_t n_paths;
	const struct vm_image *images;
	size_t n_images;
	struct vm_port *ports, *far_ports; /* where it listens; to which it connects */
	size_t n_ports, n_far_ports;
	const char *const *qemu_args; /* qemu:commandline arguments */
	size_t n_qemu_args;
};

#endif
