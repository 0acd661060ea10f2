#include "daemon/audit.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stddef.h>

#include "daemon/base/clock.h"
#include "daemon/base/mem.h"
#include "daemon/log.h"

static _Atomic bool enabled = true;

void audit_enable(bool on)
{
	atomic_store(&enabled, on);
}

static const char *given(const char *text)
{
	return text && *text ? text : NULL;
}

void audit_write(const struct request *r, const char *claimed, const char *refused)
{
	const struct request_audit *a = &r->audit;
	const int64_t id = (int64_t)r->id, status = a->status, code = a->check_code;
	const int64_t ms = r->received ? clock_ms() - r->received : 0;
	const char *migratable = a->migratable ? "yes" : "no";
	const struct log_field fields[] = {
		{ .key = "id", .number = &id },
		{ .key = "peer", .text = given(r->peer) },
		{ .key = "user", .text = principal_known(&r->who) ? r->who.name : NULL },
		{ .key = "claimed", .text = given(claimed) },
		{ .key = "operation", .text = given(a->operation) },
		{ .key = "class", .text = given(a->resource) },
		{ .key = "vm", .text = given(a->vm) },
		{ .key = "destination", .text = given(a->destination) },
		{ .key = "status", .number = &status },
		{ .key = "refused", .text = given(refused) },
		{ .key = "fault", .text = given(a->fault) },
		{ .key = "check", .number = code >= 0 ? &code : NULL },
		{ .key = "migratable", .text = code == 0 ? migratable : NULL },
		{ .key = "findings", .text = given(a->findings) },
		{ .key = "step", .text = given(a->step) },
		{ .key = "ms", .number = &ms },
	};

	if (atomic_load_explicit(&enabled, memory_order_relaxed))
		log_always("request", fields, ARRAY_LEN(fields));
}
