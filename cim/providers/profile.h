/* CIM_RegisteredProfile: the profiles that are kept to here. */
#ifndef VSMIGD_CIM_PROVIDERS_PROFILE_H
#define VSMIGD_CIM_PROVIDERS_PROFILE_H

#include "cim/cim.h"

enum profile {
	PROFILE_REGISTRATION, /* DSP1033 */
	PROFILE_MIGRATION, /* DSP1081 */
	PROFILE_SYSTEM_VIRTUALIZATION, /* DSP1042 */
	PROFILE_VIRTUAL_SYSTEM, /* DSP1057 */
	PROFILE_RESOURCE_VIRTUALIZATION, /* DSP1059 */
	PROFILE_COUNT
};

void profile_enumerate(struct cim_op *op);
const struct cim_instance *profile_instance(struct cim_op *op, enum profile p);

#endif
