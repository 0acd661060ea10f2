#include "checks/hypervisor/vxml.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

xmlDoc *vxml_read(const char *text, const char *root, struct err *e)
{
	const int options =
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
	xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), "libvirt.xml", NULL, options);

	if (doc && !doc->intSubset && vxml_is(xmlDocGetRootElement(doc), root))
		return doc;
	if (doc)
		xmlFreeDoc(doc);
	err_set(e, ERR_SYNTAX, "libvirt's answer is not the XML of a <%s>", root);
	return NULL;
}

bool vxml_is(const xmlNode *n, const char *name)
{
	return n && n->type == XML_ELEMENT_NODE &&
	       (!name || strcmp((const char *)n->name, name) == 0);
}

static xmlNode *first_from(xmlNode *n, const char *name)
{
	while (n && !vxml_is(n, name))
		n = n->next;
	return n;
}

xmlNode *vxml_child(const xmlNode *n, const char *name)
{
	return n ? first_from(n->children, name) : NULL;
}

xmlNode *vxml_next(const xmlNode *n, const char *name)
{
	return n ? first_from(n->next, name) : NULL;
}

xmlNode *vxml_at(const xmlNode *n, const char *path)
{
	xmlNode *at = (xmlNode *)n;
	char name[64];

	while (at && *path) {
		size_t len = strcspn(path, "/");

		if (len >= sizeof name)
			return NULL;
		memcpy(name, path, len);
		name[len] = '\0';
		at = vxml_child(at, name);
		path += len + (path[len] == '/');
	}
	return at;
}

const char *vxml_attr(struct arena *a, const xmlNode *n, const char *name)
{
	xmlChar *value = n ? xmlGetNoNsProp((xmlNode *)n, (const xmlChar *)name) : NULL;
	const char *copy;

	if (!value)
		return NULL;
	copy = arena_strdup(a, (const char *)value);
	xmlFree(value);
	return copy;
}

bool vxml_attr_is(const xmlNode *n, const char *name, const char *wanted)
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

const char *vxml_text(struct arena *a, const xmlNode *n)
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

uint64_t vxml_kib(const xmlNode *n)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} units[] = {
		{ "b", 1 },
		{ "bytes", 1 },
		{ "KB", 1000 },
		{ "MB", 1000000 },
		{ "M", 1 << 20 },
		{ "MiB", 1 << 20 },
		{ "GB", 1000000000 },
		{ "G", 1 << 30 },
		{ "GiB", 1 << 30 },
		{ "TB", UINT64_C(1000000000000) },
		{ "T", UINT64_C(1) << 40 },
		{ "TiB", UINT64_C(1) << 40 },
	};
	uint64_t amount = xml_text_u64(n), bytes;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (!vxml_attr_is(n, "unit", units[i].name))
			continue;
		if (__builtin_mul_overflow(amount, units[i].bytes, &bytes))
			return UINT64_MAX / 1024;
		return bytes / 1024 + (bytes % 1024 != 0);
	}
	return amount; /* libvirt writes KiB, and means it when there is no unit */
}

const char *vxml_dump(struct arena *a, const xmlNode *n)
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

/* libvirt gives out the first of those that are used least. */
static void read_devs(const xmlNode *forward, struct arena *a, struct vxml_network *out)
{
	uint64_t least = 0;

	XML_EACH(interface, forward, "interface")
	{
		uint64_t used = xml_attr_u64(interface, "connections");

		if (out->n_devs++ == 0 || used < least) {
			out->dev = vxml_attr(a, interface, "dev");
			least = used;
		}
		out->n_free += used == 0;
	}
	out->more |= out->n_devs && !out->bridge;
}

int vxml_interface_type(const char *text, struct arena *a, const char **out, struct err *e)
{
	auto_doc xmlDoc *doc = vxml_read(text, "interface", e);

	if (!doc)
		return -e->code;
	*out = vxml_attr(a, xmlDocGetRootElement(doc), "type");
	return 0;
}

static bool asks_more(const xmlNode *n)
{
	static const char *const what[] = { "virtualport", "vlan", "bandwidth" };

	for (size_t i = 0; i < ARRAY_LEN(what); i++)
		if (vxml_child(n, what[i]))
			return true;
	return false;
}

int vxml_network(const char *text, struct arena *a, struct vxml_network *out, struct err *e)
{
	auto_doc xmlDoc *doc = vxml_read(text, "network", e);
	const xmlNode *root = xmlDocGetRootElement(doc);
	const char **groups = NULL, **addresses = NULL;

	if (!doc)
		return -e->code;
	*out = (struct vxml_network){
		.bridge = vxml_attr(a, vxml_child(root, "bridge"), "name"),
		.forward = vxml_attr(a, vxml_child(root, "forward"), "mode"),
	};
	if (vxml_child(root, "forward") && !out->forward)
		out->forward = "nat"; /* libvirt's default for a <forward> without mode */
	out->more = asks_more(root);
	XML_EACH(group, root, "portgroup")
	{
		*ARENA_PUSH(a, groups, out->n_portgroups) = vxml_attr(a, group, "name");
		out->more |= asks_more(group);
	}
	out->portgroups = groups;
	XML_EACH(ip, root, "ip")
	*ARENA_PUSH(a, addresses, out->n_addresses) = vxml_attr(a, ip, "address");
	out->addresses = addresses;
	read_devs(vxml_child(root, "forward"), a, out);
	return 0;
}

/* What a pool's <source> names besides the host: a directory, a device, or a name. */
static const char *pool_source(const xmlNode *source, struct arena *a)
{
	static const char *const places[][2] = { { "dir", "path" }, { "device", "path" } };
	const char *all = vxml_text(a, vxml_child(source, "name"));

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const char *text = vxml_attr(a, vxml_child(source, places[i][0]), places[i][1]);

		if (text)
			all = all ? arena_printf(a, "%s %s", all, text) : text;
	}
	return all;
}

int vxml_volume_format(const char *text, struct arena *a, const char **out, struct err *e)
{
	auto_doc xmlDoc *doc = vxml_read(text, "volume", e);

	if (!doc)
		return -e->code;
	*out = vxml_attr(a, vxml_at(xmlDocGetRootElement(doc), "target/format"), "type");
	return 0;
}

int vxml_pool(const char *text, struct arena *a, struct vxml_pool *out, struct err *e)
{
	auto_doc xmlDoc *doc = vxml_read(text, "pool", e);
	const xmlNode *root = xmlDocGetRootElement(doc);

	if (!doc)
		return -e->code;
	*out = (struct vxml_pool){
		.type = vxml_attr(a, root, "type"),
		.target = vxml_text(a, vxml_at(root, "target/path")),
		.format = vxml_attr(a, vxml_at(root, "source/format"), "type"),
		.host = vxml_attr(a, vxml_at(root, "source/host"), "name"),
		.source = pool_source(vxml_child(root, "source"), a),
		.available = xml_text_u64(vxml_child(root, "available")),
	};
	return 0;
}
