/*
 * Methods of instances and of classes. Clients wrap the arguments in METHOD_INPUT, in METHOD,
 * in whatever namespace they like, or send no element when there are none (CLIENTS.md 2).
 */
#include "wsman/dispatch.h"

#include <string.h>
#include <strings.h>

#include "wsman/job.h"

/* Without a prefix: libmi's undeclared ones are part of the name. */
static const char *local_name(const xmlNode *n)
{
	const char *name = (const char *)n->name, *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

static int check_input(struct job *j)
{
	const char *name, *method = j->method->name;
	size_t len = strlen(method);

	if (!j->env.content)
		return 0;
	name = local_name(j->env.content);
	if (strncasecmp(name, method, len) == 0 &&
		(name[len] == '\0' || strcasecmp(name + len, "_INPUT") == 0))
		return 0;
	return fault_set(&j->fault, FAULT_INVALID_PARAMETER_NAME,
		"The body holds %.100s, not the input of %s.", name, method);
}

static int invoke_done(struct job *j)
{
	const char *action = arena_printf(j->arena, "%sResponse", j->env.action);
	struct reply_head head = job_head(j, action);
	struct cim_style style = job_style(j);
	auto_buf struct buf body = { 0 };

	if (j->op.err.code)
		return fault_from_err(&j->fault, &j->op.err);
	cim_output_to_xml(&body, &style, j->class, j->method, &j->op.ret, j->op.args);
	if (charset_size(j->env.charset, body.data, body.len) > job_budget(j, &head))
		return job_too_large(j);
	return job_reply(j, &head, &body);
}

/* What the answer may take, counted in UTF-8: of UTF-16 half as many. */
static size_t room_for_answer(struct job *j)
{
	const char *action = arena_printf(j->arena, "%sResponse", j->env.action);
	struct reply_head head = job_head(j, action);

	return job_budget(j, &head) / charset_size(j->env.charset, " ", 1);
}

int invoke_method(struct job *j)
{
	struct err e;

	if (check_input(j) < 0)
		return -1;
	j->op_arena = arena_new();
	j->op.kind = CIM_OP_INVOKE;
	j->op.class = j->class;
	j->op.ns = j->ref.ns;
	j->op.ref = j->ref.n_keys ? &j->ref : NULL;
	j->op.method = j->method;
	j->op.room = room_for_answer(j);
	j->op.args = arena_array(j->op_arena, j->method->n_parameters, sizeof *j->op.args);
	if (cim_args_from_xml(j->op_arena, j->method, j->env.content, j->op.args, &e) < 0)
		return fault_from_err(&j->fault, &e);
	return job_run_op(j, invoke_done);
}
