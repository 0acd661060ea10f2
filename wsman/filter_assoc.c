#include "wsman/filter_assoc.h"

#include <stdio.h>
#include <string.h>

#include "cim/alias.h"

/* More are refused: no class has so many. */
enum { MAX_PROPERTIES = 256 };

static int refuse(struct job *j, const char *why)
{
	return fault_set(
		&j->fault, FAULT_CANNOT_PROCESS_FILTER, "The filter cannot be processed: %s.", why);
}

static int read_object(struct job *j, const xmlNode *kind)
{
	const xmlNode *n = xml_child(kind, XML_NS_WSMB, "Object");
	struct cim_ref *ref;
	struct err e;

	if (!n)
		return refuse(j, "it has no Object");
	if (cim_ref_from_xml(j->op_arena, n, &ref, &e) < 0) {
		err_prefix(&e, "its Object is no endpoint reference");
		return refuse(j, e.text);
	}
	j->class = alias_class_named(ref->class_name);
	if (!j->class)
		return fault_set(&j->fault, FAULT_CANNOT_PROCESS_FILTER,
			"The filter's Object is of a class that does not exist, %.200s.",
			ref->class_name);
	snprintf(j->req.audit.resource, sizeof j->req.audit.resource, "%s", j->class->name);
	j->op.ref = ref;
	return 0;
}

/* The class that a child of the filter names; *c stays when there is no such child. */
static int read_class(
	struct job *j, const xmlNode *kind, const char *child, const struct cim_class **c)
{
	const xmlNode *n = xml_child(kind, XML_NS_WSMB, child);
	const char *name = xml_text(j->arena, n);

	if (!n)
		return 0;
	*c = name ? alias_class_named(name) : NULL;
	if (*c)
		return 0;
	return fault_set(&j->fault, FAULT_CANNOT_PROCESS_FILTER,
		"The filter's %s is a class that does not exist, %.200s.", child, name ? name : "");
}

static int read_association(
	struct job *j, const xmlNode *kind, const char *child, struct cim_walk *walk)
{
	if (read_class(j, kind, child, &walk->association) < 0)
		return -1;
	if (walk->association && !walk->association->association)
		return fault_set(&j->fault, FAULT_CANNOT_PROCESS_FILTER,
			"The filter's %s, %s, is no association.", child, walk->association->name);
	return 0;
}

static const char *read_role(struct job *j, const xmlNode *kind, const char *child)
{
	const char *text = xml_text(j->op_arena, xml_child(kind, XML_NS_WSMB, child));

	return text && text[0] ? text : NULL;
}

/* DSP0227: the properties to show of each result, which then is a fragment. */
static int read_properties(struct job *j, const xmlNode *kind, struct wish *wish)
{
	const char **names = NULL;

	for (const xmlNode *n = xml_first(kind); n; n = xml_next(n)) {
		const char *name;

		if (!xml_is(n, XML_NS_WSMB, "IncludeResultProperty"))
			continue;
		name = xml_text(j->op_arena, n);
		if (!name || !name[0])
			return refuse(j, "an IncludeResultProperty names nothing");
		if (wish->n_selected == MAX_PROPERTIES)
			return refuse(j, "it names more properties than any class has");
		*ARENA_PUSH(j->op_arena, names, wish->n_selected) = name;
	}
	wish->selected = names;
	return 0;
}

int filter_assoc_read(struct job *j, const xmlNode *filter, struct wish *wish)
{
	const xmlNode *kind = xml_first(filter);
	bool ends = xml_is(kind, XML_NS_WSMB, "AssociatedInstances");
	struct cim_walk *walk = &j->op.walk;

	if (!kind || xml_next(kind) ||
		(!ends && !xml_is(kind, XML_NS_WSMB, "AssociationInstances")))
		return refuse(j, "it is neither AssociatedInstances nor AssociationInstances");
	if (j->class)
		return refuse(j, "associations are asked for under the URI of all classes");
	if (read_object(j, kind) < 0 || read_properties(j, kind, wish) < 0)
		return -1;
	walk->role = read_role(j, kind, "Role");
	j->op.kind = ends ? CIM_OP_ASSOCIATORS : CIM_OP_REFERENCES;
	if (!ends)
		return read_association(j, kind, "ResultClassName", walk);
	walk->result_role = read_role(j, kind, "ResultRole");
	if (read_class(j, kind, "ResultClassName", &walk->result) < 0)
		return -1;
	return read_association(j, kind, "AssociationClassName", walk);
}

/* DSP0227 R8.2.1-4: an Object that selects no instance makes a filter that cannot be processed. */
int filter_assoc_failed(struct job *j)
{
	static const bool of_object[ERR_CODE_COUNT] = {
		[ERR_NAMESPACE] = true,
		[ERR_CLASS] = true,
		[ERR_NOT_FOUND] = true,
		[ERR_KEY_MISSING] = true,
		[ERR_KEY_UNEXPECTED] = true,
		[ERR_KEY_DUPLICATE] = true,
		[ERR_KEY_VALUE] = true,
	};
	int code = j->op.err.code;
	bool walks = j->op.kind == CIM_OP_ASSOCIATORS || j->op.kind == CIM_OP_REFERENCES;

	if (!walks || code < 0 || code >= ERR_CODE_COUNT || !of_object[code])
		return fault_from_err(&j->fault, &j->op.err);
	return fault_set(&j->fault, FAULT_CANNOT_PROCESS_FILTER,
		"The filter's Object selects no instance: %s.", j->op.err.text);
}
