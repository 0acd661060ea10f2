#include "cim/registry.h"

#include "cim/providers/capabilities.h"
#include "cim/providers/destination_host.h"
#include "cim/providers/device.h"
#include "cim/providers/links.h"
#include "cim/providers/migratable.h"
#include "cim/providers/part_links.h"
#include "cim/providers/profile.h"
#include "cim/providers/resource_pool.h"
#include "cim/providers/resource_settings.h"
#include "cim/providers/service.h"
#include "cim/providers/system.h"
#include "cim/providers/system_settings.h"

static const struct registry_method service_methods[] = {
	{ CIM_VirtualSystemMigrationService_m_CheckVirtualSystemIsMigratableToHost,
		migratable_check },
	{ CIM_VirtualSystemMigrationService_m_CheckVirtualSystemIsMigratableToSystem,
		migratable_check_system },
};

static const struct registry_method advisor_methods[] = {
	{ VSMIG_MigrationAdvisor_m_ExplainVirtualSystemIsMigratableToHost, migratable_explain },
	{ VSMIG_MigrationAdvisor_m_RankDestinations, migratable_rank },
	{ VSMIG_MigrationAdvisor_m_ExplainVirtualSystemIsMigratableToSystem,
		migratable_explain_system },
};

/* An association of virtual systems with what they are made of. */
#define PART_LINKS(name)                                                                           \
	.class = &cim_class_##name, .enumerate = part_links_enumerate, .get = part_links_get,      \
	.involve = part_links_involve
#define LINKS(name)                                                                                \
	.class = &cim_class_##name, .enumerate = links_enumerate, .involve = links_involve

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
		.class = &cim_class_CIM_ComputerSystem,
		.enumerate = system_enumerate,
		.get = system_get,
	},
	{
		.class = &cim_class_CIM_VirtualSystemSettingData,
		.enumerate = system_settings_enumerate,
		.get = system_settings_get,
	},
	{
		.class = &cim_class_CIM_ResourceAllocationSettingData,
		.enumerate = resource_settings_enumerate,
		.get = resource_settings_get,
	},
	{
		.class = &cim_class_CIM_ProcessorAllocationSettingData,
		.enumerate = resource_settings_enumerate,
		.get = resource_settings_get,
	},
	{
		.class = &cim_class_CIM_StorageAllocationSettingData,
		.enumerate = resource_settings_enumerate,
		.get = resource_settings_get,
	},
	{
		.class = &cim_class_CIM_EthernetPortAllocationSettingData,
		.enumerate = resource_settings_enumerate,
		.get = resource_settings_get,
	},
	{
		.class = &cim_class_CIM_Processor,
		.enumerate = device_enumerate,
		.get = device_get,
	},
	{
		.class = &cim_class_CIM_Memory,
		.enumerate = device_enumerate,
		.get = device_get,
	},
	{
		.class = &cim_class_CIM_LogicalDisk,
		.enumerate = device_enumerate,
		.get = device_get,
	},
	{
		.class = &cim_class_CIM_EthernetPort,
		.enumerate = device_enumerate,
		.get = device_get,
	},
	{
		.class = &cim_class_CIM_ResourcePool,
		.enumerate = resource_pool_enumerate,
	},
	{
		.class = &cim_class_VSMIG_DestinationHost,
		.enumerate = destination_host_enumerate,
	},
	{
		.class = &cim_class_CIM_RegisteredProfile,
		.ns = REGISTRY_NS_INTEROP,
		.enumerate = profile_enumerate,
	},
	{ LINKS(CIM_HostedService) },
	{ LINKS(CIM_HostedDependency) },
	{ LINKS(CIM_ServiceAffectsElement) },
	{ LINKS(CIM_ElementCapabilities) },
	{ PART_LINKS(CIM_ElementSettingData) },
	{ PART_LINKS(CIM_SettingsDefineState) },
	{ PART_LINKS(CIM_VirtualSystemSettingDataComponent) },
	{ PART_LINKS(CIM_SystemDevice) },
	{ PART_LINKS(CIM_ResourceAllocationFromPool) },
	{ PART_LINKS(CIM_ElementAllocatedFromPool) },
	{
		.class = &cim_class_CIM_HostedResourcePool,
		.enumerate = hosted_pool_enumerate,
		.involve = hosted_pool_involve,
	},
	{ LINKS(CIM_SettingsDefineCapabilities) },
	{ LINKS(CIM_ElementConformsToProfile), .ns = REGISTRY_NS_BOTH },
	{ LINKS(CIM_ReferencedProfile), .ns = REGISTRY_NS_INTEROP },
};
const size_t registry_row_count = ARRAY_LEN(registry_rows);
