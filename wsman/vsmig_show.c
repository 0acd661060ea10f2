#include "wsman/vsmig_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wsman/vsmig_json.h"
#include "wsman/vsmig_print.h"

/* A column: its head, its name in JSON, and the text of an instance. */
struct column {
	const char *head, *json;
	const char *(*text)(const struct cim_loose *item);
};

static const char *property(const struct cim_loose *item, const char *name)
{
	const struct cim_loose_property *p = cim_loose_find(item, name);

	return p != NULL && !p->null && p->n > 0 ? p->values[0] : NULL;
}

static const char *name_of(const struct cim_loose *item)
{
	return property(item, "Name");
}

static const char *element_name_of(const struct cim_loose *item)
{
	return property(item, "ElementName");
}

static const char *uri_of(const struct cim_loose *item)
{
	return property(item, "URI");
}

const char *vsmig_show_state(const struct cim_loose *item)
{
	/* The first row that fits both EnabledState and OperationalStatus; "" fits all. */
	static const struct {
		const char *enabled, *status, *text;
	} states[] = {
		{ "", "6", "crashed" },
		{ "2", "", "running" },
		{ "3", "", "shut off" },
		{ "4", "", "shutting down" },
		{ "6", "15", "suspended" },
		{ "6", "", "saved" },
		{ "9", "", "paused" },
	};
	const char *enabled = property(item, "EnabledState");
	const char *status = property(item, "OperationalStatus");

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		const char *e = states[i].enabled, *s = states[i].status;

		if ((*e == '\0' || (enabled != NULL && strcmp(e, enabled) == 0)) &&
			(*s == '\0' || (status != NULL && strcmp(s, status) == 0)))
			return states[i].text;
	}
	return "unknown";
}

static const char *maintenance_of(const struct cim_loose *item)
{
	const char *text = property(item, "Maintenance");

	return text != NULL && strcasecmp(text, "true") == 0 ? "yes" : "no";
}

static const char *limit_of(const struct cim_loose *item)
{
	const char *text = property(item, "MaxMigrations");

	return text != NULL && strcmp(text, "0") != 0 ? text : "-";
}

static const struct column vm_columns[] = {
	{ "UUID", "uuid", name_of },
	{ "STATE", "state", vsmig_show_state },
	{ "NAME", "name", element_name_of },
};

static const struct column host_columns[] = {
	{ "NAME", "name", name_of },
	{ "MAINTENANCE", "maintenance", maintenance_of },
	{ "LIMIT", "maxMigrations", limit_of },
	{ "URI", "uri", uri_of },
};

static void as_table(struct buf *out, const struct column *columns, size_t n_columns,
	const struct cim_loose *const *items, size_t n)
{
	auto_arena struct arena *a = arena_new();
	const char **heads = arena_array(a, n_columns, sizeof *heads);
	const char **cells = arena_array(a, n * n_columns + 1, sizeof *cells);

	for (size_t i = 0; i < n_columns; i++) {
		heads[i] = columns[i].head;
		for (size_t r = 0; r < n; r++)
			cells[r * n_columns + i] = columns[i].text(items[r]);
	}
	vsmig_print_table(
		out, &(struct vsmig_table){ heads, n_columns, cells, n }, vsmig_print_columns());
}

static void as_json(struct buf *out, const struct column *columns, size_t n_columns,
	const struct cim_loose *const *items, size_t n)
{
	buf_putc(out, '[');
	for (size_t r = 0; r < n; r++) {
		vsmig_json_next(out);
		buf_putc(out, '{');
		for (size_t i = 0; i < n_columns; i++)
			vsmig_json_member(out, columns[i].json, columns[i].text(items[r]));
		buf_putc(out, '}');
	}
	buf_puts(out, "]\n");
}

static int by_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int by_element_name(const void *a, const void *b)
{
	return by_text(element_name_of(*(const struct cim_loose *const *)a),
		element_name_of(*(const struct cim_loose *const *)b));
}

static int by_name(const void *a, const void *b)
{
	return by_text(name_of(*(const struct cim_loose *const *)a),
		name_of(*(const struct cim_loose *const *)b));
}

/* A virtual system is named by its UUID; the host, of the same class, by its host name. */
static bool is_vm(const struct cim_loose *item)
{
	const char *format = property(item, "NameFormat");

	return format != NULL && strcmp(format, "UUID") == 0 && name_of(item) != NULL;
}

static bool is_any(const struct cim_loose *item)
{
	return item != NULL;
}

struct listing {
	const char *class_name;
	const struct column *columns;
	size_t n_columns;
	bool (*wanted)(const struct cim_loose *item);
	int (*order)(const void *a, const void *b);
};

static int get(struct vsmig_client *c, struct arena *a, const struct listing *l,
	const struct cim_loose ***items, size_t *n, struct err *e)
{
	struct vsmig_list list = { 0 };
	int r = vsmig_client_enumerate(c, a, l->class_name, &list, e);

	*items = NULL;
	*n = 0;
	for (size_t i = 0; r == 0 && i < list.n; i++)
		if (l->wanted(&list.items[i]))
			*ARENA_PUSH(a, *items, *n) = &list.items[i];
	if (*n > 1)
		qsort(*items, *n, sizeof **items, l->order);
	return r;
}

static int show(const struct vsmig_options *o, struct vsmig_client *c, const struct listing *l)
{
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf out = { 0 };
	const struct cim_loose **items;
	struct err e = { 0 };
	size_t n;

	if (get(c, a, l, &items, &n, &e) != 0)
		return vsmig_print_fail("%s", e.text);
	if (o->json)
		as_json(&out, l->columns, l->n_columns, items, n);
	else
		as_table(&out, l->columns, l->n_columns, items, n);
	fwrite(out.data, 1, out.len, stdout);
	return VSMIG_OK;
}

static const struct listing vms = { "CIM_ComputerSystem", vm_columns, ARRAY_LEN(vm_columns), is_vm,
	by_element_name };

int vsmig_show_vms(const struct vsmig_options *o, struct vsmig_client *c)
{
	return show(o, c, &vms);
}

int vsmig_show_list_vms(struct vsmig_client *c, struct arena *a, const struct cim_loose ***items,
	size_t *n, struct err *e)
{
	return get(c, a, &vms, items, n, e);
}

int vsmig_show_hosts(const struct vsmig_options *o, struct vsmig_client *c)
{
	static const struct listing l = { "VSMIG_DestinationHost", host_columns,
		ARRAY_LEN(host_columns), is_any, by_name };

	return show(o, c, &l);
}

int vsmig_show_identify(const struct vsmig_options *o, struct vsmig_client *c)
{
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf out = { 0 };
	struct cim_loose reply = { 0 };
	struct err e = { 0 };

	(void)o;
	if (vsmig_client_identify(c, a, &reply, &e) != 0)
		return vsmig_print_fail("%s", e.text);
	for (size_t i = 0; i < reply.n; i++) {
		const struct cim_loose_property *p = &reply.properties[i];

		for (size_t k = 0; k < p->n; k++) {
			vsmig_print_clean(&out, p->name);
			buf_puts(&out, *p->values[k] ? ": " : "");
			vsmig_print_clean(&out, p->values[k]);
			buf_putc(&out, '\n');
		}
	}
	if (out.len > 0)
		fwrite(out.data, 1, out.len, stdout);
	return VSMIG_OK;
}
