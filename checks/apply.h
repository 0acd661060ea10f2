/*
 * New settings applied to a VM's configuration: what would run on the target.
 *
 * A pure function of its inputs. What the caller asked for and cannot have, or what this service
 * cannot map, becomes a finding; nothing is dropped in silence.
 */
#ifndef VSMIGD_CHECKS_APPLY_H
#define VSMIGD_CHECKS_APPLY_H

#include "checks/finding.h"
#include "checks/settings.h"
#include "checks/vm_config.h"

/*
 * Sets *out to `stored` with NewSystemSettingData and NewResourceSettingData applied. Devices keep
 * their order and number. New text and arrays are in `a`, the rest is shared with
 * `stored` and `s`. `fs` takes the findings; NULL: they are not wanted.
 */
void apply_settings(const struct vm_config *stored, const struct settings *s, struct arena *a,
	struct vm_config *out, struct findings *fs);

#endif
