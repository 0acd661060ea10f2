#include "cim/providers/destination_host.h"

#include "checks/hypervisor/hv.h"
#include "cim/registry.h"
#include "cim/uri.h"

void destination_host_enumerate(struct cim_op *op)
{
	struct arena *a = op->arena;
	size_t n;
	const struct hv_host *hosts = hv_hosts(op->cim->hv, a, &n);

	for (size_t h = 0; h < n; h++) {
		struct cim_instance *i =
			cim_instance_new(a, &cim_class_VSMIG_DestinationHost, CIM_NS_DEFAULT);

		cim_set_str(a, i, VSMIG_DestinationHost_p_Name, hosts[h].name);
		cim_set_str(a, i, VSMIG_DestinationHost_p_ElementName, hosts[h].name);
		cim_set_str(a, i, VSMIG_DestinationHost_p_URI, hv_public_uri(a, hosts[h].uri));
		cim_set_bool(a, i, VSMIG_DestinationHost_p_Maintenance, hosts[h].maintenance);
		cim_set_uint(a, i, VSMIG_DestinationHost_p_MaxMigrations, hosts[h].max_migrations);
		registry_add(op, i);
	}
	registry_done(op);
}
