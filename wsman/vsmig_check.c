#include "wsman/vsmig_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wsman/vsmig_json.h"
#include "wsman/vsmig_print.h"

#define ADVISOR "VSMIG_MigrationAdvisor"
#define EXPLAIN "ExplainVirtualSystemIsMigratableToHost"
#define MIGRATION_SETTINGS "CIM_VirtualSystemMigrationSettingData"

struct word {
	const char *name, *value;
};

static const struct word types[] = {
	{ "live", "2" }, { "resume", "3" }, { "restart", "4" }, { "offline", "1" }, { NULL, NULL },
};

static const struct word transports[] = {
	{ "ssh", "2" }, { "tls", "3" }, { "tls-strict", "4" }, { "tcp", "5" }, { NULL, NULL },
};

/* What each code of the method says; %s is the VM, the destination and the type in turn. */
static const struct {
	const char *name, *verdict;
	int status;
} codes[] = {
	{ "Completed with No Error", NULL, VSMIG_OK },
	{ "Not Supported", "cannot tell: the service has no such check for ", VSMIG_FAILED },
	{ "Failed", "cannot tell: the check failed for ", VSMIG_FAILED },
	{ "Timeout", "cannot tell: the time was too short to check ", VSMIG_FAILED },
	{ "Invalid Parameter", "cannot tell: what was asked is not valid for ", VSMIG_FAILED },
	{ "Invalid State", "no, not in the present state: ", VSMIG_NO },
	{ "Incompatible Parameters", "no, what was asked does not fit together: ", VSMIG_NO },
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
		return err_set(e, ERR_CONFIG, "--type is live, resume, restart, offline or a number");
	if (o->transport != NULL && transport == NULL)
		return err_set(e, ERR_CONFIG, "--transport is ssh, tls, tls-strict, tcp or a number");
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

static void add_embedded(struct buf *out, const char *name, const char *class_name,
	const struct buf *properties)
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

/* The first text of a property; NULL when it has none. */
static const char *text_of(const struct cim_loose *l, const char *name)
{
	const struct cim_loose_property *p = cim_loose_find(l, name);

	return p != NULL && !p->null && p->n > 0 ? p->values[0] : NULL;
}

static bool is_true(const char *text)
{
	return text != NULL && (strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

static int read_findings(struct arena *a, const struct cim_loose *reply, struct vsmig_answer *out,
	struct err *e)
{
	const struct cim_loose_property *p = cim_loose_find(reply, "Findings");
	size_t n = p != NULL && !p->null ? p->n : 0;
	struct cim_loose *findings = arena_array(a, n != 0 ? n : 1, sizeof *findings);

	for (size_t i = 0; i < n; i++) {
		struct cim_loose *one;

		if (cim_loose_from_text(a, p->values[i], &one, e) != 0)
			return err_prefix(e, "A finding in the reply cannot be read");
		findings[i] = *one;
	}
	out->findings = findings;
	out->n_findings = n;
	return 0;
}

int vsmig_check_read(struct arena *a, const struct cim_loose *reply, struct vsmig_answer *out,
	struct err *e)
{
	const char *ret = text_of(reply, "ReturnValue"), *code = text_of(reply, "CheckCode");
	const char *migratable = text_of(reply, "IsMigratable");

	if (ret == NULL || strcmp(ret, "0") != 0)
		return err_set(e, ERR_INTERNAL, EXPLAIN " returned %s", ret != NULL ? ret : "nothing");
	if (code == NULL || strlen(code) != 1 || *code < '0' || *code > '6')
		return err_set(e, ERR_SYNTAX, "The reply holds no CheckCode of 0 to 6");
	out->code = (unsigned)(*code - '0');
	if (out->code == 0 && migratable == NULL)
		return err_set(e, ERR_SYNTAX, "The reply holds no IsMigratable");
	out->migratable = out->code == 0 && is_true(migratable);
	out->simulated = is_true(text_of(reply, "Simulated"));
	return read_findings(a, reply, out, e);
}

int vsmig_check_status(const struct vsmig_answer *r)
{
	return r->code == 0 && !r->migratable ? VSMIG_NO : codes[r->code].status;
}

enum group { GROUP_ERROR, GROUP_WARNING, GROUP_NOT_EVALUATED, GROUP_INFO, GROUP_COUNT };

static const struct {
	const char *title, *severity;
} groups[GROUP_COUNT] = {
	[GROUP_ERROR] = { "What stands against it:", "error" },
	[GROUP_WARNING] = { "Warnings:", "warning" },
	[GROUP_NOT_EVALUATED] = { "Not evaluated:", "not evaluated" },
	[GROUP_INFO] = { "Also:", "information" },
};

static enum group group_of(const struct cim_loose *f)
{
	const char *id = text_of(f, "MessageID"), *effect = text_of(f, "Effect");
	const char *severity = text_of(f, "PerceivedSeverity");

	if (id != NULL && (strcmp(id, "VSM6002") == 0 || strcmp(id, "VSM6003") == 0))
		return GROUP_NOT_EVALUATED;
	if (effect != NULL && strcmp(effect, "None") != 0)
		return GROUP_ERROR;
	return severity != NULL && strcmp(severity, "2") == 0 ? GROUP_INFO : GROUP_WARNING;
}

static const char *cleaned(struct arena *a, const char *text)
{
	auto_buf struct buf b = { 0 };

	vsmig_print_clean(&b, text);
	return arena_strdup(a, b.data != NULL ? b.data : "");
}

/* The message, and below it what to do. */
static const char *advice(struct arena *a, const struct cim_loose *f)
{
	const struct cim_loose_property *todo = cim_loose_find(f, "RecommendedActions");
	const char *text = cleaned(a, text_of(f, "Message"));

	if (is_true(text_of(f, "Policy")))
		text = arena_printf(a, "%s (By policy: libvirt itself would carry it out.)", text);
	for (size_t i = 0; todo != NULL && i < todo->n; i++)
		text = arena_printf(a, "%s\n-> %s", text, cleaned(a, todo->values[i]));
	return text;
}

static void add_group(struct buf *out, const struct vsmig_answer *r, enum group g, size_t width)
{
	static const char *const heads[] = { "SEVERITY", "ID", "OBJECT", "REASON" };
	auto_arena struct arena *a = arena_new();
	const char **cells = NULL;
	size_t n = 0;

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct cim_loose *f = &r->findings[i];
		const char *object = text_of(f, "Object");

		if (group_of(f) != g)
			continue;
		*ARENA_PUSH(a, cells, n) = groups[g].severity;
		*ARENA_PUSH(a, cells, n) = text_of(f, "MessageID");
		*ARENA_PUSH(a, cells, n) = object != NULL && *object != '\0' ? object : "-";
		*ARENA_PUSH(a, cells, n) = advice(a, f);
	}
	if (n == 0)
		return;
	buf_printf(out, "\n%s\n", groups[g].title);
	vsmig_print_table(out, &(struct vsmig_table){ heads, ARRAY_LEN(heads), cells,
		n / ARRAY_LEN(heads) }, width);
}

void vsmig_check_text(struct buf *out, const struct vsmig_answer *r, size_t width)
{
	const char *can = r->code == 0 && r->migratable ? " can move to " : " cannot move to ";

	if (r->code == 0)
		buf_puts(out, r->migratable ? "yes: " : "no: ");
	else
		buf_puts(out, codes[r->code].verdict);
	vsmig_print_clean(out, r->vm);
	buf_puts(out, codes[r->code].status == VSMIG_FAILED ? " and " : can);
	vsmig_print_clean(out, r->destination);
	buf_puts(out, " (");
	vsmig_print_clean(out, r->type);
	buf_puts(out, r->simulated ? ") [simulated]\n" : ")\n");
	buf_printf(out, "code %u, %s", r->code, codes[r->code].name);
	if (r->simulated)
		buf_puts(out, "; libvirt's test driver answered, which says nothing of a real move");
	buf_putc(out, '\n');
	for (enum group g = 0; g < GROUP_COUNT; g++)
		add_group(out, r, g, width);
}

static void json_texts(struct buf *out, const char *name, const struct cim_loose_property *p)
{
	vsmig_json_name(out, name);
	buf_putc(out, '[');
	for (size_t i = 0; p != NULL && i < p->n; i++) {
		vsmig_json_next(out);
		vsmig_json_string(out, p->values[i]);
	}
	buf_putc(out, ']');
}

static void json_finding(struct buf *out, const struct cim_loose *f)
{
	static const struct word members[] = {
		{ "id", "MessageID" }, { "area", "Area" }, { "object", "Object" },
		{ "message", "Message" }, { "found", "Found" }, { "needed", "Needed" },
		{ "effect", "Effect" }, { "rule", "Rule" },
	};

	vsmig_json_next(out);
	buf_putc(out, '{');
	vsmig_json_member(out, "severity", groups[group_of(f)].severity);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		vsmig_json_member(out, members[i].name, text_of(f, members[i].value));
	vsmig_json_bool(out, "policy", is_true(text_of(f, "Policy")));
	json_texts(out, "arguments", cim_loose_find(f, "MessageArguments"));
	json_texts(out, "remedies", cim_loose_find(f, "RecommendedActions"));
	buf_putc(out, '}');
}

void vsmig_check_json(struct buf *out, const struct vsmig_answer *r)
{
	buf_putc(out, '{');
	vsmig_json_member(out, "vm", r->vm);
	vsmig_json_member(out, "destination", r->destination);
	vsmig_json_member(out, "type", r->type);
	vsmig_json_name(out, "code");
	buf_printf(out, "%u", r->code);
	vsmig_json_member(out, "codeText", codes[r->code].name);
	vsmig_json_name(out, "migratable");
	buf_puts(out, r->code != 0 ? "null" : r->migratable ? "true" : "false");
	vsmig_json_bool(out, "simulated", r->simulated);
	vsmig_json_name(out, "findings");
	buf_putc(out, '[');
	for (size_t i = 0; i < r->n_findings; i++)
		json_finding(out, &r->findings[i]);
	buf_puts(out, "]}\n");
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
		keys[i] = (struct vsmig_key){ names[i], text_of(&advisors.items[0], names[i]) };
		if (keys[i].value == NULL)
			r = err_set(e, ERR_SYNTAX, "The server's " ADVISOR " has no %s", names[i]);
	}
	if (r == 0)
		r = vsmig_client_invoke(c, a, ADVISOR, keys, ARRAY_LEN(keys), EXPLAIN, input.data,
			&reply, e);
	return r != 0 ? r : vsmig_check_read(a, &reply, answer, e);
}

int vsmig_check_run(const struct vsmig_options *o, struct vsmig_client *c, const char *vm,
	const char *destination)
{
	struct vsmig_answer answer = {
		.vm = vm, .destination = destination, .type = o->type != NULL ? o->type : "live",
	};
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf out = { 0 };
	struct err e = { 0 };

	if (ask(o, c, a, &answer, &e) != 0)
		return vsmig_fail("%s", e.text);
	if (o->json)
		vsmig_check_json(&out, &answer);
	else
		vsmig_check_text(&out, &answer, vsmig_print_columns());
	fwrite(out.data, 1, out.len, stdout);
	return vsmig_check_status(&answer);
}
