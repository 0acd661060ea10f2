#include "cim/providers/profile.h"

#include "cim/registry.h"
#include "cim/uri.h"

/* Values of the schema's maps. */
enum { SPECIFICATION_PROFILE = 2, ORGANIZATION_DMTF = 2, NOT_ADVERTISED = 2 };

static const struct {
	const char *name, *version, *scope;
} profiles[PROFILE_COUNT] = {
	[PROFILE_REGISTRATION] = { "Profile Registration", "1.0.0",
		"Profiles, what keeps to them, and which of them builds on which." },
	[PROFILE_MIGRATION] = { "Virtual System Migration", "1.0.0",
		"Whether a virtual system can migrate is told; the migrating is left to others." },
	[PROFILE_SYSTEM_VIRTUALIZATION] = { "System Virtualization", "1.0.0",
		"The host, its virtual systems and its pools are shown; nothing is defined or "
		"changed." },
	[PROFILE_VIRTUAL_SYSTEM] = { "Virtual System", "1.0.0",
		"Virtual systems, their settings and their devices are shown; nothing is "
		"changed." },
	[PROFILE_RESOURCE_VIRTUALIZATION] = { "Generic Device Resource Virtualization", "1.0.0",
		"Resources, their settings and their pools are shown; nothing is changed." },
};

const struct cim_instance *profile_instance(struct cim_op *op, enum profile p)
{
	static const uint64_t advertised[] = { NOT_ADVERTISED };
	struct arena *a = op->arena;
	struct cim_instance *i =
		cim_instance_new(a, &cim_class_CIM_RegisteredProfile, CIM_NS_INTEROP);

	cim_set_str(a, i, CIM_RegisteredProfile_p_InstanceID,
		arena_printf(a, "vsmigd:profile:%s:%s", profiles[p].name, profiles[p].version));
	cim_set_str(a, i, CIM_RegisteredProfile_p_ElementName, profiles[p].name);
	cim_set_str(a, i, CIM_RegisteredProfile_p_Description, profiles[p].scope);
	cim_set_str(a, i, CIM_RegisteredProfile_p_RegisteredName, profiles[p].name);
	cim_set_str(a, i, CIM_RegisteredProfile_p_RegisteredVersion, profiles[p].version);
	cim_set_uint(a, i, CIM_RegisteredProfile_p_RegisteredOrganization, ORGANIZATION_DMTF);
	cim_set_uint(a, i, CIM_RegisteredProfile_p_SpecificationType, SPECIFICATION_PROFILE);
	cim_set_uints(
		a, i, CIM_RegisteredProfile_p_AdvertiseTypes, advertised, ARRAY_LEN(advertised));
	return i;
}

void profile_enumerate(struct cim_op *op)
{
	for (size_t p = 0; p < PROFILE_COUNT; p++)
		registry_add(op, profile_instance(op, (enum profile)p));
	registry_done(op);
}
