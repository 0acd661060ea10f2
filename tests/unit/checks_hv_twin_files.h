/* Twins: files that are measured, and what is on the network. */

/* Files that are memory of the guest are read for their size alone. */
START_TEST(images)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(slurp("domain-uefi.xml", a));
	struct probe_facts covers;
	const char *nvram = NULL;

	f->images = arena_array(a, f->config.n_images, sizeof *f->images);
	for (size_t i = 0; i < f->config.n_images; i++) {
		f->images[i].there = f->config.images[i].path;
		if (f->config.images[i].kind == IMAGE_NVRAM)
			nvram = f->config.images[i].path;
	}
	ck_assert_uint_eq(f->config.n_images, 2);
	is_harmless(f, twin_of(f, &covers));
	ck_assert(nvram && strstr(twin_of(f, &covers), nvram));
	ck_assert_uint_eq(covers.n_paths, 2);
	ck_assert_int_eq(covers.paths[1].part, PROBE_NVRAM);
	ck_assert(covers.paths[0].target && covers.paths[1].target);
	ck_assert_str_ne(covers.paths[0].target, covers.paths[1].target);
	for (size_t i = 0; i < f->config.n_images; i++)
		f->images[i].there = NULL;
	ck_assert(!strstr(twin_of(f, &covers), nvram));
	facts_free(f);
}
END_TEST

/* NVRAM of a server is to be reached; a port is with TLS or without as the VM itself says, and what
 * it leaves to its host is left to the target. */
START_TEST(of_the_network)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(
		"<domain type='qemu'><name>x</name><uuid>dddddddd-0000-4000-8000-00000000000d"
		"</uuid><memory>1024</memory><os><type>hvm</type><loader "
		"type='pflash'>/code</loader>"
		"<nvram type='network'><source protocol='nbd' name='vars'><host name='127.0.0.1' "
		"port='1'/></source></nvram></os><devices>"
		"<serial type='tcp'><source mode='bind' host='::' service='21' tls='no'/></serial>"
		"<serial type='tcp'><source mode='bind' host='::' service='22'/></serial>"
		"</devices></domain>");
	struct probe_facts covers;
	const char *text = twin_of(f, &covers);

	ck_assert_msg(strstr(text, "<source protocol=\"nbd\" name=\"vars\">") != NULL, "%s", text);
	ck_assert_msg(strstr(text, "service=\"21\" tls=\"no\"") != NULL, "%s", text);
	ck_assert_msg(strstr(text, "service=\"22\"/>") != NULL, "%s", text);
	facts_free(f);
}
END_TEST

/* A ROM is opened by the interface that has it, and measured as a disk. */
START_TEST(boot_rom)
{
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(
		"<domain type='qemu'><name>x</name><uuid>dddddddd-0000-4000-8000-00000000000d"
		"</uuid><memory>1024</memory><os><type>hvm</type></os><devices><interface "
		"type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/>"
		"<rom file='/srv/boot.rom'/></interface></devices></domain>");
	struct probe_facts covers;
	const char *target = NULL;

	f->images = arena_array(a, f->config.n_images, sizeof *f->images);
	ck_assert_uint_eq(f->config.n_images, 1);
	f->images[0].there = f->config.images[0].path;
	twin_of(f, &covers);
	for (size_t i = 0; i < covers.n_paths; i++)
		if (covers.paths[i].part == PROBE_ROM)
			target = covers.paths[i].target;
	ck_assert_ptr_nonnull(target);
	facts_free(f);
}
END_TEST
