/*
 * WS-Transfer: Get, of whole instances and of fragments. Nothing here can be put, created or
 * deleted.
 */
#include "wsman/dispatch.h"
#include "wsman/fragment.h"

#include <string.h>

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

/* Puts the fragment that was asked for in the place of the instance. */
static int cut_fragment(struct job *j, struct reply_head *head, struct buf *body)
{
	const struct fragment *f = j->detail;
	struct buf part = { 0 };

	if (fragment_write(j, f, body, &part) < 0) {
		buf_free(&part);
		return -1;
	}
	buf_free(body);
	*body = part;
	head->extra = arena_printf(
		j->arena, "%s%s", fragment_header(j, f), head->extra ? head->extra : "");
	return 0;
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
	if (j->detail && cut_fragment(j, &head, &body) < 0)
		return -1;
	if (charset_size(j->env.charset, body.data, body.len) > job_budget(j, &head))
		return job_too_large(j);
	return job_reply(j, &head, &body);
}

/* The path of FragmentTransfer; NULL when the whole instance is meant. */
static int read_fragment(struct job *j)
{
	struct fragment *f = NULL;

	if (j->env.blocks[HEADER_FRAGMENT_TRANSFER] && fragment_read(j, &f) < 0)
		return -1;
	j->detail = f;
	return 0;
}

int transfer_get(struct job *j)
{
	if (read_fragment(j) < 0)
		return -1;
	j->op.kind = CIM_OP_GET;
	j->op.class = j->class;
	j->op.ns = j->ref.ns;
	j->op.ref = &j->ref;
	return job_run_op(j, get_done);
}

/* What is wrong with a fragment is said first, though nothing would come of a good one. */
int transfer_change(struct job *j)
{
	bool has_body = strcmp(j->env.action, XML_NS_WXF "/Delete") != 0;

	if (read_fragment(j) < 0)
		return -1;
	if (j->detail && has_body && !xml_is(j->env.content, XML_NS_WSMAN, "XmlFragment"))
		return fault_set(&j->fault, FAULT_INVALID_FRAGMENT, NULL);
	return dispatch_refuse(j, FAULT_ACTION_MISMATCH);
}
