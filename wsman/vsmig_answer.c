#include "wsman/vsmig_answer.h"

#include <string.h>
#include <strings.h>

#include "wsman/vsmig.h"
#include "wsman/vsmig_json.h"
#include "wsman/vsmig_print.h"

#define CANNOT_TELL "cannot tell"

/* What each code of the method says. */
static const struct {
	const char *name, *word, *verdict;
	int status;
} codes[] = {
	{ "Completed with No Error", NULL, NULL, VSMIG_OK },
	{ "Not Supported", CANNOT_TELL, CANNOT_TELL ": the service has no such check for ",
		VSMIG_FAILED },
	{ "Failed", CANNOT_TELL, CANNOT_TELL ": the check failed for ", VSMIG_FAILED },
	{ "Timeout", CANNOT_TELL, CANNOT_TELL ": the time was too short to check ", VSMIG_FAILED },
	{ "Invalid Parameter", CANNOT_TELL, CANNOT_TELL ": what was asked is not valid for ",
		VSMIG_FAILED },
	{ "Invalid State", "not now", "no, not in the present state: ", VSMIG_NO },
	{ "Incompatible Parameters", "no", "no, what was asked does not fit together: ", VSMIG_NO },
};

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

static int read_findings(
	struct arena *a, const struct cim_loose *reply, struct vsmig_answer *out, struct err *e)
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

/* What an explanation and a verdict of a ranking have in common. */
static int read_answer(
	struct arena *a, const struct cim_loose *reply, struct vsmig_answer *out, struct err *e)
{
	const char *code = text_of(reply, "CheckCode");
	const char *migratable = text_of(reply, "IsMigratable");

	if (code == NULL || strlen(code) != 1 || *code < '0' || *code > '6')
		return err_set(e, ERR_SYNTAX, "The reply holds no CheckCode of 0 to 6");
	out->code = (unsigned)(*code - '0');
	if (out->code == 0 && migratable == NULL)
		return err_set(e, ERR_SYNTAX, "The reply holds no IsMigratable");
	out->migratable = out->code == 0 && is_true(migratable);
	out->simulated = is_true(text_of(reply, "Simulated"));
	return read_findings(a, reply, out, e);
}

int vsmig_answer_read(
	struct arena *a, const struct cim_loose *reply, struct vsmig_answer *out, struct err *e)
{
	const char *ret = text_of(reply, "ReturnValue");

	if (ret == NULL || strcmp(ret, "0") != 0)
		return err_set(e, ERR_INTERNAL, "The explanation returned %s",
			ret != NULL ? ret : "nothing");
	return read_answer(a, reply, out, e);
}

static const char *number_of(const struct cim_loose *l, const char *name)
{
	const char *text = text_of(l, name);

	return text != NULL && *text != '\0' && strlen(text) <= 20 &&
			       strspn(text, "0123456789") == strlen(text)
		       ? text
		       : NULL;
}

int vsmig_answer_read_verdict(
	struct arena *a, const char *text, struct vsmig_answer *out, struct err *e)
{
	struct cim_loose *verdict;

	if (cim_loose_from_text(a, text, &verdict, e) != 0)
		return err_prefix(e, "A verdict in the reply cannot be read");
	out->destination = text_of(verdict, "Host");
	if (out->destination == NULL)
		return err_set(e, ERR_SYNTAX, "A verdict in the reply names no Host");
	out->free_memory = number_of(verdict, "FreeMemory");
	out->memory_needed = number_of(verdict, "MemoryNeeded");
	return read_answer(a, verdict, out, e);
}

int vsmig_answer_status(const struct vsmig_answer *r)
{
	return r->code == 0 && !r->migratable ? VSMIG_NO : codes[r->code].status;
}

const char *vsmig_answer_word(const struct vsmig_answer *r)
{
	if (r->code != 0)
		return codes[r->code].word;
	return r->migratable ? "yes" : "no";
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

/* By severity, as the service counts them when it ranks: an unknown may be one too. */
size_t vsmig_answer_warnings(const struct vsmig_answer *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_findings; i++) {
		const char *severity = text_of(&r->findings[i], "PerceivedSeverity");

		n += severity != NULL && strcmp(severity, "3") == 0;
	}
	return n;
}

static const char *cleaned(struct arena *a, const char *text)
{
	auto_buf struct buf b = { 0 };

	vsmig_print_clean(&b, text);
	return arena_strdup(a, b.data != NULL ? b.data : "");
}

const char *vsmig_answer_reason(struct arena *a, const struct vsmig_answer *r)
{
	for (enum group g = GROUP_ERROR; g <= GROUP_WARNING; g++)
		for (size_t i = 0; i < r->n_findings; i++)
			if (group_of(&r->findings[i]) == g)
				return arena_printf(a, "%s %s",
					cleaned(a, text_of(&r->findings[i], "MessageID")),
					cleaned(a, text_of(&r->findings[i], "Message")));
	return "";
}

/* What to do about a finding, a line each. */
static const char *remedies(struct arena *a, const struct cim_loose *f)
{
	const struct cim_loose_property *todo = cim_loose_find(f, "RecommendedActions");
	const char *text = "";

	for (size_t i = 0; todo != NULL && i < todo->n; i++)
		text = arena_printf(a, "%s\n-> %s", text, cleaned(a, todo->values[i]));
	return text;
}

/* One row: severity, id, object, message with what to do below it. */
static void add_cells(struct arena *a, const struct cim_loose *f, enum group g, const char *todo,
	const char *cells[4])
{
	const char *object = text_of(f, "Object");
	bool policy = is_true(text_of(f, "Policy"));

	cells[0] = groups[g].severity;
	cells[1] = cleaned(a, text_of(f, "MessageID"));
	cells[2] = object != NULL && *object != '\0' ? cleaned(a, object) : "-";
	cells[3] = arena_printf(a, "%s%s%s", cleaned(a, text_of(f, "Message")),
		policy ? " (By policy: libvirt itself would carry it out.)" : "", todo);
}

static void add_group(struct buf *out, const struct vsmig_answer *r, enum group g, size_t width)
{
	static const char *const heads[] = { "SEVERITY", "ID", "OBJECT", "REASON" };
	auto_arena struct arena *a = arena_new();
	const char **cells = arena_array(a, r->n_findings, sizeof heads);
	const char *said = "";
	size_t n = 0;

	for (size_t i = 0; i < r->n_findings; i++) {
		const char *todo = remedies(a, &r->findings[i]);

		if (group_of(&r->findings[i]) != g)
			continue;
		/* Many facts can be missing at once, and the advice is the same for all. */
		if (g == GROUP_INFO || (g == GROUP_NOT_EVALUATED && strcmp(todo, said) == 0))
			todo = "";
		else
			said = todo;
		add_cells(a, &r->findings[i], g, todo, cells + n++ * ARRAY_LEN(heads));
	}
	if (n == 0)
		return;
	buf_printf(out, "\n%s\n", groups[g].title);
	vsmig_print_table(out, &(struct vsmig_table){ heads, ARRAY_LEN(heads), cells, n }, width);
}

void vsmig_answer_text(struct buf *out, const struct vsmig_answer *r, size_t width)
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
		buf_puts(
			out, "; libvirt's test driver answered, which says nothing of a real move");
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
	static const struct {
		const char *json, *property;
	} members[] = {
		{ "id", "MessageID" },
		{ "area", "Area" },
		{ "object", "Object" },
		{ "message", "Message" },
		{ "found", "Found" },
		{ "needed", "Needed" },
		{ "effect", "Effect" },
		{ "rule", "Rule" },
	};

	vsmig_json_next(out);
	buf_putc(out, '{');
	vsmig_json_member(out, "severity", groups[group_of(f)].severity);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		vsmig_json_member(out, members[i].json, text_of(f, members[i].property));
	vsmig_json_bool(out, "policy", is_true(text_of(f, "Policy")));
	json_texts(out, "arguments", cim_loose_find(f, "MessageArguments"));
	json_texts(out, "remedies", cim_loose_find(f, "RecommendedActions"));
	buf_putc(out, '}');
}

void vsmig_answer_json_members(struct buf *out, const struct vsmig_answer *r)
{
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
	buf_putc(out, ']');
}

void vsmig_answer_json(struct buf *out, const struct vsmig_answer *r)
{
	buf_putc(out, '{');
	vsmig_answer_json_members(out, r);
	buf_puts(out, "}\n");
}
