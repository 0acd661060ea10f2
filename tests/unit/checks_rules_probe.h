/* Rows of the rule "probe": what the error of a twin that did not start becomes. */

static void no_start(struct facts *f, enum probe_cause cause, const char *text)
{
	facts_set_known(f, FACT_DST_PROBE);
	f->probe.started = TRI_NO;
	f->probe.cause = cause;
	f->probe.text = text;
}

static void no_file(struct facts *f, enum probe_part part, const char *path)
{
	struct probe_path *p = NEW(f, struct probe_path);

	*p = (struct probe_path){ part, 0, path, NULL };
	f->probe.paths = p;
	f->probe.n_paths = 1;
	no_start(f, PROBE_FILE,
		arena_printf(f->arena, "Cannot access '%s': No such file or directory", path));
}

/* The firmware has 4 MiB here; a twin that started has found so many bytes there. */
static void image(struct facts *f, enum vm_image_kind kind, uint64_t there)
{
	static const enum probe_part parts[] = { PROBE_FIRMWARE, PROBE_NVRAM, PROBE_ROM,
		PROBE_ROM };
	struct vm_image *image = NEW(f, struct vm_image);
	struct probe_path *p = NEW(f, struct probe_path);
	uint64_t *size = NEW(f, uint64_t);

	*image = (struct vm_image){ "the firmware", "/fw", NULL, kind };
	f->config.images = image;
	f->config.n_images = 1;
	f->images = NEW(f, struct image_here);
	*f->images = (struct image_here){ "/fw", 4 << 20, "/fw", false };
	*p = (struct probe_path){ parts[kind], 0, "/fw", "sdxaa" };
	*size = there;
	f->probe.paths = p;
	f->probe.sizes = size;
	f->probe.n_paths = 1;
	if (there) {
		facts_set_known(f, FACT_DST_PROBE);
		f->probe.started = TRI_YES;
	}
}

#define PORT                                                                                       \
	f->config.n_graphics = 1;                                                                  \
	f->config.graphics = ((struct vm_graphics[]){ { .type = "vnc", .port = 5977 } })
#define LISTEN                                                                                     \
	f->config.n_graphics = 1;                                                                  \
	f->config.graphics = ((struct vm_graphics[]){                                              \
		{ .type = "vnc", .listen = "10.0.0.1", .autoport = true } })

START_TEST(probes)
{
	ROW("probe", "not wanted", LIVE, "", (void)0);
	ROW("probe", "wanted, and not had", LIVE, "VSM6002", f->probe.asked = true);
	ROW("probe", "started", LIVE, "VSM6001", STARTED);
	ROW("probe", "in the words of libvirt", LIVE, "VSM4901:false",
		no_start(f, PROBE_OTHER, "no"));
	ROW("probe", "a comma in its name", LIVE, "VSM4901:false", f->config.name = "a,b"; no_start(
		f, PROBE_NAME, "-name guest=a,,b,process=qemu:a,b: Invalid parameter 'b'"));
	ROW("probe", "only defined", OFFLINE, "VSM4901", SHUT_OFF; no_start(f, PROBE_OTHER, "no"));
	ROW("probe", "no disk", LIVE, "VSM4302:false", no_file(f, PROBE_DISK, "/shared/a"));
	ROW("probe", "no lower image", LIVE, "VSM4302:false", no_file(f, PROBE_BACKING, "/b"));
	ROW("probe", "no file that an image names", LIVE, "VSM4901:false",
		no_file(f, PROBE_DISK, "/shared/a");
		f->probe.text =
			"-blockdev {\"filename\":\"/shared/a\"}: Could not open '/d.raw': No "
			"such file or directory");
	ROW("probe", "no medium", LIVE, "VSM4316:false", f->config.disks[0].device = "cdrom";
		no_file(f, PROBE_DISK, "/cd.iso"));
	ROW("probe", "no firmware", LIVE, "VSM4114:false", no_file(f, PROBE_FIRMWARE, "/fw"));
	ROW("probe", "no kernel", LIVE, "VSM4901:false", no_file(f, PROBE_KERNEL, "/vmlinuz"));
	ROW("probe", "no network", LIVE, "VSM4401:false",
		no_start(f, PROBE_NETWORK, "no network with matching name 'default'"));
	ROW("probe", "network inactive", LIVE, "VSM4402:false",
		no_start(f, PROBE_NETWORK_INACTIVE, "network 'default' is not active"));
	ROW("probe", "no bridge", LIVE, "VSM4404:false", f->config.nics[0].type = "bridge";
		f->config.nics[0].bridge = "br0";
		no_start(f, PROBE_DEVICE, "Cannot get interface MTU on 'br0'"));
	ROW("probe", "no filter", LIVE, "VSM4405:false", f->config.nics[0].filter = "lab";
		no_start(f, PROBE_FILTER, "referenced filter 'lab' is missing"));
	ROW("probe", "no device that anybody named", LIVE, "VSM4901:false",
		no_start(f, PROBE_DEVICE, "No such device"));
	ROW("probe", "no such device model", LIVE, "VSM4514:false",
		no_start(f, PROBE_MODEL,
			"-device {\"driver\":\"usb-tablet\"}: 'usb-tablet' is not a valid device "
			"model name"));
	ROW("probe", "a model in libvirt's words", LIVE, "VSM4514:false",
		no_start(f, PROBE_MODEL,
			"unsupported configuration: This QEMU doesn't support the LSI 53C895A "
			"SCSI controller"));
	ROW("probe", "a feature in libvirt's words", LIVE, "VSM4901:false",
		no_start(f, PROBE_MODEL, "vmcoreinfo is not supported by this QEMU binary"));
	ROW("probe", "no port in the range of displays", LIVE, "VSM4512:false", PORT;
		((struct vm_graphics *)f->config.graphics)[0].autoport = true;
		no_start(f, PROBE_PORT,
			"Unable to find an unused port in range 'display' (5990-5991)"));
	ROW("probe", "an image of another format", LIVE, "VSM4901:false",
		no_start(f, PROBE_FORMAT, "Image is not in qcow2 format"));
	ROW("probe", "no network to listen on", LIVE, "VSM4401:false", f->config.n_graphics = 1;
		f->config.graphics =
			((struct vm_graphics[]){ { .type = "vnc", .listen_network = "blue" } });
		no_start(f, PROBE_NETWORK, "no network with matching name 'blue'"));
	ROW("probe", "no emulator", LIVE, "VSM4112:false", no_start(f, PROBE_EMULATOR, "no"));
	ROW("probe", "no machine", LIVE, "VSM4103:false", no_start(f, PROBE_MACHINE, "no"));
	ROW("probe", "another CPU", LIVE, "VSM4104:false", no_start(f, PROBE_CPU, "no adx"));
	ROW("probe", "no address", LIVE, "VSM4511:false", LISTEN; SHUT_OFF;
		no_start(f, PROBE_ADDRESS, "Cannot assign requested address"));
	ROW("probe", "no address, as was concluded", LIVE, "", LISTEN;
		no_start(f, PROBE_ADDRESS, "Cannot assign requested address"));
	ROW("probe", "no address, which the host itself chooses", LIVE, "VSM4901:false",
		f->config.n_graphics = 1;
		f->config.graphics =
			((struct vm_graphics[]){ { .type = "vnc", .listen = "127.0.0.1" } });
		no_start(f, PROBE_ADDRESS, "Cannot assign requested address"));
	ROW("graphics-listen", "an address of both", LIVE, "", LISTEN; STARTED);
	ROW("probe", "no port", LIVE, "VSM4512:false", PORT;
		no_start(f, PROBE_PORT, "Address already in use"));
	ROW("probe", "no memory", LIVE, "VSM4901:false", no_start(f, PROBE_MEMORY, "no"));
	ROW("probe", "no memory, as was read", LIVE, "", f->config.memory_kib = 17 * GIB;
		no_start(f, PROBE_MEMORY, "no"));
	ROW("memory-total", "larger, and given to a twin", LIVE, "", STARTED;
		f->config.memory_kib = 17 * GIB);
	ROW("probe", "no port for a websocket", LIVE, "VSM4512:false", f->config.n_graphics = 1;
		f->config.graphics = ((struct vm_graphics[]){
			{ .type = "vnc", .port = 5900, .autoport = true, .websocket = 5799 } });
		no_start(f, PROBE_PORT, "Failed to reserve port 5799"));
	ROW("disk-images", "no probe", LIVE, "VSM6002", (void)0);
	ROW("disk-images", "nothing to look at", LIVE, "", STARTED);
	ROW("disk-images", "all are usable", LIVE, "", STARTED; f->probe.looked_at_images = true;
		f->probe.images = TRI_YES);
	ROW("disk-images", "kept from them now", LIVE, "VSM6002", STARTED;
		f->probe.looked_at_images = true; f->probe.images_why = "Permission denied");
	ROW("firmware", "found by a twin", LIVE, "", f->config.loader_type = "pflash"; STARTED;
		f->config.loader = "/usr/share/AAVMF/AAVMF_CODE.fd");
	ROW("starts", "nobody tried", LIVE, "VSM6002", (void)0);
	ROW("starts", "seen", LIVE, "", STARTED);
	ROW("starts", "seen, with a comma in its name", LIVE, "", STARTED; f->config.name = "a,b");
	ROW("starts", "a comma, and nobody tried", LIVE, "VSM6002,VSM6002", f->config.name = "a,b");
	ROW("starts", "two that are one", LIVE, "VSM6002", f->config.name = "a,,b");
	ROW("starts", "a comma at the end", LIVE, "VSM6002", f->config.name = "a,");
	ROW("starts", "three", LIVE, "VSM6002,VSM6002", f->config.name = "a,,b,,,c");
	ROW("starts", "a comma, with a TPM", LIVE, "VSM6002", STARTED; f->config.name = "a,,b";
		f->config.tpm_backend = "emulator");
	ROW("starts", "seen that not", LIVE, "", no_start(f, PROBE_OTHER, "no"));
	ROW("starts", "only defined", OFFLINE, "", SHUT_OFF);
	ROW("images", "of the same size", LIVE, "", image(f, IMAGE_FIRMWARE, 4 << 20));
	ROW("images", "of another size", LIVE, "VSM4901:false", image(f, IMAGE_FIRMWARE, 2 << 20));
	ROW("images", "of another size, started anew", RESTART, "",
		image(f, IMAGE_FIRMWARE, 2 << 20));
	ROW("images", "NVRAM of another size", LIVE, "VSM4901:false",
		image(f, IMAGE_NVRAM, 2 << 20));
	ROW("images", "NVRAM that is made there", LIVE, "", image(f, IMAGE_NVRAM, 0);
		f->images[0].there = NULL);
	ROW("images", "a ROM that needs the same place", LIVE, "", image(f, IMAGE_ROM, 3 << 20));
	ROW("images", "a ROM that needs more", LIVE, "VSM4901:false", image(f, IMAGE_ROM, 5 << 20));
	ROW("images", "not seen there", LIVE, "VSM6002", image(f, IMAGE_FIRMWARE, 0));
	ROW("images", "not seen here", LIVE, "VSM6002", image(f, IMAGE_FIRMWARE, 2 << 20);
		f->images[0].size = 0);
	ROW("images", "absent, which another rule says", LIVE, "", image(f, IMAGE_FIRMWARE, 0);
		f->images[0].there = NULL; f->images[0].absent = true);
	ROW("images", "of a package, not seen there", LIVE, "", image(f, IMAGE_BIOS, 0);
		((struct vm_image *)f->config.images)->path = NULL);
	ROW("images", "of a package, of another size", LIVE, "VSM4901:false",
		image(f, IMAGE_BIOS, 2 << 20);
		((struct vm_image *)f->config.images)->path = NULL);
	ROW("emulator", "that ran a twin", LIVE, "", f->config.emulator = "/opt/qemu"; STARTED;
		facts_set_unknown(f, FACT_DST_DOMCAPS, NULL, "Test"));
}
END_TEST
