/*
 * WS-Transfer: Get. Nothing here can be put, created or deleted.
 */
#include "wsman/dispatch.h"

#include "wsman/job.h"

/* The EPR of what was read, when the client asked for it (DSP0226 6.5). */
static const char *requested_epr(struct job *j, const struct cim_instance *i)
{
	auto_buf struct buf out = { 0 };
	struct cim_style style = job_style(j);

	if (!j->env.blocks[HEADER_REQUEST_EPR])
		return j->reply_parameters;
	buf_puts(&out, "<wsman:RequestedEPR>");
	cim_epr_to_xml(&out, &style, cim_ref_of(j->arena, i));
	buf_puts(&out, "</wsman:RequestedEPR>");
	if (j->reply_parameters)
		buf_puts(&out, j->reply_parameters);
	return arena_strdup(j->arena, out.data);
}

static int get_done(struct job *j)
{
	struct reply_head head = job_head(j, XML_NS_WXF "/GetResponse");
	struct cim_style style = job_style(j);
	auto_buf struct buf body = { 0 };

	if (j->op.err.code)
		return fault_from_err(&j->fault, &j->op.err);
	cim_instance_to_xml(&body, &style, j->op.instances[0], NULL);
	head.extra = requested_epr(j, j->op.instances[0]);
	if (charset_size(j->env.charset, body.data, body.len) > job_budget(j, &head))
		return job_too_large(j);
	return job_reply(j, &head, &body);
}

int transfer_get(struct job *j)
{
	j->op.kind = CIM_OP_GET;
	j->op.class = j->class;
	j->op.ns = j->ref.ns;
	j->op.ref = &j->ref;
	return job_run_op(j, get_done);
}
