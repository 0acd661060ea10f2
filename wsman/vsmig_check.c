#include "wsman/vsmig_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wsman/vsmig_answer.h"
#include "wsman/vsmig_print.h"

#define ADVISOR "VSMIG_MigrationAdvisor"
#define EXPLAIN "ExplainVirtualSystemIsMigratableToHost"
#define MIGRATION_SETTINGS "CIM_VirtualSystemMigrationSettingData"

struct word {
	const char *name, *value;
};

static const struct word types[] = {
	{ "live", "2" },
	{ "resume", "3" },
	{ "restart", "4" },
	{ "offline", "1" },
	{ NULL, NULL },
};

static const struct word transports[] = {
	{ "ssh", "2" },
	{ "tls", "3" },
	{ "tls-strict", "4" },
	{ "tcp", "5" },
	{ NULL, NULL },
};

/* The value of a word, or text itself when it is a number. */
static const char *word_value(const struct word *words, const char *text)
{
	for (; words->name != NULL; words++)
		if (strcmp(words->name, text) == 0)
			return words->value;
	return *text != '\0' && strspn(text, "0123456789") == strlen(text) ? text : NULL;
}

static void add_property(struct buf *out, const char *name, const char *value)
{
	const struct cim_class *c = cim_class_find(MIGRATION_SETTINGS);
	const struct cim_property *p = c != NULL ? cim_property_find(c, name) : NULL;

	buf_puts(out, "<PROPERTY NAME=\"");
	buf_xml(out, name);
	buf_printf(out, "\" TYPE=\"%s\"><VALUE>", cim_type_name(p != NULL ? p->type : CIM_STRING));
	buf_xml(out, value);
	buf_puts(out, "</VALUE></PROPERTY>");
}

static int add_settings(struct buf *out, const struct vsmig_options *o, struct err *e)
{
	const char *type = o->type != NULL ? word_value(types, o->type) : NULL;
	const char *transport = o->transport != NULL ? word_value(transports, o->transport) : NULL;

	if (o->type != NULL && type == NULL)
		return err_set(
			e, ERR_CONFIG, "--type is live, resume, restart, offline or a number");
	if (o->transport != NULL && transport == NULL)
		return err_set(
			e, ERR_CONFIG, "--transport is ssh, tls, tls-strict, tcp or a number");
	if (o->bandwidth != NULL && strspn(o->bandwidth, "0123456789") != strlen(o->bandwidth))
		return err_set(e, ERR_CONFIG, "--bandwidth is a number of MiB per second");
	if (type != NULL)
		add_property(out, "MigrationType", type);
	if (transport != NULL)
		add_property(out, "TransportType", transport);
	if (o->bandwidth != NULL) {
		add_property(out, "Bandwidth", o->bandwidth);
		add_property(out, "BandwidthUnit", "byte / second * 2^20");
	}
	for (size_t i = 0; i < o->n_sets; i++) {
		const char *equals = strchr(o->sets[i], '=');
		auto_free char *name = NULL;

		if (equals == NULL || equals == o->sets[i])
			return err_set(e, ERR_CONFIG, "--set takes NAME=VALUE");
		name = mem_strndup(o->sets[i], (size_t)(equals - o->sets[i]));
		add_property(out, name, equals + 1);
	}
	return 0;
}

static void add_parameter(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, "<p:%s>", name);
	buf_xml(out, text);
	buf_printf(out, "</p:%s>", name);
}

static void add_embedded(
	struct buf *out, const char *name, const char *class_name, const struct buf *properties)
{
	auto_buf struct buf text = { 0 };

	if (properties->len == 0)
		return;
	buf_printf(&text, "<INSTANCE CLASSNAME=\"%s\">%s</INSTANCE>", class_name, properties->data);
	add_parameter(out, name, text.data);
}

int vsmig_check_input(struct buf *out, const struct vsmig_options *o, const char *vm,
	const char *destination, struct err *e)
{
	auto_buf struct buf migration = { 0 }, system = { 0 };
	int r = add_settings(&migration, o, e);

	if (r != 0)
		return r;
	if (o->new_name != NULL)
		add_property(&system, "ElementName", o->new_name);
	add_parameter(out, "ComputerSystem", vm);
	add_parameter(out, "DestinationHost", destination);
	add_embedded(out, "MigrationSettingData", MIGRATION_SETTINGS, &migration);
	add_embedded(out, "NewSystemSettingData", "CIM_VirtualSystemSettingData", &system);
	return 0;
}

static const char *property(const struct cim_loose *item, const char *name)
{
	const struct cim_loose_property *p = cim_loose_find(item, name);

	return p != NULL && !p->null && p->n > 0 ? p->values[0] : NULL;
}

/* Asks the advisor of the host we are connected to; there is exactly one. */
static int ask(const struct vsmig_options *o, struct vsmig_client *c, struct arena *a,
	struct vsmig_answer *answer, struct err *e)
{
	static const char *const names[] = { "SystemCreationClassName", "SystemName",
		"CreationClassName", "Name" };
	struct vsmig_key keys[ARRAY_LEN(names)];
	struct vsmig_list advisors = { 0 };
	struct cim_loose reply;
	auto_buf struct buf input = { 0 };
	int r = vsmig_check_input(&input, o, answer->vm, answer->destination, e);

	if (r == 0)
		r = vsmig_client_enumerate(c, a, ADVISOR, &advisors, e);
	if (r == 0 && advisors.n == 0)
		r = err_set(e, ERR_NOT_FOUND, "The server has no " ADVISOR);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(names); i++) {
		keys[i] = (struct vsmig_key){ names[i], property(&advisors.items[0], names[i]) };
		if (keys[i].value == NULL)
			r = err_set(e, ERR_SYNTAX, "The server's " ADVISOR " has no %s", names[i]);
	}
	if (r == 0)
		r = vsmig_client_invoke(
			c, a, ADVISOR, keys, ARRAY_LEN(keys), EXPLAIN, input.data, &reply, e);
	return r != 0 ? r : vsmig_answer_read(a, &reply, answer, e);
}

int vsmig_check_run(const struct vsmig_options *o, struct vsmig_client *c, const char *vm,
	const char *destination)
{
	struct vsmig_answer answer = {
		.vm = vm,
		.destination = destination,
		.type = o->type != NULL ? o->type : "live",
	};
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf out = { 0 };
	struct err e = { 0 };

	if (ask(o, c, a, &answer, &e) != 0)
		return vsmig_print_fail("%s", e.text);
	if (o->json)
		vsmig_answer_json(&out, &answer);
	else
		vsmig_answer_text(&out, &answer, vsmig_print_columns());
	fwrite(out.data, 1, out.len, stdout);
	return vsmig_answer_status(&answer);
}
