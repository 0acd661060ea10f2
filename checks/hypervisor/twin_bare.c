/* Twins with next to nothing in them: made from the VM's, for what that one cannot show. */
#include "checks/hypervisor/twin_inner.h"

#define QEMU_NS "http://libvirt.org/schemas/domain/qemu/1.0"

static void set_number(xmlNode *n, const char *number, const char *const *attrs)
{
	if (!n)
		return;
	xmlNodeSetContent(n, (const xmlChar *)number);
	twin_keep_attrs(n, attrs);
	if (attrs[0])
		twin_set(n, attrs[0], "KiB");
}

/* Libvirt adds what is not said to be absent, and a QEMU may have been built without. */
static void lacks(xmlNode *devices, const char *name, const char *type)
{
	xmlNode *n = twin_add(devices, name);

	if (type)
		twin_set(n, "type", type);
	twin_set(n, "model", "none");
}

/* No memory is used of what it may have. */
xmlDoc *twin_bare(xmlDoc *twin, xmlNode **devices)
{
	static const char *const kept[] = { "memory", "vcpu", "os", "devices", NULL };
	static const char *const type[] = { "type", NULL }, *const unit[] = { "unit", NULL };
	static const char *const none[] = { NULL };
	xmlDoc *doc = xmlCopyDoc(twin, 1);
	xmlNode *root = xmlDocGetRootElement(doc), *next;

	twin_keep(root, kept);
	twin_keep(vxml_child(root, "os"), type);
	set_number(vxml_child(root, "memory"), "262144", unit);
	set_number(vxml_child(root, "vcpu"), "1", none);
	*devices = vxml_child(root, "devices");
	for (xmlNode *n = vxml_child(*devices, NULL); n; n = next) {
		next = vxml_next(n, NULL);
		if (!vxml_is(n, "emulator"))
			twin_drop(n);
	}
	lacks(*devices, "controller", "usb");
	lacks(*devices, "memballoon", NULL);
	return doc;
}

xmlDoc *twin_labelled(xmlDoc *twin, xmlNode **devices)
{
	xmlDoc *doc = twin_bare(twin, devices);
	xmlNode *root = xmlDocGetRootElement(doc);

	XML_EACH(label, xmlDocGetRootElement(twin), "seclabel")
	xmlAddChild(root, xmlDocCopyNode((xmlNode *)label, doc, 1));
	return doc;
}

xmlNode *twin_commandline(xmlDoc *doc)
{
	xmlNode *line = twin_add(xmlDocGetRootElement(doc), "commandline");

	/* Of its own, for the VM may have declared it already. */
	xmlSetNs(line, xmlNewNs(line, BAD_CAST QEMU_NS, BAD_CAST "qemu"));
	return line;
}

void twin_argument(xmlNode *line, const char *value)
{
	twin_set(xmlNewChild(line, line->ns, BAD_CAST "arg", NULL), "value", value);
}

static void take_arguments(xmlNode *line, xmlDoc *from, struct arena *a)
{
	if (!from)
		return;
	XML_EACH(arg, vxml_child(xmlDocGetRootElement(from), "commandline"), "arg")
	twin_argument(line, vxml_attr(a, arg, "value"));
}

/* An option and its value. */
static void drop_last(xmlNode *line)
{
	twin_drop(xmlGetLastChild(line));
	twin_drop(xmlGetLastChild(line));
}

/*
 * Of block devices a twin sees those that are its disks', in a /dev of its own: what it shows of them,
 * another need not.
 */
static bool opens_devices(const struct twin_owner *owner, xmlDoc *images)
{
	if (images && vxml_at(xmlDocGetRootElement(images), "devices/disk"))
		return true;
	for (size_t i = 0; i < owner->n_opens; i++)
		if (owner->opens[i].block)
			return true;
	return false;
}

xmlDoc *twin_whole(const struct facts *f, xmlDoc *twin, const struct twin_owner *owner,
	xmlDoc *images, struct arena *a)
{
	xmlNode *line;
	xmlDoc *doc;

	if (!(owner->twin || images) || !twin_only_users_decide(f) || opens_devices(owner, images))
		return NULL;
	doc = xmlCopyDoc(twin, 1);
	line = twin_commandline(doc);
	take_arguments(line, owner->twin, a);
	take_arguments(line, images, a);
	if (images)
		drop_last(line); /* TWIN_END */
	return doc;
}
