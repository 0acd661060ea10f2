/*
 * Reading libvirt's XML: small steps over a libxml2 tree whose text ends up in an arena.
 * A NULL node is allowed everywhere and has nothing in it, so that paths can be walked without
 * asking at each step. libvirt is trusted to be honest but not to be small: documents are read
 * without entities, network or DTD, up to libxml2's own limits.
 */
#ifndef VSMIGD_HV_VXML_H
#define VSMIGD_HV_VXML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stdint.h>

#include "checks/facts.h"
#include "checks/vm_config.h"
#include "daemon/base/err.h"
#include "daemon/base/mem.h"

/* A parsed document (xmlFreeDoc), NULL with e filled when it is not XML or its root is another. */
xmlDoc *vxml_read(const char *text, const char *root, struct err *e);

static inline void vxml_doc_freep(xmlDoc **doc)
{
	if (*doc)
		xmlFreeDoc(*doc);
}
#define auto_doc __attribute__((cleanup(vxml_doc_freep)))

/* The first child element of this name (NULL: of any name), and the next sibling of it. */
xmlNode *vxml_child(const xmlNode *n, const char *name);
xmlNode *vxml_next(const xmlNode *n, const char *name);
#define XML_EACH(var, parent, name)                                                                \
	for (xmlNode *var = vxml_child((parent), (name)); var; var = vxml_next(var, (name)))
/* The element at a path of names, "os/type"; the first of each. */
xmlNode *vxml_at(const xmlNode *n, const char *path);

/* The element's own name. */
bool vxml_is(const xmlNode *n, const char *name);
/* An attribute's text in the arena; NULL when absent. */
const char *vxml_attr(struct arena *a, const xmlNode *n, const char *name);
bool vxml_attr_is(const xmlNode *n, const char *name, const char *value);
/* A number in an attribute; 0 when absent or none. Hexadecimal with 0x. */
uint64_t xml_attr_u64(const xmlNode *n, const char *name);
int64_t xml_attr_i64(const xmlNode *n, const char *name);
/* The text inside an element, trimmed; NULL when there is none. */
const char *vxml_text(struct arena *a, const xmlNode *n);
uint64_t xml_text_u64(const xmlNode *n);
/* An amount of memory with its unit attribute, in KiB rounded up. */
uint64_t vxml_kib(const xmlNode *n);
/* The element as text. NULL for NULL. */
const char *vxml_dump(struct arena *a, const xmlNode *n);

/* What libvirt's documents say; text in the arena. Return 0 or -ERR_SYNTAX. */
int vxml_domain(const char *text, struct arena *a, struct vm_config *out, struct err *e);
int vxml_caps(const char *text, struct arena *a, struct host_caps *out, struct err *e);
int vxml_domcaps(const char *text, struct arena *a, struct domcaps *out, struct err *e);

/* Parts of vxml_domain: files and ports of the host, and what is below <devices>. */
void vxml_domain_paths(const xmlNode *root, struct arena *a, struct vm_config *out);
void vxml_domain_devices(const xmlNode *devices, struct arena *a, struct vm_config *out);
void vxml_domain_ports(const xmlNode *devices, struct arena *a, struct vm_config *out);
/* What arguments for QEMU say of files and ports. */
void vxml_domain_images(const xmlNode *root, struct arena *a, struct vm_config *out);
void vxml_domain_args(const xmlNode *root, struct arena *a, struct vm_config *out,
	struct vm_path **paths, size_t *n_paths);
void vxml_domain_disks(const xmlNode *devices, struct arena *a, struct vm_config *out);

struct vxml_network {
	const char *forward, *bridge; /* NULL: an isolated network; without a bridge */
	bool more; /* an interface of it is more than one of a bridge: it has a port of a switch,
		    * a VLAN, a device of its own, or its traffic is shaped */
	size_t n_free; /* of devs, those that no interface has */
	const char *const *portgroups;
	size_t n_portgroups;
	const char *const *addresses; /* that the host has on it */
	size_t n_addresses;
	const char *dev; /* of the host, to which it gives access: the one it gives out next */
	size_t n_devs;
};
int vxml_network(const char *text, struct arena *a, struct vxml_network *out, struct err *e);

struct vxml_pool {
	const char *type, *target, *format; /* "netfs", "/srv/vm", "nfs" */
	const char *host,
		*source; /* where it comes from: "nas1", "/export/vm"; NULL: nowhere else */
	uint64_t available; /* bytes */
};
/* The type of an interface of the host: "bridge". */
int vxml_interface_type(const char *text, struct arena *a, const char **out, struct err *e);
int vxml_volume_format(const char *text, struct arena *a, const char **out, struct err *e);
int vxml_pool(const char *text, struct arena *a, struct vxml_pool *out, struct err *e);

#endif
