#include "checks/hypervisor/xml.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

xmlDoc *xml_read(const char *text, const char *root, struct err *e)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
		XML_PARSE_NOCDATA;
	xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), "libvirt.xml", NULL, options);

	if (doc && !doc->intSubset && xml_is(xmlDocGetRootElement(doc), root))
		return doc;
	if (doc)
		xmlFreeDoc(doc);
	err_set(e, ERR_SYNTAX, "libvirt's answer is not the XML of a <%s>", root);
	return NULL;
}

bool xml_is(const xmlNode *n, const char *name)
{
	return n && n->type == XML_ELEMENT_NODE && (!name || strcmp((const char *)n->name, name) == 0);
}

static xmlNode *first_from(xmlNode *n, const char *name)
{
	while (n && !xml_is(n, name))
		n = n->next;
	return n;
}

xmlNode *xml_child(const xmlNode *n, const char *name)
{
	return n ? first_from(n->children, name) : NULL;
}

xmlNode *xml_next(const xmlNode *n, const char *name)
{
	return n ? first_from(n->next, name) : NULL;
}

xmlNode *xml_at(const xmlNode *n, const char *path)
{
	xmlNode *at = (xmlNode *)n;
	char name[64];

	while (at && *path) {
		size_t len = strcspn(path, "/");

		if (len >= sizeof name)
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		at = xml_child(at, name);
		path += len + (path[len] == '/');
	}
	return at;
}

const char *xml_attr(struct arena *a, const xmlNode *n, const char *name)
{
	xmlChar *value = n ? xmlGetNoNsProp((xmlNode *)n, (const xmlChar *)name) : NULL;
	const char *copy;

	if (!value)
		return NULL;
	copy = arena_strdup(a, (const char *)value);
	xmlFree(value);
	return copy;
}

bool xml_attr_is(const xmlNode *n, const char *name, const char *wanted)
{
	xmlChar *value = n ? xmlGetNoNsProp((xmlNode *)n, (const xmlChar *)name) : NULL;
	bool same = value && strcmp((const char *)value, wanted) == 0;

	xmlFree(value);
	return same;
}

uint64_t xml_attr_u64(const xmlNode *n, const char *name)
{
	xmlChar *value = n ? xmlGetNoNsProp((xmlNode *)n, (const xmlChar *)name) : NULL;
	uint64_t number = value ? strtoull((const char *)value, NULL, 0) : 0;

	xmlFree(value);
	return number;
}

int64_t xml_attr_i64(const xmlNode *n, const char *name)
{
	return (int64_t)xml_attr_u64(n, name);
}

const char *xml_text(struct arena *a, const xmlNode *n)
{
	xmlChar *content = n ? xmlNodeGetContent(n) : NULL;
	const char *start = (const char *)content, *copy = NULL;
	size_t len;

	if (!content)
		return NULL;
	while (isspace((unsigned char)*start))
		start++;
	len = strlen(start);
	while (len && isspace((unsigned char)start[len - 1]))
		len--;
	if (len)
		copy = arena_strndup(a, start, len);
	xmlFree(content);
	return copy;
}

uint64_t xml_text_u64(const xmlNode *n)
{
	xmlChar *content = n ? xmlNodeGetContent(n) : NULL;
	uint64_t number = content ? strtoull((const char *)content, NULL, 10) : 0;

	xmlFree(content);
	return number;
}

uint64_t xml_kib(const xmlNode *n)
{
	static const struct { const char *name; uint64_t bytes; } units[] = {
		{ "b", 1 }, { "bytes", 1 }, { "KB", 1000 },
		{ "MB", 1000000 }, { "M", 1 << 20 }, { "MiB", 1 << 20 },
		{ "GB", 1000000000 }, { "G", 1 << 30 }, { "GiB", 1 << 30 },
		{ "TB", UINT64_C(1000000000000) }, { "T", UINT64_C(1) << 40 },
		{ "TiB", UINT64_C(1) << 40 },
	};
	uint64_t amount = xml_text_u64(n), bytes;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (!xml_attr_is(n, "unit", units[i].name))
			continue;
		if (__builtin_mul_overflow(amount, units[i].bytes, &bytes))
			return UINT64_MAX / 1024;
		return bytes / 1024 + (bytes % 1024 != 0);
	}
	return amount; /* libvirt writes KiB, and means it when there is no unit */
}

const char *xml_dump(struct arena *a, const xmlNode *n)
{
	xmlBuffer *buffer;
	const char *copy = NULL;

	if (!n)
		return NULL;
	buffer = xmlBufferCreate();
	if (buffer && xmlNodeDump(buffer, n->doc, (xmlNode *)n, 0, 0) >= 0)
		copy = arena_strdup(a, (const char *)xmlBufferContent(buffer));
	if (buffer)
		xmlBufferFree(buffer);
	return copy;
}

int xml_network(const char *text, struct arena *a, struct xml_network *out, struct err *e)
{
	auto_doc xmlDoc *doc = xml_read(text, "network", e);
	const xmlNode *root = xmlDocGetRootElement(doc);
	const char **groups = NULL;

	if (!doc)
		return -e->code;
	*out = (struct xml_network){
		.bridge = xml_attr(a, xml_child(root, "bridge"), "name"),
		.forward = xml_attr(a, xml_child(root, "forward"), "mode"),
	};
	if (xml_child(root, "forward") && !out->forward)
		out->forward = "nat"; /* libvirt's default for a <forward> without mode */
	XML_EACH(group, root, "portgroup")
		*ARENA_PUSH(a, groups, out->n_portgroups) = xml_attr(a, group, "name");
	out->portgroups = groups;
	return 0;
}

int xml_pool(const char *text, struct arena *a, struct xml_pool *out, struct err *e)
{
	auto_doc xmlDoc *doc = xml_read(text, "pool", e);
	const xmlNode *root = xmlDocGetRootElement(doc);

	if (!doc)
		return -e->code;
	*out = (struct xml_pool){
		.type = xml_attr(a, root, "type"),
		.target = xml_text(a, xml_at(root, "target/path")),
		.format = xml_attr(a, xml_at(root, "source/format"), "type"),
		.available = xml_text_u64(xml_child(root, "available")),
	};
	return 0;
}
