#include "wsman/vsmig_rank.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wsman/vsmig_json.h"
#include "wsman/vsmig_print.h"

#define RANK "RankDestinations"

int vsmig_rank_read(
	struct arena *a, const struct cim_loose *reply, struct vsmig_ranking *out, struct err *e)
{
	const struct cim_loose_property *ret = cim_loose_find(reply, "ReturnValue");
	const struct cim_loose_property *all = cim_loose_find(reply, "Ranking");
	const char *code = ret != NULL && ret->n > 0 ? ret->values[0] : "nothing";
	size_t n = all != NULL && !all->null ? all->n : 0;

	/* With 4 the verdicts say what is wrong, if there are any. */
	if (strcmp(code, "0") != 0 && (strcmp(code, "4") != 0 || n == 0))
		return err_set(e, ERR_INTERNAL, "The ranking returned %s", code);
	out->answers = arena_array(a, n, sizeof *out->answers);
	for (size_t i = 0; i < n; i++) {
		int r;

		out->answers[i].vm = out->vm;
		out->answers[i].type = out->type;
		r = vsmig_answer_read_verdict(a, all->values[i], &out->answers[i], e);
		if (r != 0)
			return r;
	}
	out->n = n;
	return 0;
}

int vsmig_rank_ask(const struct vsmig_options *o, struct vsmig_client *c, struct arena *a,
	const struct vsmig_advisor *at, const char *host, struct vsmig_ranking *r, struct err *e)
{
	auto_buf struct buf input = { 0 };
	struct cim_loose reply;
	int rc;

	vsmig_advisor_text(&input, "ComputerSystem", r->vm);
	rc = vsmig_advisor_settings(&input, o, r->type, e);
	if (rc != 0)
		return rc;
	if (host != NULL)
		vsmig_advisor_text(&input, "Hosts", host);
	rc = vsmig_advisor_invoke(c, a, at, RANK, input.data, &reply, e);
	return rc != 0 ? rc : vsmig_rank_read(a, &reply, r, e);
}

static size_t count(const struct vsmig_ranking *r, int status)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += vsmig_answer_status(&r->answers[i]) == status;
	return n;
}

int vsmig_rank_status(const struct vsmig_ranking *r)
{
	if (count(r, VSMIG_OK) > 0)
		return VSMIG_OK;
	return count(r, VSMIG_NO) > 0 ? VSMIG_NO : VSMIG_FAILED;
}

const char *vsmig_rank_memory(struct arena *a, const char *bytes)
{
	if (bytes == NULL)
		return "-";
	return arena_printf(a, "%.1f GiB", strtod(bytes, NULL) / (1 << 30));
}

/* A yes rests on the best answer alone, anything else on all of them. */
static bool is_simulated(const struct vsmig_ranking *r, int status)
{
	size_t n = status == VSMIG_OK ? 1 : r->n;

	for (size_t i = 0; i < n; i++)
		if (r->answers[i].simulated)
			return true;
	return false;
}

/* The verdict on the whole. */
static void add_sentence(struct buf *out, const struct vsmig_ranking *r)
{
	int status = vsmig_rank_status(r);

	if (status == VSMIG_FAILED)
		buf_printf(out, "cannot tell: none of %zu hosts could be checked for ", r->n);
	else
		buf_puts(out, status == VSMIG_OK ? "yes: " : "no: ");
	vsmig_print_clean(out, r->vm);
	if (status == VSMIG_OK) {
		buf_printf(
			out, " can move to %zu of %zu hosts, best to ", count(r, VSMIG_OK), r->n);
		vsmig_print_clean(out, r->answers[0].destination);
	} else if (status == VSMIG_NO) {
		buf_printf(out, " can move to none of %zu hosts", r->n);
	}
	buf_puts(out, " (");
	vsmig_print_clean(out, r->type);
	buf_puts(out, is_simulated(r, status) ? ") [simulated]\n" : ")\n");
}

static void add_table(struct buf *out, const struct vsmig_ranking *r, size_t width)
{
	static const char *const heads[] = { "HOST", "VERDICT", "WARNINGS", "FREE MEMORY",
		"FIRST REASON" };
	auto_arena struct arena *a = arena_new();
	const char **cells = arena_array(a, r->n, sizeof heads), **cell = cells;

	for (size_t i = 0; i < r->n; i++) {
		const struct vsmig_answer *answer = &r->answers[i];

		*cell++ = answer->destination;
		*cell++ = vsmig_answer_word(answer);
		*cell++ = arena_printf(a, "%zu", vsmig_answer_warnings(answer));
		*cell++ = vsmig_rank_memory(a, answer->free_memory);
		*cell++ = vsmig_answer_reason(a, answer);
	}
	vsmig_print_table(
		out, &(struct vsmig_table){ heads, ARRAY_LEN(heads), cells, r->n }, width);
}

void vsmig_rank_text(struct buf *out, const struct vsmig_ranking *r, size_t width)
{
	add_sentence(out, r);
	if (r->n == 0) {
		buf_puts(out, "The service knows no hosts by name: see [hosts] in its "
			      "configuration.\n");
		return;
	}
	buf_putc(out, '\n');
	add_table(out, r, width);
	for (size_t i = 0; i < r->n; i++) {
		buf_putc(out, '\n');
		vsmig_answer_text(out, &r->answers[i], width);
	}
}

void vsmig_rank_json_members(struct buf *out, const struct vsmig_answer *r)
{
	vsmig_answer_json_members(out, r);
	vsmig_json_name(out, "warnings");
	buf_printf(out, "%zu", vsmig_answer_warnings(r));
	vsmig_json_name(out, "freeMemory");
	buf_puts(out, r->free_memory != NULL ? r->free_memory : "null");
	vsmig_json_name(out, "memoryNeeded");
	buf_puts(out, r->memory_needed != NULL ? r->memory_needed : "null");
}

void vsmig_rank_json(struct buf *out, const struct vsmig_ranking *r)
{
	static const char *const migratable[] = {
		[VSMIG_OK] = "true",
		[VSMIG_NO] = "false",
		[VSMIG_FAILED] = "null",
	};

	buf_putc(out, '{');
	vsmig_json_member(out, "vm", r->vm);
	vsmig_json_member(out, "type", r->type);
	vsmig_json_name(out, "migratable");
	buf_puts(out, migratable[vsmig_rank_status(r)]);
	vsmig_json_name(out, "ranking");
	buf_putc(out, '[');
	for (size_t i = 0; i < r->n; i++) {
		vsmig_json_next(out);
		buf_putc(out, '{');
		vsmig_rank_json_members(out, &r->answers[i]);
		buf_putc(out, '}');
	}
	buf_puts(out, "]}\n");
}

int vsmig_rank_run(const struct vsmig_options *o, struct vsmig_client *c, const char *vm)
{
	struct vsmig_ranking r = { .vm = vm, .type = o->type != NULL ? o->type : "live" };
	auto_arena struct arena *a = arena_new();
	auto_buf struct buf out = { 0 };
	struct vsmig_advisor advisor;
	struct err e = { 0 };

	if (vsmig_advisor_find(c, a, &advisor, &e) != 0 ||
		vsmig_rank_ask(o, c, a, &advisor, NULL, &r, &e) != 0)
		return vsmig_print_fail("%s", e.text);
	if (o->json)
		vsmig_rank_json(&out, &r);
	else
		vsmig_rank_text(&out, &r, vsmig_print_columns());
	fwrite(out.data, 1, out.len, stdout);
	return vsmig_rank_status(&r);
}
