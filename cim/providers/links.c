#include "cim/providers/links.h"

#include <strings.h>

#include "checks/hypervisor/hv.h"
#include "cim/providers/capabilities.h"
#include "cim/providers/profile.h"
#include "cim/providers/service.h"
#include "cim/providers/system.h"
#include "cim/registry.h"

/* Values of the schema's maps. */
enum {
	CHARACTERISTIC_DEFAULT = 2,
	CHARACTERISTIC_CURRENT = 3,
	EFFECT_OTHER = 1,
	IS_DEFAULT = 1,
	POLICY_INDEPENDENT = 0,
	ROLE_DEFAULT = 0,
	RANGE_POINT = 0,
};

enum end {
	HOST,
	SERVICE,
	ADVISOR,
	CAPABILITIES,
	DEFAULT_SETTINGS,
	EACH_VM,
	PROFILE, /* and those behind it, by enum profile */
};

static const struct cim_instance *instance_of(struct cim_op *op, unsigned end)
{
	static const struct cim_instance *(*const makers[])(struct cim_op * op) = {
		[HOST] = system_host,
		[SERVICE] = service_instance,
		[ADVISOR] = advisor_instance,
		[CAPABILITIES] = capabilities_instance,
		[DEFAULT_SETTINGS] = default_settings_instance,
	};

	return end >= PROFILE ? profile_instance(op, (enum profile)(end - PROFILE))
			      : makers[end](op);
}

static void fill_capabilities(struct arena *a, struct cim_instance *i)
{
	static const uint64_t both[] = { CHARACTERISTIC_DEFAULT, CHARACTERISTIC_CURRENT };

	cim_set_uints(a, i, CIM_ElementCapabilities_p_Characteristics, both, ARRAY_LEN(both));
}

static void fill_default(struct arena *a, struct cim_instance *i)
{
	cim_set_uint(a, i, CIM_ElementSettingData_p_IsDefault, IS_DEFAULT);
}

static void fill_defined(struct arena *a, struct cim_instance *i)
{
	cim_set_uint(a, i, CIM_SettingsDefineCapabilities_p_PropertyPolicy, POLICY_INDEPENDENT);
	cim_set_uint(a, i, CIM_SettingsDefineCapabilities_p_ValueRole, ROLE_DEFAULT);
	cim_set_uint(a, i, CIM_SettingsDefineCapabilities_p_ValueRange, RANGE_POINT);
}

static void set_effect(struct arena *a, struct cim_instance *i, const char *words)
{
	static const uint64_t other[] = { EFFECT_OTHER };

	cim_set_uints(a, i, CIM_ServiceAffectsElement_p_ElementEffects, other, 1);
	cim_set_strs(a, i, CIM_ServiceAffectsElement_p_OtherElementEffectsDescriptions, &words, 1);
}

static void fill_effect_on_host(struct arena *a, struct cim_instance *i)
{
	set_effect(a, i, "Tells which of its virtual systems can migrate");
}

static void fill_effect_on_vm(struct arena *a, struct cim_instance *i)
{
	set_effect(a, i, "Tells whether it can migrate");
}

#define CLASS(name) &cim_class_CIM_##name
#define HAS(x) CLASS(x), CIM_##x##_p_Antecedent, CIM_##x##_p_Dependent
#define CAPABLE                                                                                    \
	CLASS(ElementCapabilities), CIM_ElementCapabilities_p_ManagedElement,                      \
		CIM_ElementCapabilities_p_Capabilities
#define SET                                                                                        \
	CLASS(ElementSettingData), CIM_ElementSettingData_p_ManagedElement,                        \
		CIM_ElementSettingData_p_SettingData
#define DEFINED                                                                                    \
	CLASS(SettingsDefineCapabilities), CIM_SettingsDefineCapabilities_p_GroupComponent,        \
		CIM_SettingsDefineCapabilities_p_PartComponent
#define AFFECTS                                                                                    \
	CLASS(ServiceAffectsElement), CIM_ServiceAffectsElement_p_AffectingElement,                \
		CIM_ServiceAffectsElement_p_AffectedElement
#define STANDARD                                                                                   \
	CLASS(ElementConformsToProfile), CIM_ElementConformsToProfile_p_ConformantStandard,        \
		CIM_ElementConformsToProfile_p_ManagedElement

/* The second end may be EACH_VM, the first may not. */
static const struct link {
	const struct cim_class *class;
	size_t first_property, second_property;
	unsigned first, second;
	void (*fill)(struct arena *a, struct cim_instance *i);
} links[] = {
	{ HAS(HostedService), HOST, SERVICE, NULL },
	{ HAS(HostedService), HOST, ADVISOR, NULL },
	{ HAS(HostedDependency), HOST, EACH_VM, NULL },
	{ AFFECTS, SERVICE, HOST, fill_effect_on_host },
	{ AFFECTS, SERVICE, EACH_VM, fill_effect_on_vm },
	{ CAPABLE, SERVICE, CAPABILITIES, fill_capabilities },
	{ SET, SERVICE, DEFAULT_SETTINGS, fill_default },
	{ DEFINED, CAPABILITIES, DEFAULT_SETTINGS, fill_defined },
	{ STANDARD, PROFILE + PROFILE_MIGRATION, SERVICE, NULL },
	{ STANDARD, PROFILE + PROFILE_SYSTEM_VIRTUALIZATION, HOST, NULL },
	{ STANDARD, PROFILE + PROFILE_VIRTUAL_SYSTEM, EACH_VM, NULL },
	{ HAS(ReferencedProfile), PROFILE + PROFILE_REGISTRATION, PROFILE + PROFILE_MIGRATION,
		NULL },
	{ HAS(ReferencedProfile), PROFILE + PROFILE_REGISTRATION,
		PROFILE + PROFILE_SYSTEM_VIRTUALIZATION, NULL },
	{ HAS(ReferencedProfile), PROFILE + PROFILE_SYSTEM_VIRTUALIZATION,
		PROFILE + PROFILE_MIGRATION, NULL },
	{ HAS(ReferencedProfile), PROFILE + PROFILE_VIRTUAL_SYSTEM,
		PROFILE + PROFILE_SYSTEM_VIRTUALIZATION, NULL },
	{ HAS(ReferencedProfile), PROFILE + PROFILE_RESOURCE_VIRTUALIZATION,
		PROFILE + PROFILE_SYSTEM_VIRTUALIZATION, NULL },
};

static bool is_asked_for(const struct cim_op *op, const struct link *l)
{
	const struct registry_row *row = op->row;

	return l->class == row->class;
}

static void add(struct cim_op *op, const struct link *l, const struct cim_ref *second)
{
	struct arena *a = op->arena;
	struct cim_instance *i = cim_instance_new(a, l->class, op->ns);

	cim_set_ref(a, i, l->first_property, cim_ref_of(a, instance_of(op, l->first)));
	cim_set_ref(a, i, l->second_property, second);
	if (l->fill != NULL)
		l->fill(a, i);
	registry_add(op, i);
}

void links_single(struct cim_op *op)
{
	for (size_t l = 0; l < ARRAY_LEN(links); l++)
		if (is_asked_for(op, &links[l]) && links[l].second != EACH_VM)
			add(op, &links[l], cim_ref_of(op->arena, instance_of(op, links[l].second)));
}

/* The links of one virtual system. */
static void add_of_vm(struct cim_op *op, const struct cim_ref *vm)
{
	for (size_t l = 0; l < ARRAY_LEN(links); l++)
		if (is_asked_for(op, &links[l]) && links[l].second == EACH_VM)
			add(op, &links[l], vm);
}

static bool is_host(struct cim_op *op, const struct cim_instance *system)
{
	const struct cim_value *name = &system->values[CIM_ComputerSystem_p_Name];

	return strcasecmp(name->data[0].str, hv_host_name(op->cim->hv)) == 0;
}

static void add_system(struct cim_op *op, const struct cim_instance *system)
{
	registry_know(op, system);
	if (!is_host(op, system))
		add_of_vm(op, cim_ref_of(op->arena, system));
}

void links_enumerate(struct cim_op *op)
{
	bool vms = false;

	for (size_t l = 0; l < ARRAY_LEN(links); l++)
		vms = vms || (is_asked_for(op, &links[l]) && links[l].second == EACH_VM);
	links_single(op);
	if (vms)
		system_each(op, NULL, add_system);
	else
		registry_done(op);
}

/* Whether the object has links to all virtual systems. */
static bool leads_to_all(struct cim_op *op, const struct cim_ref *object)
{
	for (size_t l = 0; l < ARRAY_LEN(links); l++)
		if (is_asked_for(op, &links[l]) && links[l].second == EACH_VM &&
			cim_ref_same(
				object, cim_ref_of(op->arena, instance_of(op, links[l].first))))
			return true;
	return false;
}

/* Which virtual systems there are is asked only when the object has to do with all of them. */
void links_involve(struct cim_op *op)
{
	const struct cim_ref *object = cim_ref_of(op->arena, op->object);

	if (leads_to_all(op, object)) {
		links_enumerate(op);
		return;
	}
	links_single(op);
	if (op->object->class == &cim_class_CIM_ComputerSystem && !is_host(op, op->object))
		add_of_vm(op, object);
	registry_done(op);
}
