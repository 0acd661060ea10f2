#include "wsman/dispatch.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "wsman/classes.h"
#include "wsman/header.h"

enum need { NEED_CLASS, NEED_ANY, NEED_NONE };

/* One row for each action; run NULL: known, and not offered by any class. */
static const struct action {
	const char *uri, *name;
	enum need need; /* whether there must be a URI, and name one class */
	int (*run)(struct job *j);
	enum fault_id refusal;
} actions[] = {
	{ XML_NS_WXF "/Get", "Get", NEED_CLASS, transfer_get, 0 },
	{ XML_NS_WXF "/Put", "Put", NEED_CLASS, transfer_change, 0 },
	{ XML_NS_WXF "/Create", "Create", NEED_CLASS, transfer_change, 0 },
	{ XML_NS_WXF "/Delete", "Delete", NEED_CLASS, transfer_change, 0 },
	{ XML_NS_WSEN "/Enumerate", "Enumerate", NEED_ANY, enumerate_start, 0 },
	{ XML_NS_WSEN "/Pull", "Pull", NEED_ANY, pull_next, 0 },
	{ XML_NS_WSEN "/Release", "Release", NEED_ANY, pull_release, 0 },
	{ XML_NS_WSEN "/Renew", "Renew", NEED_ANY, NULL, FAULT_ACTION_NOT_SUPPORTED },
	{ XML_NS_WSEN "/GetStatus", "GetStatus", NEED_ANY, NULL, FAULT_ACTION_NOT_SUPPORTED },
	{ XML_NS_WSE "/Subscribe", "Subscribe", NEED_ANY, eventing_subscribe, 0 },
	{ XML_NS_WSE "/Renew", "Renew", NEED_NONE, eventing_renew, 0 },
	{ XML_NS_WSE "/GetStatus", "GetStatus", NEED_NONE, eventing_status, 0 },
	{ XML_NS_WSE "/Unsubscribe", "Unsubscribe", NEED_NONE, eventing_unsubscribe, 0 },
};

/* Any other action is a method of a class: "<class URI>/<method>". */
static const struct action method_action = { "", "Invoke", NEED_CLASS, invoke_method, 0 };

int dispatch_refuse(struct job *j, enum fault_id id)
{
	const char *name = strrchr(j->env.action, '/');

	fault_set(&j->fault, id, "%s offers no action %.200s.",
		j->class ? j->class->name : "This service", name ? name + 1 : j->env.action);
	j->fault.detail = header_element(j->arena, XML_NS_WSA, "Action", j->env.action);
	j->fault.cim = id == FAULT_METHOD_NOT_FOUND;
	return -1;
}

static int read_namespace(struct job *j)
{
	if (!j->ref.ns) {
		j->ref.ns = j->uri.ns;
		return 0;
	}
	if (j->uri.ns && !cim_ns_same(j->uri.ns, j->ref.ns))
		return fault_set(&j->fault, FAULT_DIFFERENT_NAMESPACES, NULL);
	return 0;
}

/* The keys of the SelectorSet, and those behind the '?' of the URI. */
static int read_selectors(struct job *j)
{
	const xmlNode *set = j->env.blocks[HEADER_SELECTOR_SET];
	struct cim_key *keys;
	struct err e;

	if (set && cim_keys_from_selectors(j->arena, set, &j->ref, &e) < 0)
		return fault_from_err(&j->fault, &e);
	if (j->uri.n_keys) {
		keys = arena_array(j->arena, j->ref.n_keys + j->uri.n_keys, sizeof *keys);
		if (j->ref.n_keys)
			memcpy(keys, j->ref.keys, j->ref.n_keys * sizeof *keys);
		memcpy(keys + j->ref.n_keys, j->uri.keys, j->uri.n_keys * sizeof *keys);
		j->ref.keys = keys;
		j->ref.n_keys += j->uri.n_keys;
	}
	return read_namespace(j);
}

static int find_resource(struct job *j, enum need need)
{
	const char *uri = j->env.resource_uri;
	struct err e;

	if (!uri && need == NEED_NONE)
		return 0;
	if (!uri)
		return fault_set(&j->fault, FAULT_INVALID_RESOURCE_URI,
			"The header ResourceURI is missing.");
	if (cim_uri_parse(j->arena, uri, &j->uri, &e) < 0)
		return fault_from_err(&j->fault, &e);
	if (read_selectors(j) < 0)
		return -1;
	if (j->uri.kind == CIM_URI_CIMXML)
		return classes_find(j);
	if (j->uri.kind == CIM_URI_ALL)
		return need != NEED_CLASS ? 0 : dispatch_refuse(j, FAULT_ACTION_MISMATCH);
	j->class = cim_class_find(j->uri.class_name);
	if (!j->class) {
		fault_set(&j->fault, FAULT_INVALID_RESOURCE_URI, "There is no class %.200s.",
			j->uri.class_name);
		return fault_of_cim(&j->fault);
	}
	j->ref.class_name = j->class->name;
	snprintf(j->req.audit.resource, sizeof j->req.audit.resource, "%s", j->class->name);
	return 0;
}

/* The class that an action names before the method. False: it cannot be a method's action. */
static bool read_method_class(struct job *j, struct cim_uri *uri)
{
	const char *action = j->env.action, *slash = strrchr(action, '/');
	struct err e;

	return slash &&
	       cim_uri_parse(j->arena, arena_strndup(j->arena, action, (size_t)(slash - action)),
		       uri, &e) == 0 &&
	       uri->kind == CIM_URI_CLASS;
}

/* The method that the action names, if its class is the resource's, or one that it inherits. */
static int find_method(struct job *j, const struct cim_uri *uri)
{
	const struct cim_class *named = cim_class_find(uri->class_name);
	const char *name;

	if (!named || !cim_class_is(j->class, named))
		return dispatch_refuse(j, FAULT_ACTION_MISMATCH);
	if (uri->ns && j->ref.ns && !cim_ns_same(uri->ns, j->ref.ns))
		return fault_set(&j->fault, FAULT_DIFFERENT_NAMESPACES,
			"The action and the resource name different CIM namespaces.");
	name = strrchr(j->env.action, '/') + 1;
	j->method = cim_method_find(j->class, name);
	if (!j->method || !cim_method_find(named, name))
		return dispatch_refuse(j, FAULT_METHOD_NOT_FOUND);
	snprintf(j->req.audit.operation, sizeof j->req.audit.operation, "%s", j->method->name);
	return 0;
}

static const struct action *find_action(const char *uri)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (strcmp(actions[i].uri, uri) == 0)
			return &actions[i];
	}
	return &method_action;
}

/* DSP0226 6.5: Get tells the EPR of what it read, any other action that it cannot tell. */
static void note_epr_unknown(struct job *j)
{
	if (j->env.blocks[HEADER_REQUEST_EPR])
		j->reply_parameters = arena_printf(j->arena,
			"<wsman:RequestedEPR><wsman:EPRUnknown/>"
			"</wsman:RequestedEPR>%s",
			j->reply_parameters ? j->reply_parameters : "");
}

/* Class documents are read only: what else there is is for instances. */
static int run_on_classes(struct job *j, const struct action *action)
{
	if (action->run == transfer_get)
		return classes_get(j);
	note_epr_unknown(j);
	if (action->run == enumerate_start || action->run == pull_next ||
		action->run == pull_release)
		return action->run(j);
	return dispatch_refuse(j, FAULT_ACTION_MISMATCH);
}

static bool is_transfer(const struct action *action)
{
	return strncmp(action->uri, XML_NS_WXF "/", sizeof XML_NS_WXF) == 0;
}

static int run_action(struct job *j)
{
	const struct action *action = find_action(j->env.action);
	struct cim_uri method;

	if (action == &method_action && !read_method_class(j, &method))
		return dispatch_refuse(j, FAULT_ACTION_NOT_SUPPORTED);
	if (find_resource(j, action->need) < 0)
		return -1;
	if (!action->run)
		return dispatch_refuse(j, action->refusal);
	/* DSP0226 R7.7-1: it is never passed over. */
	if (j->env.blocks[HEADER_FRAGMENT_TRANSFER] &&
		(!is_transfer(action) || j->uri.kind == CIM_URI_CIMXML))
		return fault_set(&j->fault, FAULT_FRAGMENT_LEVEL, NULL);
	if (j->uri.kind == CIM_URI_CIMXML)
		return run_on_classes(j, action);
	if (action == &method_action && find_method(j, &method) < 0)
		return -1;
	if (action->run != transfer_get)
		note_epr_unknown(j);
	return action->run(j);
}

static void note_operation(struct job *j, const char *name)
{
	snprintf(j->req.audit.operation, sizeof j->req.audit.operation, "%s", name);
}

/* For the audit record, also of what is refused before its action is looked at. */
static void note_action(struct job *j)
{
	const char *action = xml_text(j->arena, j->env.blocks[HEADER_ACTION]);

	if (action && action[0])
		note_operation(j, find_action(action)->name);
}

static int answer_identify(struct job *j)
{
	bool known = !j->call->anonymous && principal_known(&j->req.who);

	note_operation(j, "Identify");
	return job_reply_encoded(j, identify_reply(j->w->identify, known, j->env.charset));
}

int dispatch(struct job *j)
{
	const struct envelope_source src = {
		.content_type = j->call->content_type,
		.soap_action = j->call->soap_action,
		.body = j->call->body,
		.len = j->call->body_len,
	};

	if (envelope_parse(j->arena, &src, &j->env, &j->fault) < 0)
		return -1;
	if (j->env.identify)
		return answer_identify(j);
	note_action(j);
	if (j->call->anonymous || !principal_known(&j->req.who))
		return fault_set(&j->fault, FAULT_ACCESS_DENIED,
			"Nobody may do anything here but Identify without logging in.");
	j->reply_parameters = envelope_reply_parameters(j->arena, &j->env, false);
	j->fault_parameters = envelope_reply_parameters(j->arena, &j->env, true);
	if (envelope_sweep(j->arena, &src, &j->env, &j->fault) < 0 || job_set_deadline(j) < 0)
		return -1;
	return run_action(j);
}
