/*
 * schemac: compiles the class documents of schemas/ (DSP0201 CIM-XML CLASS) into C.
 *
 *	schemac FILES >schema_tables.c		const tables, see cim/schema.h
 *	schemac --ids FILES >schema_ids.h	class symbols and indices of their members
 *
 * A build tool: it runs once, frees nothing, and ends with status 1 and one sentence,
 * "file:line: ...", at the first defect.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct map {
	char **items;
	size_t n;
};

/* A property, or a parameter: what both have in common is nearly all. */
struct member {
	const char *name, *ref, *embedded, *origin;
	int type;
	bool array, key, required, writable, in, out;
	struct map values, texts;
	const xmlNode *node;
};

struct method {
	const char *name, *origin;
	int type;
	struct map values, texts;
	struct member *params;
	size_t n_params;
	const xmlNode *node;
};

struct class
{
	const char *name, *super_name, *file;
	char *text;
	struct class *super;
	bool abstract, association, resolved, resolving;
	struct member *props;
	size_t n_props;
	struct method *methods;
	size_t n_methods;
	const xmlNode *node;
};

/* In the order of enum cim_type, whose names are these in capitals behind "CIM_". */
static const char *const types[] = { "boolean", "uint8", "uint16", "uint32", "uint64", "sint8",
	"sint16", "sint32", "sint64", "real32", "real64", "char16", "string", "datetime",
	"reference" };
enum { N_TYPES = sizeof types / sizeof *types };

static struct class *classes;
static size_t n_classes;

static void __attribute__((noreturn, format(printf, 3, 4)))
die(const char *file, const xmlNode *at, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%ld: ", file, at != NULL ? xmlGetLineNo(at) : 0L);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void *grow(void *items, size_t n, size_t size)
{
	void *p = realloc(items, (n + 1) * size);

	if (p == NULL) {
		perror("schemac");
		exit(1);
	}
	memset((char *)p + n * size, 0, size);
	return p;
}
#define PUSH(items, n) ((items) = grow((items), (n), sizeof *(items)), &(items)[(n)++])

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

/* Whether the element's name is `stem` or "stem.SOMETHING". */
static bool is_kind(const xmlNode *n, const char *stem)
{
	const char *name = (const char *)n->name;
	size_t len = strlen(stem);

	return n->type == XML_ELEMENT_NODE && strncmp(name, stem, len) == 0 &&
	       (name[len] == '\0' || name[len] == '.');
}

static const char *attr(const xmlNode *n, const char *name)
{
	return (const char *)xmlGetProp(n, (const xmlChar *)name);
}

static const char *need_attr(const char *file, const xmlNode *n, const char *name)
{
	const char *v = attr(n, name);

	if (v == NULL || *v == '\0')
		die(file, n, "%s has no %s", (const char *)n->name, name);
	return v;
}

/* A name that C can use too. */
static const char *need_name(const char *file, const xmlNode *n)
{
	const char *v = need_attr(file, n, "NAME");

	for (const char *p = v; *p != '\0'; p++)
		if (!(isalpha((unsigned char)*p) || *p == '_' ||
			    (p > v && isdigit((unsigned char)*p))))
			die(file, n, "\"%s\" is not a CIM name", v);
	return v;
}

static int need_type(const char *file, const xmlNode *n)
{
	const char *t = need_attr(file, n, "TYPE");

	for (int i = 0; i < N_TYPES - 1; i++)
		if (strcmp(types[i], t) == 0)
			return i;
	die(file, n, "unknown type \"%s\"", t);
}

/* The values of a QUALIFIER: one VALUE, or a VALUE.ARRAY of them. */
static struct map qualifier_values(const char *file, const xmlNode *q)
{
	const xmlNode *in = q;
	struct map m = { 0 };

	for (const xmlNode *c = q->children; c != NULL; c = c->next)
		if (is(c, "VALUE.ARRAY"))
			in = c;
	for (const xmlNode *c = in->children; c != NULL; c = c->next)
		if (is(c, "VALUE"))
			*PUSH(m.items, m.n) = (char *)xmlNodeGetContent(c);
	if (m.n == 0)
		die(file, q, "qualifier %s has no VALUE", attr(q, "NAME"));
	return m;
}

static const xmlNode *find_qualifier(const xmlNode *of, const char *name)
{
	for (const xmlNode *c = of->children; c != NULL; c = c->next)
		if (is(c, "QUALIFIER") && attr(c, "NAME") != NULL &&
			strcasecmp(attr(c, "NAME"), name) == 0)
			return c;
	return NULL;
}

static bool qualifier_bool(const char *file, const xmlNode *of, const char *name, bool otherwise)
{
	const xmlNode *q = find_qualifier(of, name);
	struct map m;

	if (q == NULL)
		return otherwise;
	m = qualifier_values(file, q);
	if (m.n == 1 && strcasecmp(m.items[0], "true") == 0)
		return true;
	if (m.n == 1 && strcasecmp(m.items[0], "false") == 0)
		return false;
	die(file, q, "qualifier %s is neither true nor false", name);
}

static const char *qualifier_text(const char *file, const xmlNode *of, const char *name)
{
	const xmlNode *q = find_qualifier(of, name);

	return q != NULL ? qualifier_values(file, q).items[0] : NULL;
}

static void read_map(const char *file, const xmlNode *of, struct map *values, struct map *texts)
{
	const xmlNode *v = find_qualifier(of, "ValueMap"), *t = find_qualifier(of, "Values");

	if (v == NULL && t == NULL)
		return;
	if (v == NULL || t == NULL)
		die(file, of, "ValueMap and Values come together");
	*values = qualifier_values(file, v);
	*texts = qualifier_values(file, t);
	if (values->n != texts->n)
		die(file, v, "ValueMap has %zu values and Values has %zu", values->n, texts->n);
}

/* A PROPERTY*, or PARAMETER*, by its stem. */
static struct member read_member(
	const char *file, const xmlNode *n, const char *stem, const char *origin)
{
	const char *kind = (const char *)n->name + strlen(stem);
	struct member m = { .node = n, .origin = origin, .name = need_name(file, n) };

	if (strcmp(kind, ".REFERENCE") == 0 || strcmp(kind, ".REFARRAY") == 0) {
		m.type = N_TYPES - 1;
		m.ref = need_attr(file, n, "REFERENCECLASS");
	} else if (*kind == '\0' || strcmp(kind, ".ARRAY") == 0) {
		m.type = need_type(file, n);
	} else {
		die(file, n, "unknown element %s", (const char *)n->name);
	}
	m.array = strcmp(kind, ".ARRAY") == 0 || strcmp(kind, ".REFARRAY") == 0;
	m.key = qualifier_bool(file, n, "Key", false);
	m.required = qualifier_bool(file, n, "Required", false);
	m.writable = qualifier_bool(file, n, "Write", false);
	m.in = qualifier_bool(file, n, "In", true);
	m.out = qualifier_bool(file, n, "Out", false);
	m.embedded = qualifier_text(file, n, "EmbeddedInstance");
	if (m.embedded != NULL && strcmp(types[m.type], "string") != 0)
		die(file, n, "%s is an EmbeddedInstance and not a string", m.name);
	if (m.key && m.array)
		die(file, n, "key %s is an array", m.name);
	read_map(file, n, &m.values, &m.texts);
	return m;
}

static struct member *find_member(struct member *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

static struct method *find_method(struct class *c, const char *name)
{
	for (size_t i = 0; i < c->n_methods; i++)
		if (strcasecmp(c->methods[i].name, name) == 0)
			return &c->methods[i];
	return NULL;
}

static struct method read_method(const char *file, const xmlNode *n, const char *origin)
{
	struct method m = {
		.node = n, .origin = origin, .name = need_name(file, n), .type = need_type(file, n)
	};

	read_map(file, n, &m.values, &m.texts);
	for (const xmlNode *c = n->children; c != NULL; c = c->next) {
		struct member p;

		if (c->type != XML_ELEMENT_NODE || is(c, "QUALIFIER"))
			continue;
		if (!is_kind(c, "PARAMETER"))
			die(file, c, "unknown element %s", (const char *)c->name);
		p = read_member(file, c, "PARAMETER", NULL);
		if (find_member(m.params, m.n_params, p.name) != NULL)
			die(file, c, "parameter %s is declared twice", p.name);
		*PUSH(m.params, m.n_params) = p;
	}
	return m;
}

static void read_class_element(struct class *c, const xmlNode *n)
{
	if (is(n, "QUALIFIER"))
		return;
	if (is_kind(n, "PROPERTY")) {
		struct member p = read_member(c->file, n, "PROPERTY", c->name);

		if (find_member(c->props, c->n_props, p.name) != NULL)
			die(c->file, n, "property %s is declared twice", p.name);
		*PUSH(c->props, c->n_props) = p;
	} else if (is(n, "METHOD")) {
		struct method m = read_method(c->file, n, c->name);

		if (find_method(c, m.name) != NULL)
			die(c->file, n, "method %s is declared twice", m.name);
		*PUSH(c->methods, c->n_methods) = m;
	} else {
		die(c->file, n, "unknown element %s", (const char *)n->name);
	}
}

static struct class *find_class(const char *name)
{
	for (size_t i = 0; i < n_classes; i++)
		if (strcasecmp(classes[i].name, name) == 0)
			return &classes[i];
	return NULL;
}

static void read_file(const char *file)
{
	xmlDoc *doc = xmlReadFile(file, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
	xmlNode *root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
	struct class c = { .file = file, .node = root };
	xmlBuffer *text = xmlBufferCreate();
	struct class *other;

	if (root == NULL || text == NULL) {
		fprintf(stderr, "%s:0: cannot be read as XML\n", file);
		exit(1);
	}
	if (!is(root, "CLASS"))
		die(file, root, "the document is a %s, not a CLASS", (const char *)root->name);
	c.name = need_name(file, root);
	c.super_name = attr(root, "SUPERCLASS");
	other = find_class(c.name);
	if (other != NULL)
		die(file, root, "class %s is declared in %s already", c.name, other->file);
	c.abstract = qualifier_bool(file, root, "Abstract", false);
	c.association = qualifier_bool(file, root, "Association", false);
	for (const xmlNode *n = root->children; n != NULL; n = n->next)
		if (n->type == XML_ELEMENT_NODE)
			read_class_element(&c, n);
	xmlNodeDump(text, doc, root, 0, 0);
	c.text = (char *)xmlBufferContent(text);
	*PUSH(classes, n_classes) = c;
}

static void inherit_property(struct class *c, const struct member *base)
{
	struct member *own = find_member(c->props, c->n_props, base->name);

	if (own == NULL) {
		*PUSH(c->props, c->n_props) = *base;
		return;
	}
	if (own->type != base->type || own->array != base->array)
		die(c->file, own->node, "property %s overrides one of another type (%s%s in %s)",
			own->name, types[base->type], base->array ? "[]" : "", base->origin);
	if (strcmp(own->name, base->name) != 0)
		die(c->file, own->node, "property %s is spelled %s in %s", own->name, base->name,
			base->origin);
	own->key |= base->key;
	own->required |= base->required;
	own->writable |= base->writable;
	if (own->embedded == NULL)
		own->embedded = base->embedded;
	if (own->values.n == 0) {
		own->values = base->values;
		own->texts = base->texts;
	}
}

static void inherit_method(struct class *c, const struct method *base)
{
	struct method *own = find_method(c, base->name);

	if (own == NULL)
		*PUSH(c->methods, c->n_methods) = *base;
	else if (own->type != base->type)
		die(c->file, own->node, "method %s overrides one that returns %s in %s", own->name,
			types[base->type], base->origin);
}

static int by_name(const void *a, const void *b)
{
	/* Every sorted struct begins with its name. */
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static void resolve(struct class *c)
{
	if (c->resolved)
		return;
	if (c->resolving)
		die(c->file, c->node, "class %s is derived from itself", c->name);
	c->resolving = true;
	if (c->super_name != NULL) {
		c->super = find_class(c->super_name);
		if (c->super == NULL)
			die(c->file, c->node, "unknown superclass %s", c->super_name);
		resolve(c->super);
		for (size_t i = 0; i < c->super->n_props; i++)
			inherit_property(c, &c->super->props[i]);
		for (size_t i = 0; i < c->super->n_methods; i++)
			inherit_method(c, &c->super->methods[i]);
	}
	if (c->n_props > 0)
		qsort(c->props, c->n_props, sizeof *c->props, by_name);
	if (c->n_methods > 0)
		qsort(c->methods, c->n_methods, sizeof *c->methods, by_name);
	c->resolved = true;
}

/* A property that refers to a class must name one of ours; a method may speak of others. */
static void check_references(const struct class *c)
{
	for (size_t i = 0; i < c->n_props; i++)
		if (c->props[i].ref != NULL && find_class(c->props[i].ref) == NULL)
			die(c->file, c->props[i].node, "property %s refers to unknown class %s",
				c->props[i].name, c->props[i].ref);
}

static void put_string(const char *s)
{
	if (s == NULL) {
		printf("NULL");
		return;
	}
	putchar('"');
	for (; *s != '\0'; s++) {
		if (*s == '\n' && s[1] != '\0')
			printf("\\n\"\n\t\"");
		else if (*s == '\n')
			printf("\\n");
		else if (*s == '\t')
			printf("\\t");
		else if (*s == '"' || *s == '\\' || *s == '?')
			printf("\\%c", *s);
		else
			putchar(*s);
	}
	putchar('"');
}

static void put_field(const char *name, const char *s)
{
	if (s == NULL)
		return;
	printf(" .%s = ", name);
	put_string(s);
	putchar(',');
}

/* One map, under a number; maps are found again through the counter's order. */
static size_t put_map(const struct map *values, const struct map *texts)
{
	static size_t count;

	if (values->n == 0)
		return 0;
	printf("static const struct cim_valuemap map%zu[] = {\n", ++count);
	for (size_t i = 0; i < values->n; i++) {
		printf("\t{ ");
		put_string(values->items[i]);
		printf(", ");
		put_string(texts->items[i]);
		printf(" },\n");
	}
	printf("};\n");
	return count;
}

static void put_type(int type)
{
	printf("CIM_");
	for (const char *c = types[type]; *c != '\0'; c++)
		putchar(toupper((unsigned char)*c));
	putchar(',');
}

static void put_member(const struct member *m, size_t map, bool property)
{
	printf("\t{ .name = \"%s\", .type = ", m->name);
	put_type(m->type);
	printf("%s%s", m->array ? " .array = true," : "", m->required ? " .required = true," : "");
	put_field("ref_class", m->ref);
	put_field("embedded", m->embedded);
	if (property) {
		printf("%s", m->key ? " .key = true," : "");
		printf("%s", m->writable ? " .writable = true," : "");
		put_field("origin", m->origin);
	} else {
		printf("%s%s", m->in ? " .in = true," : "", m->out ? " .out = true," : "");
	}
	if (map != 0)
		printf(" .values = map%zu, .n_values = %zu,", map, m->values.n);
	printf(" },\n");
}

static void put_members(const struct member *list, size_t n, bool property, const char *name)
{
	size_t *maps = calloc(n + 1, sizeof *maps);

	if (n == 0 || maps == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		maps[i] = put_map(&list[i].values, &list[i].texts);
	printf("static const struct cim_%s %s[] = {\n", property ? "property" : "parameter", name);
	for (size_t i = 0; i < n; i++)
		put_member(&list[i], maps[i], property);
	printf("};\n");
}

static void put_methods(const struct class *c)
{
	size_t *maps = calloc(c->n_methods + 1, sizeof *maps);
	char name[256];

	if (c->n_methods == 0 || maps == NULL)
		return;
	for (size_t i = 0; i < c->n_methods; i++) {
		const struct method *m = &c->methods[i];

		maps[i] = put_map(&m->values, &m->texts);
		snprintf(name, sizeof name, "args_%s_%s", c->name, m->name);
		put_members(m->params, m->n_params, false, name);
	}
	printf("static const struct cim_method methods_%s[] = {\n", c->name);
	for (size_t i = 0; i < c->n_methods; i++) {
		const struct method *m = &c->methods[i];

		printf("\t{ .name = \"%s\", .origin = \"%s\", .returns = ", m->name, m->origin);
		put_type(m->type);
		if (m->n_params > 0)
			printf(" .parameters = args_%s_%s, .n_parameters = %zu,", c->name, m->name,
				m->n_params);
		if (maps[i] != 0)
			printf(" .values = map%zu, .n_values = %zu,", maps[i], m->values.n);
		printf(" },\n");
	}
	printf("};\n");
}

static void put_class(const struct class *c)
{
	char name[256];

	snprintf(name, sizeof name, "props_%s", c->name);
	put_members(c->props, c->n_props, true, name);
	put_methods(c);
	printf("const struct cim_class cim_class_%s = {\n\t.name = \"%s\",", c->name, c->name);
	if (c->super != NULL)
		printf(" .super = &cim_class_%s,", c->super->name);
	printf(" .abstract = %d, .association = %d,\n", c->abstract, c->association);
	if (c->n_props > 0)
		printf("\t.properties = props_%s, .n_properties = %zu,\n", c->name, c->n_props);
	if (c->n_methods > 0)
		printf("\t.methods = methods_%s, .n_methods = %zu,\n", c->name, c->n_methods);
	printf("\t.document =\n\t");
	put_string(c->text);
	printf("\n};\n\n");
}

static void put_tables(void)
{
	printf("/* Generated by schemac from schemas/. */\n#include \"schema_ids.h\"\n\n");
	for (size_t i = 0; i < n_classes; i++)
		put_class(&classes[i]);
	printf("const struct cim_class *const cim_classes[] = {\n");
	for (size_t i = 0; i < n_classes; i++)
		printf("\t&cim_class_%s,\n", classes[i].name);
	printf("};\nconst size_t cim_class_count = %zu;\n", n_classes);
}

static void put_class_ids(const struct class *c)
{
	printf("extern const struct cim_class cim_class_%s;\nenum {\n", c->name);
	for (size_t i = 0; i < c->n_props; i++)
		printf("\t%s_p_%s = %zu,\n", c->name, c->props[i].name, i);
	for (size_t i = 0; i < c->n_methods; i++) {
		const struct method *m = &c->methods[i];

		printf("\t%s_m_%s = %zu,\n", c->name, m->name, i);
		for (size_t k = 0; k < m->n_params; k++)
			printf("\t%s_m_%s_a_%s = %zu,\n", c->name, m->name, m->params[k].name, k);
	}
	printf("\t%s_p_COUNT = %zu\n};\n\n", c->name, c->n_props);
}

static void put_ids(void)
{
	printf("/* Generated by schemac from schemas/. */\n#ifndef VSMIGD_SCHEMA_IDS_H\n"
	       "#define VSMIGD_SCHEMA_IDS_H\n\n#include \"cim/schema.h\"\n\n");
	for (size_t i = 0; i < n_classes; i++)
		put_class_ids(&classes[i]);
	printf("#endif\n");
}

int main(int argc, char **argv)
{
	bool ids = argc > 1 && strcmp(argv[1], "--ids") == 0;

	if (argc < (ids ? 3 : 2)) {
		fprintf(stderr, "usage: schemac [--ids] FILE...\n");
		return 2;
	}
	for (int i = ids ? 2 : 1; i < argc; i++)
		read_file(argv[i]);
	/* Sorted before anything points into the array. */
	qsort(classes, n_classes, sizeof *classes, by_name);
	for (size_t i = 0; i < n_classes; i++)
		resolve(&classes[i]);
	for (size_t i = 0; i < n_classes; i++)
		check_references(&classes[i]);
	(ids ? put_ids : put_tables)();
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
