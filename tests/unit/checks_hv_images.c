/* The twins that look at images and secrets, and are to fail. */
#include <stdlib.h>
#include <string.h>

#include "checks/hypervisor/probe_inner.h"
#include "tests/unit/checks_twins.h"

#define DOMAIN(disks)                                                                              \
	"<domain type='qemu'><name>x</name><uuid>dddddddd-0000-4000-8000-00000000000d</uuid>"      \
	"<memory>1024</memory><os><type>hvm</type></os><devices><emulator>/usr/bin/qemu"           \
	"</emulator>" disks "</devices></domain>"
#define DISK(format, source, target, more)                                                         \
	"<disk type='file' device='disk'><driver name='qemu' type='" format                        \
	"'/><source file='" source "'/><target dev='" target "' bus='virtio'/>" more "</disk>"
#define BELOW(format, source, more)                                                                \
	"<backingStore type='file'><format type='" format "'/><source file='" source "'/>" more    \
	"</backingStore>"

static const char *const selinux[] = { "selinux", "dac" };
static bool on_selinux;

/* The twins of such a domain, in `a`'s words: NULL where there is none. */
static void further_twins(
	const char *xml, const char **images, const char **secrets, struct arena *a)
{
	struct facts *f = facts_of(xml);
	struct probe_twins twins = { 0 };
	struct probe_facts covers;
	struct err e;

	if (on_selinux)
		f->dst.caps.secmodels = selinux;
	ck_assert_ptr_nonnull(probe_twins_make(&twins, f, f->arena, &covers, &e));
	*images = twins.images ? twin_text(twins.images, NULL, a) : NULL;
	*secrets = twins.secrets ? twin_text(twins.secrets, NULL, a) : NULL;
	probe_twins_clear(&twins);
	facts_free(f);
}

/* Of all in one; NULL where there is none. */
static const char *whole_of(struct facts *f, struct arena *a)
{
	struct probe_twins twins = { 0 };
	struct probe_facts covers;
	const char *text;
	struct err e;

	ck_assert_ptr_nonnull(probe_twins_make(&twins, f, f->arena, &covers, &e));
	text = twins.whole ? twin_text(twins.whole, NULL, a) : NULL;
	probe_twins_clear(&twins);
	return text;
}

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

/* Disks as what they are, read-only and past all locks; those that are written to, for writing. */
START_TEST(images)
{
	auto_arena struct arena *a = arena_new();
	const char *text, *secrets;

	further_twins(
		DOMAIN(DISK("qcow2", "/a &quot;b.qcow2", "vda",
			BELOW("qcow2", "/base.qcow2", BELOW("raw", "/raw", "<backingStore/>")))
				DISK("raw", "/c.raw", "vdb", "<readonly/>")
					DISK("qcow2", "/d.qcow2", "vdc", "<readonly/>")),
		&text, &secrets, a);
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_null(secrets);
	ck_assert_msg(!strstr(text, "<disk") && strstr(text, "<qemu:commandline"), "%s", text);
	/* The top does not look below by itself, for what is there is looked at. */
	ck_assert_msg(
		strstr(text,
			"&quot;driver&quot;:&quot;qcow2&quot;,&quot;node-name&quot;:&quot;"
			"vsmigd-0&quot;,&quot;read-only&quot;:true,&quot;force-share&quot;:"
			"true,&quot;backing&quot;:null,&quot;file&quot;:{&quot;driver&quot;:"
			"&quot;file&quot;,&quot;filename&quot;:&quot;/a \\&quot;b.qcow2&quot;}}"),
		"%s", text);
	ck_assert_msg(strstr(text, "/base.qcow2"), "%s", text);
	ck_assert_msg(
		strstr(text, "&quot;read-only&quot;:false,&quot;auto-read-only&quot;:false,&quot;"
			     "locking&quot;:&quot;off&quot;,&quot;filename&quot;:&quot;/a "),
		"%s", text);
	/* The chain of a stored configuration is as the image says. */
	ck_assert_msg(
		strstr(text, "&quot;force-share&quot;:true,&quot;file&quot;:{&quot;driver&quot;:"
			     "&quot;file&quot;,&quot;filename&quot;:&quot;/d.qcow2&quot;}}"),
		"%s", text);
	ck_assert_msg(
		!strstr(text, "/c.raw") && !strstr(text, "filename&quot;:&quot;/raw"), "%s", text);
	ck_assert_msg(strstr(text, TWIN_END), "%s", text);
	further_twins(DOMAIN(DISK("raw", "/c.raw", "vda", "<readonly/>")), &text, &secrets, a);
	ck_assert_ptr_null(text);
	further_twins(DOMAIN("<disk type='block' device='disk'><driver name='qemu' type='raw'/>"
			     "<source dev='/dev/sda'/><target dev='vda' bus='virtio'/></disk>"),
		&text, &secrets, a);
	ck_assert_ptr_null(text);
}
END_TEST

/* A VM with arguments for QEMU has declared what they are named in. */
START_TEST(beside_arguments)
{
	auto_arena struct arena *a = arena_new();
	const char *text, *secrets, *disk = DOMAIN(DISK("raw", "/a.raw", "vda", ""));

	text = arena_printf(a,
		"<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
		"<qemu:commandline><qemu:arg value='-snapshot'/></qemu:commandline>%s",
		strstr(disk, "<name>"));
	further_twins(text, &text, &secrets, a);
	ck_assert_msg(strstr(text, "<qemu:commandline") && strstr(text, "<qemu:arg value=\"{") &&
			      !strstr(text, "-snapshot"),
		"%s", text);
}
END_TEST

/* Secrets of encrypted disks, for a file that is none; never the image. */
#define ENCRYPTED(format)                                                                          \
	DOMAIN("<disk type='file' device='disk'><driver name='qemu' type='" format "'/>"           \
	       "<source file='/x.luks'><encryption format='luks'><secret type='passphrase' "       \
	       "uuid='" TWIN_UUID "'/></encryption></source><target dev='vda' bus='virtio'/>"      \
	       "</disk>")
START_TEST(encrypted)
{
	auto_arena struct arena *a = arena_new();
	const char *text, *secrets;

	further_twins(ENCRYPTED("qcow2"), &text, &secrets, a);
	ck_assert_ptr_nonnull(secrets);
	ck_assert_msg(strstr(secrets, TWIN_UUID) && strstr(secrets, "file=\"/usr/bin/qemu\"") &&
			      strstr(secrets, "<readonly/>") && strstr(secrets, "relabel=\"no\"") &&
			      !strstr(secrets, "/x.luks"),
		"%s", secrets);
	/* Nor where the file that it names could be relabelled. */
	on_selinux = true;
	further_twins(ENCRYPTED("qcow2"), &text, &secrets, a);
	ck_assert_ptr_null(secrets);
	on_selinux = false;
	/* It is not opened as what it is, only for writing. */
	ck_assert_msg(text && strstr(text, "/x.luks") && !strstr(text, "force-share"), "%s", text);
}
END_TEST

/* Twins of a domain with what was to be opened as it is, as one text. */
static const char *all_of(struct facts *f, struct probe_facts *covers)
{
	struct probe_twins twins = { 0 };
	const char *text;
	struct err e;

	f->disks_there = arena_array(f->arena, f->config.n_disks, sizeof *f->disks_there);
	text = probe_twins_make(&twins, f, f->arena, covers, &e);
	ck_assert_ptr_nonnull(text);
	probe_twins_clear(&twins);
	return text;
}

/* With its key, and no other twin asks for that; but not where it has tables of its own. */
START_TEST(unlocked)
{
	struct facts *luks = facts_of(ENCRYPTED("raw")), *image = facts_of(ENCRYPTED("qcow2"));
	struct probe_facts covers;
	const char *text = all_of(luks, &covers);

	ck_assert(covers.unlocked[0]);
	ck_assert_msg(strstr(text, "<source file=\"/x.luks\"><encryption format=\"luks\">") &&
			      strstr(text, "<readonly/><shareable/>") &&
			      !strstr(text, "file=\"/usr/bin/qemu\""),
		"%s", text);
	text = twin_of(image, &covers);
	ck_assert_msg(!covers.unlocked[0] && !strstr(text, "<encryption"), "%s", text);
	facts_free(luks);
	facts_free(image);
}
END_TEST

/* A volume is where its pool there has it; a device is QEMU's to read, and nobody's to write. What has
 * a key below, or is a part of its file, is left. */
START_TEST(of_all_kinds)
{
	static const char disks[] = DOMAIN(
		"<disk type='volume' device='disk'><driver name='qemu' type='qcow2'/><source "
		"pool='p' volume='v'/><target dev='vda' bus='virtio'/></disk>"
		"<disk type='block' device='disk'><driver name='qemu' type='qcow2'/><source "
		"dev='/dev/vg/b'/><backingStore type='file'><format type='qcow2'/><source "
		"file='/veiled'><encryption format='luks'/></source><backingStore type='file'>"
		"<format type='qcow2'/><source file='/base'/><backingStore/></backingStore>"
		"</backingStore><target dev='vdb' bus='virtio'/></disk>");
	struct facts *f = facts_of(disks);
	auto_doc xmlDoc *doc = NULL, *with = NULL;
	const bool both[] = { true, true };
	struct probe_facts covers;
	const char *text;
	struct err e;

	f->disks_there = arena_array(f->arena, 2, sizeof *f->disks_there);
	f->disks_there[0].path = "/pool/v";
	ck_assert_int_eq(twin_make(f, f->arena, &doc, &covers, &e), 0);
	with = twin_of_images(f, doc, both, f->arena);
	text = twin_text(with, NULL, f->arena);
	ck_assert_msg(strstr(text, "&quot;file&quot;,&quot;filename&quot;:&quot;/pool/v&quot;}}"),
		"%s", text);
	ck_assert_msg(
		strstr(text, "&quot;off&quot;,&quot;filename&quot;:&quot;/pool/v"), "%s", text);
	ck_assert_msg(strstr(text, "&quot;host_device&quot;,&quot;filename&quot;:&quot;/dev/vg/b"),
		"%s", text);
	ck_assert_msg(!strstr(text, "&quot;off&quot;,&quot;filename&quot;:&quot;/dev"), "%s", text);
	ck_assert_msg(strstr(text, "<source dev=\"/dev/vg/b\"/>"), "%s", text);
	ck_assert_msg(!strstr(text, "/veiled") && strstr(text, "/base"), "%s", text);
	facts_free(f);
}
END_TEST

/* All in one: the VM's disks, what the owner's twin opens and what the images are looked at by, but not
 * what that one fails by. */
START_TEST(whole)
{
	static const char *const apparmor[] = { "apparmor", "dac" };
	static const char disk[] = DOMAIN(DISK("qcow2", "/a,b.qcow2", "vda", "")),
			  device[] = DOMAIN(
				  "<disk type='block' device='disk'><driver name='qemu' "
				  "type='%s'/><source dev='/dev/vg/b'/><target dev='vda' "
				  "bus='virtio'/></disk>" DISK("qcow2", "/a,b.qcow2", "vdb", ""));
	auto_arena struct arena *a = arena_new();
	struct facts *f = facts_of(disk);
	const char *text;

	ck_assert_ptr_nonnull(text = whole_of(f, a));
	ck_assert_msg(strstr(text, "<source file=\"/a,b.qcow2\""), "%s", text);
	ck_assert_msg(!strstr(text, "node-name=vsmigd0,"), "%s", text);
	f->src.caps.dac_label = "+0:+0"; /* another user */
	ck_assert_ptr_nonnull(text = whole_of(f, a));
	ck_assert_msg(strstr(text, "node-name=vsmigd0,driver=file,read-only=off"), "%s", text);
	ck_assert_msg(strstr(text, "vsmigd-0&quot;,&quot;read-only&quot;:true"), "%s", text);
	ck_assert_msg(strstr(text, "vsmigd-1&quot;,&quot;read-only&quot;:false"), "%s", text);
	ck_assert_msg(!strstr(text, "vsmigd-end") && !strstr(text, TWIN_END), "%s", text);
	/* As many options as values. */
	ck_assert_uint_eq(count_of(text, "value=\"-blockdev\""), 3);
	ck_assert_uint_eq(count_of(text, "<qemu:arg "), 6);
	/* It would refuse the same files for another reason. */
	f->dst.caps.secmodels = apparmor;
	ck_assert_ptr_null(whole_of(f, a));
	facts_free(f);
	/* Whose devices are another's are seen by it, and not by the others. */
	for (int i = 0; i < 2; i++) {
		f = facts_of(arena_printf(a, device, i ? "qcow2" : "raw"));
		f->src.caps.dac_label = i ? f->dst.caps.dac_label : "+0:+0";
		ck_assert_ptr_null(whole_of(f, a));
		facts_free(f);
	}
}
END_TEST

/* What a server gives away is opened as the VM does, but no guest's image is written to. */
START_TEST(served)
{
	static const char *const formats[] = { "raw", "qcow2" };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		auto_arena struct arena *a = arena_new();
		struct facts *f = facts_of(arena_printf(a,
			DOMAIN("<disk type='network' device='disk'><driver name='qemu' type='%s'/>"
			       "<source protocol='nbd' name='x'><host name='nas' "
			       "port='10809'/></source>"
			       "<target dev='vda' bus='virtio'/></disk>"),
			formats[i]));
		struct probe_facts covers;
		const char *text = twin_of(f, &covers);

		ck_assert_msg(!!strstr(text, "<readonly/>") == (i == 1), "%s", text);
		ck_assert_msg(strstr(text, arena_printf(a, "type=\"%s\"", formats[i])), "%s", text);
		ck_assert_msg(!strstr(text, "<shareable/>"), "%s", text);
		facts_free(f);
	}
}
END_TEST

/* QEMU 7.2's own words. */
START_TEST(not_understood)
{
	static const char *const texts[] = {
		"-blockdev {\"driver\":\"file\",\"bogus\":true}: Parameter 'bogus' is unexpected",
		"-blockdev {\"driver\":\"quorum\"}: Parameter 'driver' does not accept value "
		"'quorum'",
		"-blockdev {\"force-share\":\"x\"}: Invalid parameter type for 'force-share', "
		"expected: "
		"boolean",
		"-blockdev {\"driver\":\"vmdk\"}: Driver 'vmdk' is not whitelisted",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		ck_assert_msg(probe_not_understood(texts[i]), "%s", texts[i]);
	ck_assert(!probe_not_understood(
		"-blockdev {\"driver\":\"qcow2\"}: Image is not in qcow2 format"));
	ck_assert(!probe_not_understood(
		"-blockdev {\"filename\":\"/a\"}: Could not open '/a': No such file or directory"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_images");
	TCase *t = tcase_create("images");
	SRunner *runner;
	int failed;

	tcase_add_test(t, images);
	tcase_add_test(t, beside_arguments);
	tcase_add_test(t, encrypted);
	tcase_add_test(t, unlocked);
	tcase_add_test(t, of_all_kinds);
	tcase_add_test(t, whole);
	tcase_add_test(t, served);
	tcase_add_test(t, not_understood);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
