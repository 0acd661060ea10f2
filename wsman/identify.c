#include "wsman/identify.h"

#include <stdlib.h>
#include <sys/utsname.h>

#include "daemon/base/mem.h"
#include "wsman/reply.h"
#include "wsman/xml.h"

struct identify {
	struct buf replies[2][CHARSET_COUNT];
};

/* Windows clients look for "OS: ", "SP: " and "Stack: " and choose features by the last. */
static void write_version(struct buf *out)
{
	struct utsname os;

	buf_puts(out, "<wsmid:ProductVersion>OS: ");
	if (uname(&os) == 0) {
		buf_xml(out, os.sysname);
		buf_putc(out, ' ');
		buf_xml(out, os.release);
	}
	buf_puts(out, " SP: 0.0 Stack: 3.0 vsmigd: " VSMIGD_VERSION "</wsmid:ProductVersion>");
}

static void write_body(struct buf *out, bool known)
{
	buf_puts(out, "<wsmid:IdentifyResponse><wsmid:ProtocolVersion>" XML_NS_WSMAN
		      "</wsmid:ProtocolVersion><wsmid:ProductVendor>vsmigd</wsmid:ProductVendor>");
	if (known) {
		write_version(out);
		buf_puts(out, "<wsmid:SecurityProfiles><wsmid:SecurityProfileName>"
			      "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/basic"
			      "</wsmid:SecurityProfileName></wsmid:SecurityProfiles>"
			      "<wsmb:Capability_FaultIncludesCIMError/>");
	}
	buf_puts(out, "</wsmid:IdentifyResponse>");
}

struct identify *identify_new(void)
{
	struct identify *i = mem_calloc(1, sizeof *i);

	for (int known = 0; known < 2; known++) {
		auto_buf struct buf body = { 0 };

		write_body(&body, known);
		for (enum charset c = 0; c < CHARSET_COUNT; c++) {
			struct buf utf8 = { 0 };

			reply_write(&utf8, NULL, body.data, body.len);
			reply_encode(&i->replies[known][c], &utf8, c);
		}
	}
	return i;
}

void identify_free(struct identify *i)
{
	if (!i)
		return;
	for (int known = 0; known < 2; known++) {
		for (enum charset c = 0; c < CHARSET_COUNT; c++)
			buf_free(&i->replies[known][c]);
	}
	free(i);
}

const struct buf *identify_reply(const struct identify *i, bool known, enum charset c)
{
	return &i->replies[known][c];
}
