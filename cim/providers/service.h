/* CIM_VirtualSystemMigrationService and VSMIG_MigrationAdvisor: one instance each. */
#ifndef VSMIGD_CIM_PROVIDERS_SERVICE_H
#define VSMIGD_CIM_PROVIDERS_SERVICE_H

#include "cim/cim.h"

void service_enumerate(struct cim_op *op);
void advisor_enumerate(struct cim_op *op);
const struct cim_instance *service_instance(struct cim_op *op);
const struct cim_instance *advisor_instance(struct cim_op *op);

#endif
