#include "wsman/vsmig_check.h"

#include <stdio.h>

#include "wsman/vsmig_advisor.h"
#include "wsman/vsmig_answer.h"
#include "wsman/vsmig_print.h"

#define EXPLAIN "ExplainVirtualSystemIsMigratableToHost"

int vsmig_check_input(struct buf *out, const struct vsmig_options *o, const char *vm,
	const char *destination, struct err *e)
{
	int r;

	vsmig_advisor_text(out, "ComputerSystem", vm);
	vsmig_advisor_text(out, "DestinationHost", destination);
	r = vsmig_advisor_settings(out, o, NULL, e);
	if (r == 0 && o->new_name != NULL)
		vsmig_advisor_instance(out, "NewSystemSettingData", "CIM_VirtualSystemSettingData",
			"ElementName", o->new_name);
	return r;
}

static int ask(const struct vsmig_options *o, struct vsmig_client *c, struct arena *a,
	struct vsmig_answer *answer, struct err *e)
{
	struct vsmig_advisor advisor;
	struct cim_loose reply;
	auto_buf struct buf input = { 0 };
	int r = vsmig_check_input(&input, o, answer->vm, answer->destination, e);

	if (r == 0)
		r = vsmig_advisor_find(c, a, &advisor, e);
	if (r == 0)
		r = vsmig_advisor_invoke(c, a, &advisor, EXPLAIN, input.data, &reply, e);
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
