/* The arguments of a check: what the caller means, or what is wrong with it. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "checks/facts.h"
#include "cim/codec.h"
#include "cim/providers/migratable.h"
#include "cim/providers/migratable_settings.h"
#include "cim/registry.h"

/* Octets. What is longer names nothing that there is, and is not repeated in every finding. */
enum { NAME_LIMIT = 1024 };

const char *migratable_trimmed(struct arena *a, const char *s)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	len = strlen(s);
	while (len > 0 && isspace((unsigned char)s[len - 1]))
		len--;
	return arena_strndup(a, s, len);
}

/* CIM_ComputerSystem, a class derived from it, or the same class of another vendor. */
static bool is_computer_system(const char *name)
{
	static const char suffix[] = "_ComputerSystem";
	const struct cim_class *c = cim_class_find(name);
	size_t len = strlen(name), tail = sizeof suffix - 1;

	return (c != NULL && cim_class_is(c, &cim_class_CIM_ComputerSystem)) ||
	       (len > tail && strcasecmp(name + len - tail, suffix) == 0);
}

static void not_a_vm(struct check *c, const char *why)
{
	check_defect(c, VSM1002, NULL, why, NULL, NULL);
}

/* What is wrong with a reference to a virtual system; NULL when nothing is. */
static const char *reference_fault(struct arena *a, const struct cim_ref *ref)
{
	const struct cim_key *name = cim_ref_key(ref, "Name");
	const struct cim_key *creation = cim_ref_key(ref, "CreationClassName");

	if (!is_computer_system(ref->class_name))
		return arena_printf(a, "it refers to the class %.200s", ref->class_name);
	if (ref->ns != NULL && !cim_ns_same(ref->ns, CIM_NS_DEFAULT))
		return arena_printf(
			a, "it refers to the namespace %.200s, not %s", ref->ns, CIM_NS_DEFAULT);
	if (creation != NULL && (creation->text == NULL || !is_computer_system(creation->text)))
		return "its key CreationClassName is not that of a computer system";
	if (name == NULL || name->text == NULL || *migratable_trimmed(a, name->text) == '\0')
		return "its key Name is missing";
	return NULL;
}

static void name_vm(struct check *c, const char *name)
{
	if (strlen(name) > NAME_LIMIT)
		not_a_vm(c, "its name is longer than that of any virtual system");
	else
		c->vm = migratable_trimmed(c->arena, name);
}

static void read_vm(struct check *c, const struct cim_value *v, const char *host)
{
	const struct cim_ref *ref = v->given ? v->data[0].ref : NULL;
	const char *why;

	if (ref == NULL) {
		check_defect(c, VSM1001, NULL, "ComputerSystem", NULL, NULL);
		return;
	}
	if (ref->class_name == NULL && ref->n_keys == 1) {
		name_vm(c, ref->keys[0].text);
		return;
	}
	why = ref->class_name == NULL ? "it names no class" : reference_fault(c->arena, ref);
	if (why != NULL) {
		not_a_vm(c, why);
		return;
	}
	name_vm(c, cim_ref_key(ref, "Name")->text);
	c->vm_is_host = c->vm != NULL && strcasecmp(c->vm, host) == 0;
}

static void read_destination(struct check *c, const struct cim_value *v)
{
	const char *text = v->given ? migratable_trimmed(c->arena, v->data[0].str) : "";

	if (*text != '\0')
		c->destination = text;
}

/* libvirt's UUID of a virtual system, and so no host. */
static bool is_uuid(const char *s)
{
	return strlen(s) == 36 && strspn(s, "0123456789abcdefABCDEF-") == 36 && s[8] == '-' &&
	       s[13] == '-' && s[18] == '-' && s[23] == '-';
}

/* What is wrong with the name of a destination that a reference gives; NULL when nothing is. */
static const char *host_fault(struct arena *a, const char *name)
{
	if (is_uuid(name))
		return arena_printf(a, "it refers to the virtual system %s", name);
	if (host_format_of(name) == FORMAT_BAD)
		return arena_printf(a, "'%.200s' is no name or address of a host", name);
	return NULL;
}

/* Also as VSMIG_DestinationHost, which is how the destinations known by name are listed. */
static const char *destination_fault(struct arena *a, const struct cim_ref *ref)
{
	const struct cim_key *name = cim_ref_key(ref, "Name");

	if (ref->class_name == NULL)
		return ref->n_keys == 1 ? NULL : "it names no class";
	if (strcasecmp(ref->class_name, "VSMIG_DestinationHost") != 0)
		return reference_fault(a, ref);
	return name == NULL || name->text == NULL ? "its key Name is missing" : NULL;
}

static void read_destination_system(struct check *c, const struct cim_value *v)
{
	const struct cim_ref *ref = v->given ? v->data[0].ref : NULL;
	const char *why, *name;

	if (ref == NULL) {
		check_defect(c, VSM1001, NULL, "DestinationSystem", NULL, NULL);
		return;
	}
	why = destination_fault(c->arena, ref);
	if (why == NULL) {
		name = ref->class_name == NULL ? ref->keys[0].text : cim_ref_key(ref, "Name")->text;
		c->destination = migratable_trimmed(c->arena, name);
		why = host_fault(c->arena, c->destination);
	}
	if (why == NULL)
		return;
	c->destination = NULL;
	check_defect(c, VSM1014, NULL, why, NULL, NULL);
}

void migratable_read_args(
	struct check *c, const struct cim_value args[MIGRATABLE_ARG_COUNT], const char *host)
{
	read_vm(c, &args[MIGRATABLE_ARG_SYSTEM], host);
	read_destination(c, &args[MIGRATABLE_ARG_DESTINATION]);
	migratable_read_settings(c, args);
}

void migratable_read_system_args(
	struct check *c, const struct cim_value args[MIGRATABLE_ARG_COUNT], const char *host)
{
	read_vm(c, &args[MIGRATABLE_ARG_SYSTEM], host);
	read_destination_system(c, &args[MIGRATABLE_ARG_DESTINATION]);
	migratable_read_settings(c, args);
}
