#include "cim/providers/service.h"

#include "checks/hypervisor/hv.h"
#include "cim/registry.h"
#include "cim/uri.h"

/* Neither class adds a property, so CIM_Service's indices hold for both. */
_Static_assert((int)CIM_VirtualSystemMigrationService_p_COUNT == (int)CIM_Service_p_COUNT,
	"indices of the migration service");
_Static_assert(
	(int)VSMIG_MigrationAdvisor_p_COUNT == (int)CIM_Service_p_COUNT, "indices of the advisor");

/* Values of the schema's maps. */
enum { ENABLED = 2, NOT_APPLICABLE = 12, STATUS_OK = 2, HEALTH_OK = 5 };

static struct cim_instance *make(struct cim_op *op, const struct cim_class *c, const char *name)
{
	static const uint64_t ok[] = { STATUS_OK };
	struct arena *a = op->arena;
	struct cim_instance *i = cim_instance_new(a, c, CIM_NS_DEFAULT);

	cim_set_str(a, i, CIM_Service_p_SystemCreationClassName, "CIM_ComputerSystem");
	cim_set_str(a, i, CIM_Service_p_SystemName, hv_host_name(op->cim->hv));
	cim_set_str(a, i, CIM_Service_p_CreationClassName, c->name);
	cim_set_str(a, i, CIM_Service_p_Name, "vsmigd");
	cim_set_str(a, i, CIM_Service_p_ElementName, name);
	cim_set_uint(a, i, CIM_Service_p_EnabledState, ENABLED);
	cim_set_uint(a, i, CIM_Service_p_RequestedState, NOT_APPLICABLE);
	cim_set_uint(a, i, CIM_Service_p_TransitioningToState, NOT_APPLICABLE);
	cim_set_uints(a, i, CIM_Service_p_OperationalStatus, ok, ARRAY_LEN(ok));
	cim_set_uint(a, i, CIM_Service_p_HealthState, HEALTH_OK);
	cim_set_bool(a, i, CIM_Service_p_Started, true);
	return i;
}

const struct cim_instance *service_instance(struct cim_op *op)
{
	return make(op, &cim_class_CIM_VirtualSystemMigrationService, "Migration Service");
}

void service_enumerate(struct cim_op *op)
{
	registry_add(op, service_instance(op));
	registry_done(op);
}

const struct cim_instance *advisor_instance(struct cim_op *op)
{
	return make(op, &cim_class_VSMIG_MigrationAdvisor, "Migration Advisor");
}

void advisor_enumerate(struct cim_op *op)
{
	registry_add(op, advisor_instance(op));
	registry_done(op);
}
