#include "cim/providers/migratable_settings.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "cim/codec.h"
#include "cim/punit.h"
#include "cim/registry.h"

/* An embedded argument: its class, how other vendors' classes of the kind end, and its name. */
struct kind {
	const struct cim_class *class;
	const char *const *suffixes;
	const char *name;
};

static const char *const migration_suffixes[] = { "_VirtualSystemMigrationSettingData", NULL };
static const char *const system_suffixes[] = { "_VirtualSystemSettingData", NULL };
/* libvirt-cim's end in the first; Hyper-V has the others too. */
static const char *const resource_suffixes[] = {
	"AllocationSettingData",
	"_MemorySettingData",
	"_ProcessorSettingData",
	"EthernetPortSettingData",
	NULL,
};
static const struct kind migration_kind = {
	&cim_class_CIM_VirtualSystemMigrationSettingData,
	migration_suffixes,
	"MigrationSettingData",
};
static const struct kind system_kind = {
	&cim_class_CIM_VirtualSystemSettingData,
	system_suffixes,
	"NewSystemSettingData",
};
static const struct kind resource_kind = {
	&cim_class_CIM_ResourceAllocationSettingData,
	resource_suffixes,
	"NewResourceSettingData",
};

static bool ends_with(const char *s, const char *suffix)
{
	size_t len = strlen(s), tail = strlen(suffix);

	return len > tail && strcasecmp(s + len - tail, suffix) == 0;
}

static bool is_of_kind(const char *class_name, const struct kind *k)
{
	const struct cim_class *c = cim_class_find(class_name);

	if (c != NULL)
		return cim_class_is(c, k->class);
	for (const char *const *s = k->suffixes; *s != NULL; s++)
		if (ends_with(class_name, *s))
			return true;
	return false;
}

static bool is_blank(const char *s)
{
	return s[strspn(s, " \t\r\n")] == '\0';
}

/* Element n as an instance of the kind; NULL when it is absent or wrong (a defect then). */
static const struct cim_loose *read_instance(struct check *c, const struct kind *k,
	const struct cim_value *v, size_t n, const char *name)
{
	struct cim_loose *loose;
	struct err why;

	if (!v->given || n >= v->n || (!v->loose && is_blank(v->data[n].str)))
		return NULL;
	if (cim_loose_from_value(c->arena, v, n, &loose, &why) != 0) {
		check_defect(
			c, VSM1006, NULL, name, k->class->name, arena_strdup(c->arena, why.text));
		return NULL;
	}
	if (!is_of_kind(loose->class_name, k)) {
		check_defect(c, VSM1007, NULL, name, arena_strdup(c->arena, loose->class_name),
			k->class->name);
		return NULL;
	}
	return loose;
}

/* The texts with commas between, for a message. */
static const char *joined(struct arena *a, const struct cim_loose_property *p)
{
	const char *all = "";

	for (size_t i = 0; i < p->n && i < 4; i++)
		all = arena_printf(a, "%s%s%.80s", all, i > 0 ? ", " : "", p->values[i]);
	return all;
}

/* What the schema says of a property's values; the type apart from the ValueMap. */
static bool has_type(
	struct arena *a, const struct cim_property *p, const struct cim_loose_property *given)
{
	union cim_datum d;
	struct err why;

	if (!p->array && (given->array || given->n != 1))
		return false;
	for (size_t i = 0; i < given->n; i++)
		if (cim_datum_from_text(a, p->type, given->values[i], &d, &why) != 0)
			return false;
	return true;
}

static bool in_value_map(
	struct arena *a, const struct cim_property *p, const struct cim_loose_property *given)
{
	union cim_datum d;
	struct err why;

	for (size_t i = 0; i < given->n; i++)
		if (cim_datum_from_text(a, p->type, given->values[i], &d, &why) != 0 ||
			!cim_valuemap_allows(
				p->values, p->n_values, cim_datum_text(a, p->type, &d)))
			return false;
	return true;
}

/* Whether a property that the schema knows has a value it can have; else a defect is noted.
 * MigrationType has values of other vendors too, and a reason of its own. */
static bool value_fits(struct check *c, const struct cim_property *p,
	const struct cim_loose_property *given, const char *of)
{
	bool own_map = strcmp(p->name, "MigrationType") == 0;

	if (has_type(c->arena, p, given) && (own_map || in_value_map(c->arena, p, given)))
		return true;
	check_defect(c, VSM1008, NULL, p->name, of, joined(c->arena, given));
	return false;
}

static const char *const *copied(struct arena *a, const struct cim_loose_property *p)
{
	const char **values = arena_array(a, p->n, sizeof *values);

	for (size_t i = 0; i < p->n; i++)
		values[i] = arena_strdup(a, p->values[i]);
	return values;
}

/* The properties that were given values, under the schema's spelling where it knows them. */
static const struct setting *read_properties(struct check *c, const struct kind *k,
	const struct cim_loose *l, const char *name, size_t *n)
{
	struct setting *list = arena_array(c->arena, l->n, sizeof *list);

	*n = 0;
	for (size_t i = 0; i < l->n; i++) {
		const struct cim_loose_property *given = &l->properties[i];
		const struct cim_property *known = cim_property_find(k->class, given->name);

		if (given->null || (known != NULL && !value_fits(c, known, given, name)))
			continue;
		list[(*n)++] = (struct setting){
			.name = known != NULL ? known->name : arena_strdup(c->arena, given->name),
			.values = copied(c->arena, given),
			.n = given->n
		};
	}
	return list;
}

/* MigrationType values that a schema defines: CIM's, and Hyper-V's. */
static bool type_defined(uint64_t type)
{
	return type <= 4 || (type >= 32768 && type <= 32772);
}

/* A number that value_fits has let through, or 0 when it was not given. */
static uint64_t number(
	struct check *c, const struct setting *props, size_t n, const char *name, bool *given)
{
	const char *text = setting_text(props, n, name);
	union cim_datum d = { 0 };
	struct err why;

	*given = text != NULL && cim_datum_from_text(c->arena, CIM_UINT64, text, &d, &why) == 0;
	return d.u;
}

static void read_type(struct check *c, const struct setting *props, size_t n)
{
	struct settings *s = &c->settings;
	bool given;
	uint64_t type = number(c, props, n, "MigrationType", &given);

	s->type = (unsigned)type;
	s->move = move_of_type(s->type);
	if (!type_defined(type))
		check_defect(
			c, VSM1009, NULL, arena_printf(c->arena, "%" PRIu64, type), NULL, NULL);
}

static void read_transport(struct check *c, const struct setting *props, size_t n)
{
	struct settings *s = &c->settings;
	bool given;

	s->transport = (enum transport)number(c, props, n, "TransportType", &given);
	s->other_transport = setting_text(props, n, "OtherTransportType");
	if ((s->transport == TRANSPORT_OTHER) != (s->other_transport != NULL))
		check_defect(c, VSM1010, NULL, NULL, NULL, NULL);
}

static void read_bandwidth(struct check *c, const struct setting *props, size_t n)
{
	struct settings *s = &c->settings;

	s->bandwidth = number(c, props, n, "Bandwidth", &s->has_bandwidth);
	s->bandwidth_unit = setting_text(props, n, "BandwidthUnit");
	if (s->bandwidth_unit == NULL || punit_is_data_rate(s->bandwidth_unit))
		return;
	if (!punit_is_percent(s->bandwidth_unit))
		check_defect(c, VSM1012, NULL, s->bandwidth_unit, NULL, NULL);
	else if (s->bandwidth > 100)
		check_defect(c, VSM1011, NULL, arena_printf(c->arena, "%" PRIu64, s->bandwidth),
			NULL, NULL);
}

static void read_addresses(struct check *c, const struct setting *props, size_t n)
{
	const struct setting *list = setting_find(props, n, "DestinationIPAddressList");
	unsigned char address[sizeof(struct in6_addr)];

	if (list == NULL)
		return;
	for (size_t i = 0; i < list->n; i++)
		if (inet_pton(AF_INET, list->values[i], address) != 1 &&
			inet_pton(AF_INET6, list->values[i], address) != 1)
			check_defect(c, VSM1013, NULL, arena_printf(c->arena, "%zu", i),
				list->values[i], NULL);
	c->settings.addresses = list->values;
	c->settings.n_addresses = list->n;
}

static bool is_true(const struct setting *props, size_t n, const char *name)
{
	const char *text = setting_text(props, n, name);

	return text != NULL && strcasecmp(text, "true") == 0;
}

/* Hyper-V's properties that mean something here. */
static void read_vendor(struct check *c, const struct setting *props, size_t n)
{
	const struct setting *unmanaged = setting_find(props, n, "UnmanagedVhds");

	c->settings.planned_vm = setting_text(props, n, "DestinationPlannedVirtualSystemId");
	c->settings.allow_overwrite = is_true(props, n, "AllowOverwriteExistingFile");
	c->settings.compression = is_true(props, n, "EnableCompression");
	if (unmanaged == NULL)
		return;
	c->settings.unmanaged = unmanaged->values;
	c->settings.n_unmanaged = unmanaged->n;
}

/* What other vendors' classes have and this service obeys. Libvirt never removes a disk of the
 * source, and compresses with its own method; asking for the contrary of the first is ignored. */
static bool obeyed(const struct setting *props, size_t n, const struct setting *s)
{
	static const char *const names[] = {
		"DestinationIPAddressList",
		"DestinationPlannedVirtualSystemId",
		"AllowOverwriteExistingFile",
		"UnmanagedVhds",
		"EnableCompression",
	};
	static const char *const native[] = { "RetainVhdCopiesOnSource", "AvoidRemovingVHDs" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcasecmp(s->name, names[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_LEN(native); i++)
		if (strcasecmp(s->name, native[i]) == 0)
			return is_true(props, n, native[i]);
	return false;
}

/* Properties that neither the standard class has nor this service reads. */
static void read_ignored(struct check *c, const struct setting *props, size_t n)
{
	const char **names = arena_array(c->arena, n, sizeof *names);

	for (size_t i = 0; i < n; i++)
		if (cim_property_find(migration_kind.class, props[i].name) == NULL &&
			!obeyed(props, n, &props[i]))
			names[c->settings.n_ignored++] = props[i].name;
	c->settings.ignored = names;
}

static void read_migration(struct check *c, const struct cim_value *v)
{
	const struct cim_loose *l = read_instance(c, &migration_kind, v, 0, migration_kind.name);
	const struct setting *props = NULL;
	size_t n = 0;

	if (l != NULL)
		props = read_properties(c, &migration_kind, l, migration_kind.name, &n);
	c->settings.given = l != NULL;
	read_type(c, props, n);
	c->settings.priority = number(c, props, n, "Priority", &c->settings.has_priority);
	read_bandwidth(c, props, n);
	read_transport(c, props, n);
	read_addresses(c, props, n);
	read_vendor(c, props, n);
	read_ignored(c, props, n);
}

static void read_system(struct check *c, const struct cim_value *v)
{
	const struct cim_loose *l = read_instance(c, &system_kind, v, 0, system_kind.name);
	struct new_system *s;

	if (l == NULL)
		return;
	s = arena_alloc(c->arena, sizeof *s);
	s->class_name = arena_strdup(c->arena, l->class_name);
	s->props = read_properties(c, &system_kind, l, system_kind.name, &s->n);
	c->settings.system = s;
}

static void read_resources(struct check *c, const struct cim_value *v)
{
	struct new_resource *list = arena_array(c->arena, v->n, sizeof *list);

	for (size_t i = 0; i < v->n; i++) {
		const char *name = arena_printf(c->arena, "%s[%zu]", resource_kind.name, i);
		const struct cim_loose *l = read_instance(c, &resource_kind, v, i, name);
		struct new_resource *r;

		if (l == NULL)
			continue;
		r = &list[c->settings.n_resources++];
		r->index = i;
		r->class_name = arena_strdup(c->arena, l->class_name);
		r->props = read_properties(c, &resource_kind, l, name, &r->n);
	}
	c->settings.resources = list;
}

void migratable_read_settings(struct check *c, const struct cim_value args[MIGRATABLE_ARG_COUNT])
{
	read_migration(c, &args[MIGRATABLE_ARG_MIGRATION]);
	read_system(c, &args[MIGRATABLE_ARG_NEW_SYSTEM]);
	read_resources(c, &args[MIGRATABLE_ARG_NEW_RESOURCES]);
}
