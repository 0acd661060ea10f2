/*
 * Facts of a move that works: a running guest with one shared disk and one network, two equal QEMU
 * hosts. Every group is known; a test changes what it is about.
 */
#ifndef VSMIGD_TESTS_CHECKS_FACTS_H
#define VSMIGD_TESTS_CHECKS_FACTS_H

#include "checks/check.h"
#include "checks/facts.h"

#include <string.h>

#define UUID_VM "5f0a6c7e-0000-4000-8000-000000000001"
#define UUID_OTHER "5f0a6c7e-0000-4000-8000-000000000002"
#define MAC_VM "52:54:00:00:00:01"
#define GIB (1024 * 1024) /* in KiB */

#define NEW(f, type) ((type *)arena_alloc((f)->arena, sizeof(type)))
#define LIST(...) ((const char *const[]){ __VA_ARGS__ })

static inline void facts_host(struct host_facts *h, const char *name, const char *uuid)
{
	static const char *const machines[] = { "pc-i440fx-7.2", "pc", "pc-q35-7.2" };
	static const struct caps_guest guests[] = {
		{ "hvm", "x86_64", "qemu", "/usr/bin/qemu-system-x86_64", machines, 3 },
		{ "hvm", "x86_64", "kvm", "/usr/bin/qemu-system-x86_64", machines, 3 },
	};
	static const char *const transports[] = { "tcp", "rdma" }, *const models[] = { "dac" };
	static const unsigned char online[] = { 0x0f };

	*h = (struct host_facts){
		.access = ACCESS_OPEN,
		.uri = "qemu+tcp://host-b/system",
		.type = "QEMU",
		.name = name,
		.hv_version = 7002000,
		.lib_version = 9000000,
		.memory_kib = 16 * GIB,
		.free_kib = 8 * GIB,
		.cpus = 4,
		.max_vcpus = 255,
		.online = online,
		.n_online = 4,
		.caps = { .uuid = uuid,
			.arch = "x86_64",
			.cpu_model = "EPYC",
			.cpu_vendor = "AMD",
			.live = true,
			.has_migration = true,
			.transports = transports,
			.n_transports = 2,
			.guests = guests,
			.n_guests = 2,
			.secmodels = models,
			.n_secmodels = 1,
			.numa_nodes = "0" },
	};
}

static inline void facts_config(struct facts *f)
{
	struct vm_disk *disk = NEW(f, struct vm_disk);
	struct vm_nic *nic = NEW(f, struct vm_nic);

	*disk = (struct vm_disk){ .target = "vda",
		.bus = "virtio",
		.device = "disk",
		.type = "file",
		.source = "/shared/web1.qcow2",
		.format = "qcow2",
		.chain_known = true,
		.cache = "none" };
	*nic = (struct vm_nic){ .mac = MAC_VM,
		.type = "network",
		.network = "default",
		.model = "virtio",
		.alias = "net0" };
	f->stored = (struct vm_config){
		.name = "web1",
		.uuid = UUID_VM,
		.virt = "qemu",
		.os_type = "hvm",
		.arch = "x86_64",
		.machine = "pc-i440fx-7.2",
		.emulator = "/usr/bin/qemu-system-x86_64",
		.memory_kib = 2 * GIB,
		.current_kib = 2 * GIB,
		.vcpus = 2,
		.vcpus_current = 2,
		.cpu_mode = "custom",
		.cpu_model = "Nehalem",
		.cpu_check = "full",
		.disks = disk,
		.n_disks = 1,
		.nics = nic,
		.n_nics = 1,
	};
	f->config = f->stored;
	f->config.disks = NEW(f, struct vm_disk);
	f->config.nics = NEW(f, struct vm_nic);
	*f->config.disks = *disk;
	*f->config.nics = *nic;
}

static inline void facts_domcaps(struct domcaps *d)
{
	static const char *const loaders[] = { "/usr/share/OVMF/OVMF_CODE_4M.fd" };
	static const char *const firmwares[] = { "bios", "efi" };
	static const char *const buses[] = { "ide", "fdc", "scsi", "virtio", "usb", "sata" };
	static const char *const sources[] = { "file", "anonymous", "memfd" };
	static const char *const graphics[] = { "vnc", "spice" };
	static const char *const videos[] = { "vga", "cirrus", "qxl", "virtio" };
	static const struct domcaps_enum enums[] = {
		{ "disk/bus", buses, 6 },
		{ "memoryBacking/sourceType", sources, 3 },
		{ "graphics/type", graphics, 2 },
		{ "video/modelType", videos, 4 },
	};

	*d = (struct domcaps){
		.supported = TRI_YES,
		.max_vcpus = 255,
		.loaders = loaders,
		.n_loaders = 1,
		.firmwares = firmwares,
		.n_firmwares = 2,
		.firmware_told = true,
		.loader_supported = true,
		.host_passthrough = true,
		.host_model = true,
		.maximum = true,
		.custom = true,
		.enums = enums,
		.n_enums = 4,
	};
}

static inline struct facts *facts_sample(const struct settings *s)
{
	struct facts *f = facts_new();

	for (enum fact id = 0; id < FACT_COUNT; id++)
		facts_set_known(f, id);
	facts_set_unknown(f, FACT_DST_PROBE, "no probe was started", NULL);
	f->vm_text = "web1";
	f->destination = "host-b";
	f->format = FORMAT_NAME;
	f->settings = s;
	f->vm = (struct vm_facts){
		.name = "web1", .uuid = UUID_VM, .state = 1, .active = true, .persistent = true
	};
	facts_host(&f->src, "host-a", "aaaaaaaa-0000-4000-8000-00000000000a");
	facts_host(&f->dst, "host-b", "bbbbbbbb-0000-4000-8000-00000000000b");
	f->src.uri = "qemu:///system";
	f->vm.dirty_measured = true;
	f->vm.dirty_mib = 3;
	f->link = (struct link_facts){ .name = "eth0", .to = "host-b", .up = true, .mbit = 10000 };
	facts_config(f);
	facts_domcaps(&f->domcaps);
	f->cpu.fits = TRI_YES;
	f->same_name.taken = f->same_uuid.taken = TRI_NO;
	f->disks_here = NEW(f, struct disk_here);
	*f->disks_here = (struct disk_here){ .shared_fs = TRI_YES,
		.coherent = TRI_YES,
		.fs = "nfs",
		.capacity = 4 * 1024L * GIB,
		.allocation = 1024L * GIB };
	f->disks_there = NEW(f, struct disk_there);
	*f->disks_there = (struct disk_there){ .exists = TRI_YES };
	f->nics_there = NEW(f, struct nic_there);
	*f->nics_there = (struct nic_there){ .exists = TRI_YES,
		.active = TRI_YES,
		.portgroup = TRI_YES,
		.filter = TRI_YES,
		.forward = "nat",
		.forward_here = "nat" };
	return f;
}

/* Policy as it is when nothing is configured. */
static inline struct check_config config_default(void)
{
	return (struct check_config){
		.timeout_ms = 30000,
		.formats = FORMAT_NAME | FORMAT_IPV4 | FORMAT_IPV6,
		.refuse_running_offline = true,
		.refuse_overwrite = true,
		.refuse_crashed = true,
		.refuse_io_error = true,
		.refuse_memory_file = true,
		.refuse_saved_image = true,
		.refuse_bandwidth = true,
		.refuse_local_restart = true,
		.refuse_other_pool = true,
		.refuse_reservations = true,
	};
}

#endif
