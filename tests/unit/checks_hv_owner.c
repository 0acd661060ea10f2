/* The twins that open files as QEMU's user on the target: what is in them, and what is not. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "checks/hypervisor/twin.h"
#include "checks/hypervisor/vxml.h"

static const struct settings live = { .move = MOVE_LIVE };
static const char *const models[] = { "none", "dac" };

static struct facts *facts_of(const char *xml)
{
	struct facts *f = facts_new();
	struct err e;

	f->xml = xml;
	f->settings = &live;
	ck_assert_int_eq(vxml_domain(xml, f->arena, &f->stored, &e), 0);
	f->config = f->stored;
	f->dst.caps.secmodels = models;
	f->dst.caps.n_secmodels = ARRAY_LEN(models);
	f->dst.caps.dac_label = "+64055:+64055";
	return f;
}

#define OWNED(seclabel, more)                                                                      \
	"<domain type='qemu'><name>x</name><uuid>dddddddd-0000-4000-8000-00000000000d</uuid>"      \
	"<memory>1024</memory><os><type>hvm</type><kernel>/k</kernel></os>" seclabel               \
	"<devices><disk type='file' device='disk'><driver type='qcow2'/><source file='/a,b'/>"     \
	"<target dev='vda'/></disk><disk type='block' device='disk'><source dev='/dev/vg/b'>"      \
	"<seclabel model='dac' relabel='no'/></source><target dev='vdb'/></disk>"                  \
	"<disk type='file' device='cdrom'><source file='/cd'/><target dev='sda'/></disk>"          \
	"<disk type='network' device='disk'><source protocol='nbd'/><target dev='vdc'/></disk>"    \
	"<rng><backend model='random'>/dev/urandom</backend></rng>"                                \
	"<graphics type='vnc'><listen type='socket' socket='/run/v/s'/></graphics>" more           \
	"</devices></domain>"

static const char *label; /* of the last one, among other things */

/* What is opened, in order, as arguments of QEMU; NULL: there is no such twin. */
static const char *opened_by(struct facts *f, struct twin_owner *o)
{
	auto_doc xmlDoc *twin = NULL, *opener = NULL, *giver = NULL;
	struct probe_facts covers;
	const char *text = "";
	struct err e;

	ck_assert_int_eq(twin_make(f, f->arena, &twin, &covers, &e), 0);
	twin_owner(f, twin, f->arena, o);
	opener = o->twin;
	giver = o->gives;
	if (!opener)
		return NULL;
	XML_EACH(n, vxml_child(xmlDocGetRootElement(opener), "commandline"), "arg")
	{
		ck_assert_str_eq(
			(const char *)n->ns->href, "http://libvirt.org/schemas/domain/qemu/1.0");
		text = arena_printf(f->arena, "%s%s\n", text, vxml_attr(f->arena, n, "value"));
	}
	label = twin_text(opener, NULL, f->arena);
	/* Nothing else of the VM's, and nothing that QEMU makes of it. */
	ck_assert(!strstr(twin_text(opener, NULL, f->arena), "<disk"));
	ck_assert(!strstr(twin_text(giver, NULL, f->arena), "<seclabel"));
	return text;
}

/* What nobody gives to QEMU comes first. No device but a disk's, and nothing of the network. */
START_TEST(opens)
{
	struct facts *f = facts_of(OWNED("", ""));
	struct twin_owner o;

	f->src.caps.dac_label = "+0:+0";
	ck_assert_str_eq(opened_by(f, &o),
		"-blockdev\nnode-name=vsmigd0,driver=host_device,read-only=off,auto-read-only=off,"
		"locking=off,filename=/dev/vg/b\n"
		"-object\nmemory-backend-file,id=vsmigd1,size=2M,share=on,mem-path=/run/v/.\n"
		"-blockdev\nnode-name=vsmigd2,driver=file,read-only=off,auto-read-only=off,"
		"locking=off,filename=/a,,b\n"
		"-blockdev\nnode-name=vsmigd3,driver=file,read-only=on,auto-read-only=off,"
		"locking=off,filename=/cd\n"
		"-blockdev\nnode-name=vsmigd4,driver=file,read-only=on,auto-read-only=off,"
		"locking=off,filename=/k\n");
	ck_assert_uint_eq(o.n_opens, 5);
	ck_assert(o.opens[0].kept && o.opens[1].kept && !o.opens[2].kept && !o.ask);
	ck_assert_str_eq(twin_complaint(f->arena, o.opens, 2), "=vsmigd2,");
	ck_assert_str_eq(twin_complaint(f->arena, o.opens, 1), " /run/v/. ");
	facts_free(f);
}
END_TEST

START_TEST(opens_less)
{
	static const char *const apparmor[] = { "apparmor", "dac" };
	static const struct settings copy = { .move = MOVE_LIVE_COPY };
	struct facts *f = facts_of(OWNED("", ""));
	struct twin_owner o;

	/* The same user: only what was never given to him. */
	f->src.caps.dac_label = f->dst.caps.dac_label;
	ck_assert_ptr_null(strstr(opened_by(f, &o), "/a"));
	ck_assert_uint_eq(o.n_opens, 2);
	f->src.caps.dac_label = "+0:+0";
	/* A disk that is yet to be copied, and what tells whether it will be given. */
	f->disks_there = arena_array(f->arena, f->config.n_disks, sizeof *f->disks_there);
	f->settings = &copy;
	ck_assert_ptr_null(strstr(opened_by(f, &o), "/a"));
	ck_assert(o.ask);
	f->settings = &live;
	f->dst.caps.secmodels = apparmor; /* which would refuse what is no disk of the twin's */
	ck_assert_ptr_null(opened_by(f, &o));
	f->dst.caps.secmodels = models;
	f->dst.caps.dac_label = "+0:+0";
	ck_assert_ptr_null(opened_by(f, &o));
	facts_free(f);
}
END_TEST

/* Labels of the domain's. */
START_TEST(opens_as)
{
	static const char none[] = OWNED("<seclabel type='none' model='dac'/>", ""),
			  fixed[] = OWNED("<seclabel type='static' model='dac' relabel='no'><label>"
					  "bob:bob</label></seclabel>",
				  ""),
			  given[] =
				  OWNED("<seclabel type='static' model='dac' relabel='yes'><label>"
					"bob:bob</label></seclabel>",
					  "");
	struct facts *f = facts_of(none);
	struct twin_owner o;

	f->src.caps.dac_label = "+0:+0";
	ck_assert_ptr_nonnull(opened_by(f, &o));
	ck_assert(o.opens[o.n_opens - 1].kept);
	ck_assert_ptr_nonnull(strstr(label, "<label>+64055:+64055<"));
	facts_free(f);
	f = facts_of(fixed);
	f->src.caps.dac_label = "+0:+0";
	/* The same user on both hosts. */
	ck_assert_ptr_null(strstr(opened_by(f, &o), "/a"));
	ck_assert_ptr_nonnull(strstr(label, "<label>bob:bob<"));
	ck_assert(o.opens[o.n_opens - 1].kept);
	facts_free(f);
	f = facts_of(given);
	ck_assert_ptr_nonnull(opened_by(f, &o));
	ck_assert(!o.opens[o.n_opens - 1].kept);
	facts_free(f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("owner");
	TCase *t = tcase_create("owner");
	SRunner *runner;
	int failed;

	tcase_add_test(t, opens);
	tcase_add_test(t, opens_less);
	tcase_add_test(t, opens_as);
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
