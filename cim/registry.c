#include "cim/registry.h"

#include "cim/providers/capabilities.h"
#include "cim/providers/destination_host.h"
#include "cim/providers/migratable.h"
#include "cim/providers/service.h"
#include "cim/providers/system.h"

static const struct registry_method service_methods[] = {
	{ CIM_VirtualSystemMigrationService_m_CheckVirtualSystemIsMigratableToHost,
		migratable_check },
};

static const struct registry_method advisor_methods[] = {
	{ VSMIG_MigrationAdvisor_m_ExplainVirtualSystemIsMigratableToHost, migratable_explain },
};

const struct registry_row registry_rows[] = {
	{
		.class = &cim_class_CIM_VirtualSystemMigrationService,
		.enumerate = service_enumerate,
		.singleton = true,
		.methods = service_methods,
		.n_methods = ARRAY_LEN(service_methods),
	},
	{
		.class = &cim_class_VSMIG_MigrationAdvisor,
		.enumerate = advisor_enumerate,
		.singleton = true,
		.methods = advisor_methods,
		.n_methods = ARRAY_LEN(advisor_methods),
	},
	{
		.class = &cim_class_CIM_VirtualSystemMigrationCapabilities,
		.enumerate = capabilities_enumerate,
		.singleton = true,
	},
	{
		.class = &cim_class_CIM_VirtualSystemMigrationSettingData,
		.enumerate = default_settings_enumerate,
		.singleton = true,
	},
	{
		.class = &cim_class_CIM_ElementCapabilities,
		.enumerate = element_capabilities_enumerate,
		.singleton = true,
	},
	{
		.class = &cim_class_CIM_ComputerSystem,
		.enumerate = system_enumerate,
		.get = system_get,
	},
	{
		.class = &cim_class_VSMIG_DestinationHost,
		.enumerate = destination_host_enumerate,
	},
};
const size_t registry_row_count = ARRAY_LEN(registry_rows);
