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
