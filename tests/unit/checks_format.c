/* What may become part of a libvirt URI, and what may not. */
#include <check.h>
#include <stdlib.h>

#include "checks/facts.h"

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10
#define LABEL63 A60 "aaa"
#define NAME253 LABEL63 "." LABEL63 "." LABEL63 "." A60 "a"

static const struct {
	const char *text;
	enum host_format want;
} rows[] = {
	/* names, RFC 1123 2.1 */
	{ "host", FORMAT_NAME },
	{ "host-b", FORMAT_NAME },
	{ "b.lab.example", FORMAT_NAME },
	{ "3com.example", FORMAT_NAME },
	{ "a", FORMAT_NAME },
	{ "XN--BCHER-KVA.example", FORMAT_NAME },
	{ "localhost", FORMAT_NAME },
	{ LABEL63, FORMAT_NAME },
	{ NAME253, FORMAT_NAME },
	{ NULL, FORMAT_BAD },
	{ "", FORMAT_BAD },
	{ ".", FORMAT_BAD },
	{ "host.", FORMAT_BAD },
	{ ".host", FORMAT_BAD },
	{ "a..b", FORMAT_BAD },
	{ "-host", FORMAT_BAD },
	{ "host-", FORMAT_BAD },
	{ "a.-b", FORMAT_BAD },
	{ "host_b", FORMAT_BAD },
	{ LABEL63 "a", FORMAT_BAD },
	{ NAME253 "a", FORMAT_BAD },
	{ NAME253 ".a", FORMAT_BAD },
	{ "b\xc3\xbc"
	  "cher",
		FORMAT_BAD },
	{ "host\xff", FORMAT_BAD },
	/* IPv4: four decimal numbers, no other spelling */
	{ "192.0.2.7", FORMAT_IPV4 },
	{ "0.0.0.0", FORMAT_IPV4 },
	{ "255.255.255.255", FORMAT_IPV4 },
	{ "192.0.2.256", FORMAT_BAD },
	{ "192.0.2", FORMAT_BAD },
	{ "192.0.2.7.1", FORMAT_BAD },
	{ "192.0.02.7", FORMAT_BAD },
	{ "010.0.0.1", FORMAT_BAD },
	{ "127.1", FORMAT_BAD },
	{ "2130706433", FORMAT_BAD },
	{ "0x7f000001", FORMAT_BAD },
	{ "0x7f.1", FORMAT_BAD },
	{ "host.7", FORMAT_BAD },
	{ "192.0.2.7.", FORMAT_BAD },
	/* IPv6, RFC 4291 2.2 */
	{ "::1", FORMAT_IPV6 },
	{ "2001:db8::7", FORMAT_IPV6 },
	{ "::", FORMAT_IPV6 },
	{ "2001:db8:0:0:0:0:0:7", FORMAT_IPV6 },
	{ "::ffff:192.0.2.7", FORMAT_IPV6 },
	{ "FE80::1", FORMAT_IPV6 },
	{ "::1%eth0", FORMAT_BAD },
	{ "fe80::1%1", FORMAT_BAD },
	{ "[::1]", FORMAT_BAD },
	{ "[::1]:16514", FORMAT_BAD },
	{ "1:2", FORMAT_BAD },
	{ "::1::", FORMAT_BAD },
	{ "12345::", FORMAT_BAD },
	{ "::ffff:192.0.2.256", FORMAT_BAD },
	{ ":::", FORMAT_BAD },
	/* what would be more than a host in a URI */
	{ "h/system?command=/tmp/x&x=", FORMAT_BAD },
	{ "h/system", FORMAT_BAD },
	{ "h?socket=/tmp/x", FORMAT_BAD },
	{ "h:16514", FORMAT_BAD },
	{ "root@h", FORMAT_BAD },
	{ "h#x", FORMAT_BAD },
	{ "h%2fsystem", FORMAT_BAD },
	{ "qemu+tls://h/system", FORMAT_BAD },
	{ "test:///default", FORMAT_BAD },
	{ "h h", FORMAT_BAD },
	{ " h", FORMAT_BAD },
	{ "h ", FORMAT_BAD },
	{ "h\n", FORMAT_BAD },
	{ "h\t", FORMAT_BAD },
	{ "h\r\nx", FORMAT_BAD },
	{ "$(id)", FORMAT_BAD },
	{ "`id`", FORMAT_BAD },
	{ "h;id", FORMAT_BAD },
	{ "../h", FORMAT_BAD },
	{ "-oProxyCommand=id", FORMAT_BAD },
	{ "{host}", FORMAT_BAD },
	{ "h\\system", FORMAT_BAD },
	{ "*", FORMAT_BAD },
	{ "h,b", FORMAT_BAD },
	{ "h\"", FORMAT_BAD },
	{ "192.0.2.7/24", FORMAT_BAD },
};

START_TEST(formats)
{
	ck_assert_msg(host_format_of(rows[_i].text) == rows[_i].want, "'%s': %d, want %d",
		rows[_i].text ? rows[_i].text : "(null)", host_format_of(rows[_i].text),
		rows[_i].want);
}
END_TEST

/* No byte outside of letters, digits, '-', '.' and ':' gets through, wherever it stands. */
START_TEST(no_other_byte)
{
	char text[] = "host-b.example";

	for (size_t at = 0; at < sizeof text - 1; at++) {
		char kept = text[at];

		for (int c = 1; c < 256; c++) {
			bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
				     (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == ':';

			text[at] = (char)c;
			if (!plain)
				ck_assert_msg(host_format_of(text) == FORMAT_BAD, "byte %d at %zu",
					c, at);
		}
		text[at] = kept;
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host format");
	TCase *tc = tcase_create("host format");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, formats, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, no_other_byte);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
