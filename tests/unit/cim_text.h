/*
 * What the tests of the codec share: an arena for each test, and texts that say what was read.
 */
#ifndef VSMIGD_TESTS_CIM_TEXT_H
#define VSMIGD_TESTS_CIM_TEXT_H

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cim/codec.h"
#include "cim/node.h"
#include "schema_ids.h"

static struct arena *a;
static struct err e;

__attribute__((unused)) static void setup(void)
{
	a = arena_new();
}

__attribute__((unused)) static void teardown(void)
{
	arena_free(a);
}

/* "CLASS|NS|NAME=VALUE;NAME=(CLASS|NS|...);", with - for what is absent. */
__attribute__((unused)) static const char *ref_summary(const struct cim_ref *r)
{
	const char *s = arena_printf(a, "%s|%s|", r->class_name != NULL ? r->class_name : "-",
		r->ns != NULL ? r->ns : "-");

	for (size_t i = 0; i < r->n_keys; i++)
		s = r->keys[i].ref != NULL
			    ? arena_printf(a, "%s%s=(%s);", s, r->keys[i].name,
				      ref_summary(r->keys[i].ref))
			    : arena_printf(a, "%s%s=%s;", s, r->keys[i].name, r->keys[i].text);
	return s;
}

/* "CLASS A=1 B=[1,2] C=null" */
__attribute__((unused)) static const char *loose_summary(const struct cim_loose *l)
{
	const char *s = l->class_name;

	for (size_t i = 0; i < l->n; i++) {
		const struct cim_loose_property *p = &l->properties[i];
		const char *all = "";

		for (size_t v = 0; v < p->n; v++)
			all = arena_printf(a, "%s%s%s", all, v > 0 ? "," : "", p->values[v]);
		if (p->null)
			all = "null";
		else if (p->array)
			all = arena_printf(a, "[%s]", all);
		s = arena_printf(a, "%s %s=%s", s, p->name, all);
	}
	return s;
}

__attribute__((unused)) static xmlDoc *parse(const char *text)
{
	xmlDoc *doc;

	ck_assert_msg(node_parse(text, strlen(text), &doc, &e) == 0, "%s: %s", text, e.text);
	return doc;
}

#define C(name) &cim_class_##name
/* clang-format off */
#define EPR_URI(class) \
	"<wsman:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/" class \
	"</wsman:ResourceURI>"
/* clang-format on */
#define SEL(name, value) "<wsman:Selector Name='" name "'>" value "</wsman:Selector>"
#define SET(s) "<wsman:SelectorSet>" s "</wsman:SelectorSet>"
#define RP(s) "<wsa:ReferenceParameters>" s "</wsa:ReferenceParameters>"
#define ADDRESS "<wsa:Address>anonymous</wsa:Address>"
#define XSI "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
#define XSI_LIBMI "xmlns:xsi='http://www.w3.org/2001/XMLSchema'"

__attribute__((unused)) static const struct cim_method *check_method(void)
{
	return cim_method_find(&cim_class_CIM_VirtualSystemMigrationService,
		"CheckVirtualSystemIsMigratableToHost");
}

#endif
