/*
 * Class documents: each class of the schema, as DSP0201 has it and as the reader in Windows'
 * and libmi's client takes it, against the tables that providers are compiled with.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cim/document.h"
#include "cim/node.h"
#include "schema_ids.h"

static struct arena *a;
static xmlDoc *doc;

static void begin(void)
{
	a = arena_new();
}

static void end(void)
{
	xmlFreeDoc(doc);
	doc = NULL;
	arena_free(a);
}

static const xmlNode *document(const struct cim_class *c, unsigned parts)
{
	auto_buf struct buf out = { 0 };
	struct err e;

	cim_document_to_xml(&out, c, parts);
	xmlFreeDoc(doc);
	doc = NULL;
	ck_assert_msg(node_parse(out.data, out.len, &doc, &e) == 0, "%s: %s", c->name, e.text);
	return xmlDocGetRootElement(doc);
}

static const char *attribute(const xmlNode *n, const char *name)
{
	return node_attr(a, n, name);
}

static const xmlNode *child(const xmlNode *of, const char *element, const char *name)
{
	const xmlNode *found = NULL;

	for (const xmlNode *n = node_first(of); n; n = node_next(n)) {
		if (strcmp(node_local(n), element) != 0 || strcmp(attribute(n, "NAME"), name) != 0)
			continue;
		ck_assert_msg(!found, "%s %s is there twice", element, name);
		found = n;
	}
	return found;
}

/* The text of a qualifier's one value; NULL when it is not there. */
static const char *qualifier(const xmlNode *of, const char *name)
{
	const xmlNode *q = child(of, "QUALIFIER", name);

	return q ? node_text(a, node_first(q)) : NULL;
}

static bool is_true(const xmlNode *of, const char *name)
{
	const char *text = qualifier(of, name);

	return text && strcmp(text, "true") == 0;
}

static size_t count(const xmlNode *of, const char *element)
{
	size_t n = 0;

	for (const xmlNode *c = node_first(of); c; c = node_next(c))
		n += strcmp(node_local(c), element) == 0;
	return n;
}

/* What the reader of the MI client knows: anything else ends its reading. */
static const struct {
	const char *element, *attributes[8], *children[8];
} known[] = {
	{ "CLASS", { "NAME", "SUPERCLASS", "DERIVATION" },
		{ "QUALIFIER", "PROPERTY", "PROPERTY.ARRAY", "PROPERTY.REFERENCE", "METHOD" } },
	{ "QUALIFIER", { "NAME", "TYPE", "OVERRIDABLE", "TOSUBCLASS", "TRANSLATABLE" },
		{ "VALUE", "VALUE.ARRAY" } },
	{ "VALUE", { NULL }, { NULL } },
	{ "VALUE.ARRAY", { NULL }, { "VALUE" } },
	{ "PROPERTY", { "NAME", "TYPE", "CLASSORIGIN", "PROPAGATED" }, { "QUALIFIER" } },
	{ "PROPERTY.ARRAY", { "NAME", "TYPE", "CLASSORIGIN", "PROPAGATED" }, { "QUALIFIER" } },
	{ "PROPERTY.REFERENCE", { "NAME", "REFERENCECLASS", "CLASSORIGIN", "PROPAGATED" },
		{ "QUALIFIER" } },
	{ "METHOD", { "NAME", "TYPE", "CLASSORIGIN", "PROPAGATED" },
		{ "QUALIFIER", "PARAMETER", "PARAMETER.ARRAY", "PARAMETER.REFERENCE",
			"PARAMETER.REFARRAY" } },
	{ "PARAMETER", { "NAME", "TYPE" }, { "QUALIFIER" } },
	{ "PARAMETER.ARRAY", { "NAME", "TYPE" }, { "QUALIFIER" } },
	{ "PARAMETER.REFERENCE", { "NAME", "REFERENCECLASS" }, { "QUALIFIER" } },
	{ "PARAMETER.REFARRAY", { "NAME", "REFERENCECLASS" }, { "QUALIFIER" } },
};

static bool listed(const char *const list[8], const char *name)
{
	for (size_t i = 0; i < 8 && list[i]; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static size_t row_of(const char *element)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].element, element) == 0)
			return i;
	ck_abort_msg("an element %s", element);
}

/* A VALUE holds text, a QUALIFIER one element, everything else elements and nothing between. */
static void check_content(const xmlNode *n, size_t row)
{
	bool value = strcmp(known[row].element, "VALUE") == 0;
	size_t children = 0;

	for (const xmlNode *c = n->children; c; c = c->next, children++) {
		ck_assert_msg((c->type == XML_TEXT_NODE) == value, "between elements of %s in %s",
			known[row].element, n->parent->name);
		if (!value)
			ck_assert_msg(listed(known[row].children, node_local(c)), "%s in %s",
				node_local(c), known[row].element);
	}
	if (strcmp(known[row].element, "QUALIFIER") == 0)
		ck_assert_uint_eq(children, 1);
	ck_assert(!value || children == 1);
}

static void check_form(const xmlNode *n)
{
	size_t row = row_of(node_local(n));

	ck_assert_ptr_null(n->ns);
	ck_assert_ptr_null(n->nsDef);
	for (const xmlAttr *at = n->properties; at; at = at->next) {
		ck_assert_msg(listed(known[row].attributes, (const char *)at->name), "%s %s",
			known[row].element, at->name);
		ck_assert(at != n->properties || strcmp((const char *)at->name, "NAME") == 0);
	}
	check_content(n, row);
	for (const xmlNode *c = node_first(n); c; c = node_next(c))
		check_form(c);
}

static void has_the_form(const struct cim_class *c)
{
	for (unsigned parts = 0; parts <= CIM_DOCUMENT_ALL; parts++)
		check_form(document(c, parts));
}

static void says_what_the_class_is(const struct cim_class *c)
{
	const xmlNode *n = document(c, CIM_DOCUMENT_ALL);
	const char *derivation = "";

	for (const struct cim_class *k = c->super; k; k = k->super)
		derivation = arena_printf(a, "%s%s%s", derivation, *derivation ? "," : "", k->name);
	ck_assert_str_eq(node_local(n), "CLASS");
	ck_assert_str_eq(attribute(n, "NAME"), c->name);
	ck_assert_pstr_eq(attribute(n, "SUPERCLASS"), c->super ? c->super->name : NULL);
	ck_assert_pstr_eq(attribute(n, "DERIVATION"), c->super ? derivation : NULL);
	ck_assert_ptr_nonnull(qualifier(n, "Version"));
	ck_assert_ptr_nonnull(qualifier(n, "Description"));
	ck_assert_int_eq(is_true(n, "Abstract"), c->abstract);
	ck_assert_int_eq(is_true(n, "Association"), c->association);
}

/* The class that declared the property first: the uppermost that has it. */
static const char *first_of_property(const struct cim_class *c, const char *name)
{
	while (c->super && cim_property_find(c->super, name))
		c = c->super;
	return c->name;
}

static const char *first_of_method(const struct cim_class *c, const char *name)
{
	while (c->super && cim_method_find(c->super, name))
		c = c->super;
	return c->name;
}

static void check_values(const xmlNode *n, const struct cim_valuemap *values, size_t n_values)
{
	const xmlNode *map = child(n, "QUALIFIER", "ValueMap");
	const xmlNode *texts = child(n, "QUALIFIER", "Values");
	const xmlNode *v, *t;

	ck_assert_int_eq(map != NULL, n_values > 0);
	ck_assert_int_eq(texts != NULL, n_values > 0);
	if (!n_values)
		return;
	v = node_first(node_first(map));
	t = node_first(node_first(texts));
	for (size_t i = 0; i < n_values; i++, v = node_next(v), t = node_next(t)) {
		ck_assert(v && t);
		ck_assert_str_eq(node_text(a, v), values[i].value);
		ck_assert_str_eq(node_text(a, t), values[i].text);
	}
	ck_assert(!v && !t);
}

static void check_origin(
	const xmlNode *n, const struct cim_class *c, const char *origin, const char *first)
{
	bool own = strcmp(origin, c->name) == 0;

	ck_assert_str_eq(attribute(n, "CLASSORIGIN"), first);
	ck_assert_pstr_eq(attribute(n, "PROPAGATED"), own ? NULL : "true");
	if (!own) {
		ck_assert_ptr_null(qualifier(n, "Override"));
		ck_assert_ptr_null(qualifier(n, "Deprecated"));
		ck_assert_ptr_null(qualifier(n, "Experimental"));
	}
}

static void check_property(
	const xmlNode *root, const struct cim_class *c, const struct cim_property *p)
{
	bool ref = p->type == CIM_REFERENCE;
	const xmlNode *n = child(root,
		ref	   ? "PROPERTY.REFERENCE"
		: p->array ? "PROPERTY.ARRAY"
			   : "PROPERTY",
		p->name);

	ck_assert_msg(n != NULL, "%s.%s", c->name, p->name);
	ck_assert_pstr_eq(attribute(n, "TYPE"), ref ? NULL : cim_type_name(p->type));
	ck_assert_pstr_eq(attribute(n, "REFERENCECLASS"), p->ref_class);
	check_origin(n, c, p->origin, first_of_property(c, p->name));
	ck_assert_int_eq(is_true(n, "Key"), p->key);
	ck_assert_int_eq(is_true(n, "Required"), p->required);
	ck_assert_int_eq(is_true(n, "Write"), p->writable);
	ck_assert_ptr_nonnull(qualifier(n, "Read"));
	ck_assert_int_eq(is_true(n, "EmbeddedObject"), p->embedded && !*p->embedded);
	if (!p->embedded || *p->embedded)
		ck_assert_pstr_eq(qualifier(n, "EmbeddedInstance"), p->embedded);
	check_values(n, p->values, p->n_values);
}

static void has_all_properties(const struct cim_class *c)
{
	const xmlNode *n = document(c, CIM_DOCUMENT_ALL);

	for (size_t i = 0; i < c->n_properties; i++)
		check_property(n, c, &c->properties[i]);
	ck_assert_uint_eq(
		count(n, "PROPERTY") + count(n, "PROPERTY.ARRAY") + count(n, "PROPERTY.REFERENCE"),
		c->n_properties);
}

static void check_parameter(const xmlNode *n, const struct cim_parameter *p)
{
	bool ref = p->type == CIM_REFERENCE;

	ck_assert_str_eq(attribute(n, "NAME"), p->name);
	ck_assert_str_eq(node_local(n), ref && p->array ? "PARAMETER.REFARRAY"
					: ref		? "PARAMETER.REFERENCE"
					: p->array	? "PARAMETER.ARRAY"
							: "PARAMETER");
	ck_assert_pstr_eq(attribute(n, "TYPE"), ref ? NULL : cim_type_name(p->type));
	ck_assert_pstr_eq(attribute(n, "REFERENCECLASS"), p->ref_class);
	ck_assert_int_eq(is_true(n, "In"), p->in);
	ck_assert_int_eq(is_true(n, "Out"), p->out);
	ck_assert_int_eq(is_true(n, "Required"), p->required);
	ck_assert_int_eq(is_true(n, "EmbeddedObject"), p->embedded && !*p->embedded);
	if (!p->embedded || *p->embedded)
		ck_assert_pstr_eq(qualifier(n, "EmbeddedInstance"), p->embedded);
	check_values(n, p->values, p->n_values);
}

static void has_all_methods(const struct cim_class *c)
{
	const xmlNode *root = document(c, CIM_DOCUMENT_ALL);

	ck_assert_uint_eq(count(root, "METHOD"), c->n_methods);
	for (size_t i = 0; i < c->n_methods; i++) {
		const struct cim_method *m = &c->methods[i];
		const xmlNode *n = child(root, "METHOD", m->name), *p = node_first(n);

		ck_assert_msg(n != NULL, "%s.%s", c->name, m->name);
		ck_assert_str_eq(attribute(n, "TYPE"), cim_type_name(m->returns));
		check_origin(n, c, m->origin, first_of_method(c, m->name));
		check_values(n, m->values, m->n_values);
		for (size_t k = 0; k < m->n_parameters; k++, p = node_next(p)) {
			while (p && strcmp(node_local(p), "QUALIFIER") == 0)
				p = node_next(p);
			ck_assert_msg(p != NULL, "%s", m->parameters[k].name);
			check_parameter(p, &m->parameters[k]);
		}
	}
}

/* Counts elements of that name, and attributes of that name, in the whole of n. */
static void tally(const xmlNode *n, const char *element, const char *name, size_t found[2])
{
	found[0] += strcmp(node_local(n), element) == 0;
	found[1] += attribute(n, name) != NULL;
	for (const xmlNode *c = node_first(n); c; c = node_next(c))
		tally(c, element, name, found);
}

static void leaves_out_what_is_not_asked_for(const struct cim_class *c)
{
	size_t found[2] = { 0, 0 }, own = 0, origins[2] = { 0, 0 };

	tally(document(c, CIM_DOCUMENT_ALL & ~CIM_DOCUMENT_QUALIFIERS), "QUALIFIER", "TOSUBCLASS",
		found);
	tally(document(c, CIM_DOCUMENT_ALL & ~CIM_DOCUMENT_INHERITED), "", "PROPAGATED", found);
	tally(document(c, CIM_DOCUMENT_ALL & ~CIM_DOCUMENT_ORIGIN), "", "CLASSORIGIN", found);
	tally(document(c, CIM_DOCUMENT_ALL & ~CIM_DOCUMENT_HIERARCHY), "", "DERIVATION", found);
	ck_assert_uint_eq(found[0] + found[1], 0);

	for (size_t i = 0; i < c->n_properties; i++)
		own += strcmp(c->properties[i].origin, c->name) == 0;
	for (size_t i = 0; i < c->n_methods; i++)
		own += strcmp(c->methods[i].origin, c->name) == 0;
	tally(document(c, CIM_DOCUMENT_ORIGIN), "", "CLASSORIGIN", origins);
	ck_assert_uint_eq(origins[1], own);
}

/* One test for each class: a failure's number says which. */
START_TEST(class_document)
{
	const struct cim_class *c = cim_classes[_i];

	has_the_form(c);
	says_what_the_class_is(c);
	has_all_properties(c);
	has_all_methods(c);
	leaves_out_what_is_not_asked_for(c);
}
END_TEST

/* Some of a document as it is, letter by letter. */
static const struct {
	const struct cim_class *class;
	unsigned parts;
	const char *text;
} texts[] = {
	{ &cim_class_CIM_VirtualSystemMigrationService, CIM_DOCUMENT_HIERARCHY,
		"<CLASS NAME=\"CIM_VirtualSystemMigrationService\" SUPERCLASS=\"CIM_Service\" "
		"DERIVATION=\"CIM_Service,CIM_EnabledLogicalElement,CIM_LogicalElement,"
		"CIM_ManagedSystemElement,CIM_ManagedElement\"><METHOD " },
	{ &cim_class_CIM_ManagedElement, CIM_DOCUMENT_ORIGIN,
		"<PROPERTY NAME=\"ElementName\" TYPE=\"string\" CLASSORIGIN=\"CIM_ManagedElement\">"
		"</PROPERTY>" },
	{ &cim_class_CIM_ComputerSystem, CIM_DOCUMENT_ALL,
		"<PROPERTY NAME=\"Name\" TYPE=\"string\" CLASSORIGIN=\"CIM_ManagedSystemElement\" "
		"PROPAGATED=\"true\"><QUALIFIER NAME=\"Key\" TYPE=\"boolean\" "
		"OVERRIDABLE=\"false\">"
		"<VALUE>true</VALUE></QUALIFIER><QUALIFIER NAME=\"MaxLen\" TYPE=\"uint32\">"
		"<VALUE>256</VALUE></QUALIFIER>" },
	{ &cim_class_CIM_System, CIM_DOCUMENT_ALL,
		"<PROPERTY NAME=\"Name\" TYPE=\"string\" "
		"CLASSORIGIN=\"CIM_ManagedSystemElement\">" },
	{ &cim_class_CIM_ElementCapabilities, CIM_DOCUMENT_ALL,
		"<QUALIFIER NAME=\"Association\" TYPE=\"boolean\" OVERRIDABLE=\"false\">" },
	{ &cim_class_CIM_ElementCapabilities, CIM_DOCUMENT_QUALIFIERS,
		"<PROPERTY.REFERENCE NAME=\"ManagedElement\" REFERENCECLASS=\"CIM_ManagedElement\">"
		"<QUALIFIER NAME=\"Key\"" },
	{ &cim_class_CIM_System, CIM_DOCUMENT_QUALIFIERS,
		"<QUALIFIER NAME=\"Version\" TYPE=\"string\" TOSUBCLASS=\"false\" "
		"TRANSLATABLE=\"true\"><VALUE>2." },
	{ &cim_class_CIM_VirtualSystemMigrationService, CIM_DOCUMENT_QUALIFIERS,
		"<PARAMETER NAME=\"IsMigratable\" TYPE=\"boolean\"><QUALIFIER NAME=\"In\" "
		"TYPE=\"boolean\" OVERRIDABLE=\"false\"><VALUE>false</VALUE></QUALIFIER>"
		"<QUALIFIER NAME=\"Out\" TYPE=\"boolean\" OVERRIDABLE=\"false\"><VALUE>true" },
};

START_TEST(reads)
{
	auto_buf struct buf out = { 0 };

	cim_document_to_xml(&out, texts[_i].class, texts[_i].parts);
	ck_assert_msg(
		strstr(out.data, texts[_i].text) != NULL, "%s\nin %s", texts[_i].text, out.data);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cim_document");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, class_document, 0, (int)cim_class_count);
	tcase_add_loop_test(t, reads, 0, (int)ARRAY_LEN(texts));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
