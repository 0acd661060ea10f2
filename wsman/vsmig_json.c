#include "wsman/vsmig_json.h"

#include <string.h>

#include "wsman/vsmig_print.h"

void vsmig_json_next(struct buf *out)
{
	char last = out->len > 0 ? out->data[out->len - 1] : '[';

	if (last != '{' && last != '[' && last != ':')
		buf_putc(out, ',');
}

void vsmig_json_string(struct buf *out, const char *text)
{
	if (text == NULL) {
		buf_puts(out, "null");
		return;
	}
	buf_putc(out, '"');
	while (*text != '\0') {
		uint32_t c;
		size_t n = vsmig_print_decode(text, &c);

		if (n == 0)
			buf_puts(out, "\\ufffd");
		else if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", (char)c);
		else if (c > 0xffff && vsmig_print_is_unfit(c))
			buf_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
				0xdc00 + (c & 0x3ff));
		else if (vsmig_print_is_unfit(c))
			buf_printf(out, "\\u%04x", c);
		else
			buf_add(out, text, n);
		text += n != 0 ? n : 1;
	}
	buf_putc(out, '"');
}

void vsmig_json_name(struct buf *out, const char *name)
{
	vsmig_json_next(out);
	vsmig_json_string(out, name);
	buf_putc(out, ':');
}

void vsmig_json_member(struct buf *out, const char *name, const char *text)
{
	vsmig_json_name(out, name);
	vsmig_json_string(out, text);
}

void vsmig_json_bool(struct buf *out, const char *name, bool value)
{
	vsmig_json_name(out, name);
	buf_puts(out, value ? "true" : "false");
}
