#include "wsman/faults.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct fault_row rows[] = {
#define FAULT(id, code, subcode, detail, winrm, cim, text)                                         \
	[FAULT_##id] = { #id, code, subcode, detail, winrm, cim, text },
#include "wsman/faults.def"
#undef FAULT
};

/* A lower layer's failures; what is not here is our own. */
static const enum fault_id from_err[ERR_CODE_COUNT] = {
	[ERR_NONE] = FAULT_INTERNAL_ERROR,
	[ERR_SYNTAX] = FAULT_SCHEMA_VALIDATION,
	[ERR_LIMIT] = FAULT_ENCODING_LIMIT,
	[ERR_CONFIG] = FAULT_INTERNAL_ERROR,
	[ERR_IO] = FAULT_INTERNAL_ERROR,
	[ERR_BUSY] = FAULT_QUOTA_LIMIT,
	[ERR_TIMEOUT] = FAULT_TIMED_OUT,
	[ERR_UNAVAILABLE] = FAULT_ENDPOINT_UNAVAILABLE,
	[ERR_ACCESS] = FAULT_ACCESS_DENIED,
	[ERR_UNSUPPORTED] = FAULT_ACTION_MISMATCH,
	[ERR_INTERNAL] = FAULT_INTERNAL_ERROR,
	[ERR_NAMESPACE] = FAULT_INVALID_NAMESPACE,
	[ERR_CLASS] = FAULT_INVALID_RESOURCE_URI,
	[ERR_NOT_FOUND] = FAULT_NOT_FOUND,
	[ERR_METHOD] = FAULT_METHOD_NOT_FOUND,
	[ERR_PARAMETER] = FAULT_INVALID_PARAMETER,
	[ERR_KEY_MISSING] = FAULT_INSUFFICIENT_SELECTORS,
	[ERR_KEY_UNEXPECTED] = FAULT_UNEXPECTED_SELECTORS,
	[ERR_KEY_DUPLICATE] = FAULT_DUPLICATE_SELECTORS,
	[ERR_KEY_VALUE] = FAULT_SELECTOR_TYPE,
};
static_assert(ERR_KEY_VALUE + 1 == ERR_CODE_COUNT, "every error code has its fault above");

const struct fault_row *fault_row(enum fault_id id)
{
	return &rows[id];
}

const char *fault_action(enum fault_id id)
{
	const char *subcode = rows[id].subcode;

	if (!subcode || strncmp(subcode, "wsa:", 4) == 0)
		return "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
	return "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
}

const char *fault_name(enum fault_id id)
{
	return rows[id].subcode ? rows[id].subcode : rows[id].code;
}

int fault_set(struct fault *f, enum fault_id id, const char *fmt, ...)
{
	va_list ap;

	f->id = id;
	f->cim = false;
	f->http = 0;
	f->detail = f->header = NULL;
	if (!fmt) {
		snprintf(f->text, sizeof f->text, "%s", rows[id].text);
		return -1;
	}
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	return -1;
}

int fault_from_err(struct fault *f, const struct err *e)
{
	enum fault_id id =
		e->code > 0 && e->code < ERR_CODE_COUNT ? from_err[e->code] : FAULT_INTERNAL_ERROR;

	if (e->text[0])
		fault_set(f, id, "%s", e->text);
	else
		fault_set(f, id, NULL);
	return fault_of_cim(f);
}

int fault_of_cim(struct fault *f)
{
	f->cim = true;
	return -1;
}

int fault_http(struct fault *f, int status)
{
	fault_set(f, FAULT_SCHEMA_VALIDATION, NULL);
	f->http = status;
	return -1;
}
