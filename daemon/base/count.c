#include "daemon/base/count.h"

#include <stdatomic.h>

static _Atomic int64_t values[COUNT_COUNT];

#define COUNT_ROW(id, name, text) [id] = { name, text },
static const struct {
	const char *name, *text;
} rows[COUNT_COUNT] = { COUNT_TABLE(COUNT_ROW) };

void count_add(enum count c, int64_t n)
{
	atomic_fetch_add_explicit(&values[c], n, memory_order_relaxed);
}

int64_t count_get(enum count c)
{
	return atomic_load_explicit(&values[c], memory_order_relaxed);
}

const char *count_name(enum count c)
{
	return rows[c].name;
}

const char *count_text(enum count c)
{
	return rows[c].text;
}
