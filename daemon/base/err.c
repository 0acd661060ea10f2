#include "daemon/base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	[ERR_NONE] = "none",
	[ERR_SYNTAX] = "syntax",
	[ERR_LIMIT] = "limit",
	[ERR_CONFIG] = "config",
	[ERR_IO] = "io",
	[ERR_BUSY] = "busy",
	[ERR_TIMEOUT] = "timeout",
	[ERR_UNAVAILABLE] = "unavailable",
	[ERR_ACCESS] = "access",
	[ERR_UNSUPPORTED] = "unsupported",
	[ERR_INTERNAL] = "internal",
	[ERR_NAMESPACE] = "namespace",
	[ERR_CLASS] = "class",
	[ERR_NOT_FOUND] = "not-found",
	[ERR_METHOD] = "method",
	[ERR_PARAMETER] = "parameter",
	[ERR_KEY_MISSING] = "key-missing",
	[ERR_KEY_UNEXPECTED] = "key-unexpected",
	[ERR_KEY_DUPLICATE] = "key-duplicate",
	[ERR_KEY_VALUE] = "key-value",
};
static_assert(sizeof names / sizeof *names == ERR_CODE_COUNT, "every code has a name");

int err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return -code;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	char old[sizeof e->text];
	size_t used, room;
	va_list ap;

	memcpy(old, e->text, sizeof old);
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	used = strlen(e->text);
	room = sizeof e->text - used;
	if (room > 3) {
		memcpy(e->text + used, ": ", 2);
		old[room - 3] = '\0';
		memcpy(e->text + used + 2, old, strlen(old) + 1);
	}
	return -e->code;
}

const char *err_name(int code)
{
	if (code < 0)
		code = -code;
	return code < ERR_CODE_COUNT ? names[code] : "unknown";
}
