/* How a libvirt URI is shown: nothing in it that is nobody's business. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "checks/hypervisor/hv.h"

static const struct uri_row {
	const char *name, *in, *want;
} uri_rows[] = {
	{ "plain", "qemu+tls://node2/system", "qemu+tls://node2/system" },
	{ "a user", "qemu+ssh://root@node2/system", "qemu+ssh://node2/system" },
	{ "a password", "esx://me:secret@vc.example/dc", "esx://vc.example/dc" },
	{ "an @ in the password", "esx://me:s@cret@vc/dc", "esx://vc/dc" },
	{ "a port", "qemu+tcp://u@[2001:db8::1]:16509/system",
		"qemu+tcp://[2001:db8::1]:16509/system" },
	{ "parameters", "qemu+ssh://n/system?keyfile=/root/k&command=x", "qemu+ssh://n/system" },
	{ "an @ behind the host", "test:///tmp/a@b.xml", "test:///tmp/a@b.xml" },
	{ "an @ in a parameter", "qemu:///system?x=a@b", "qemu:///system" },
	{ "parameters right behind the host", "qemu+ssh://u@n?x=://y@z", "qemu+ssh://n" },
	{ "a fragment", "qemu:///system#x", "qemu:///system" },
	{ "no authority", "qemu:x?y", "qemu:x" },
	{ "empty", "", "" },
};

START_TEST(hides_secrets)
{
	const struct uri_row *row = &uri_rows[_i];
	auto_arena struct arena *a = arena_new();
	const char *got = hv_public_uri(a, row->in);

	ck_assert_msg(strcmp(got, row->want) == 0, "%s: got %s", row->name, got);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hv_public_uri");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, hides_secrets, 0, ARRAY_LEN(uri_rows));
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
