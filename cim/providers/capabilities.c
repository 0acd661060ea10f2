#include "cim/providers/capabilities.h"

#include "checks/check.h"
#include "checks/facts.h"
#include "cim/registry.h"
#include "cim/uri.h"

/* Values of the schema's maps. */
enum {
	METHOD_CHECK_TO_HOST = 4,
	METHOD_CHECK_TO_SYSTEM = 5,
	MIGRATION_LIVE = 2,
	NOT_CHANGEABLE = 0,
};

static const struct {
	enum host_format format;
	uint64_t value; /* of DestinationHostFormatsSupported */
} formats[] = {
	{ FORMAT_NAME, 2 },
	{ FORMAT_IPV4, 3 },
	{ FORMAT_IPV6, 4 },
};

const struct cim_instance *capabilities_instance(struct cim_op *op)
{
	static const uint64_t methods[] = { METHOD_CHECK_TO_HOST, METHOD_CHECK_TO_SYSTEM };
	unsigned offered = checks_config(op->cim->checks)->formats;
	uint64_t values[ARRAY_LEN(formats)];
	struct arena *a = op->arena;
	struct cim_instance *i = cim_instance_new(
		a, &cim_class_CIM_VirtualSystemMigrationCapabilities, CIM_NS_DEFAULT);
	size_t n = 0;

	for (size_t f = 0; f < ARRAY_LEN(formats); f++)
		if (offered & formats[f].format)
			values[n++] = formats[f].value;
	cim_set_str(
		a, i, CIM_VirtualSystemMigrationCapabilities_p_InstanceID, "vsmigd:capabilities");
	cim_set_str(a, i, CIM_VirtualSystemMigrationCapabilities_p_ElementName,
		"Migration Capabilities");
	cim_set_uints(a, i, CIM_VirtualSystemMigrationCapabilities_p_SynchronousMethodsSupported,
		methods, ARRAY_LEN(methods));
	cim_set_uints(a, i, CIM_VirtualSystemMigrationCapabilities_p_AsynchronousMethodsSupported,
		NULL, 0);
	cim_set_uints(a, i,
		CIM_VirtualSystemMigrationCapabilities_p_DestinationHostFormatsSupported, values,
		n);
	return i;
}

void capabilities_enumerate(struct cim_op *op)
{
	registry_add(op, capabilities_instance(op));
	registry_done(op);
}

/* What a check does when the caller sends no MigrationSettingData. */
const struct cim_instance *default_settings_instance(struct cim_op *op)
{
	struct arena *a = op->arena;
	struct cim_instance *i = cim_instance_new(
		a, &cim_class_CIM_VirtualSystemMigrationSettingData, CIM_NS_DEFAULT);

	cim_set_str(a, i, CIM_VirtualSystemMigrationSettingData_p_InstanceID, "vsmigd:default");
	cim_set_str(a, i, CIM_VirtualSystemMigrationSettingData_p_ElementName,
		"Default Migration Settings");
	cim_set_uint(a, i, CIM_VirtualSystemMigrationSettingData_p_MigrationType, MIGRATION_LIVE);
	cim_set_uint(a, i, CIM_VirtualSystemMigrationSettingData_p_Priority, 0);
	cim_set_uint(a, i, CIM_VirtualSystemMigrationSettingData_p_Bandwidth, 0);
	cim_set_uint(a, i, CIM_VirtualSystemMigrationSettingData_p_ChangeableType, NOT_CHANGEABLE);
	return i;
}

void default_settings_enumerate(struct cim_op *op)
{
	registry_add(op, default_settings_instance(op));
	registry_done(op);
}
