/* libvirt ignores the image: an offline move leaves the guest's memory behind. */
#include "checks/rules/rules.h"

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	if (!f->vm.save_image)
		return;
	if (f->settings->move != MOVE_OFFLINE) {
		finding_add(out, VSM5008, NULL);
		return;
	}
	struct finding *found = finding_add(out, VSM2021, rule_vm(f), "an offline move");
	finding_detail(out, found, NULL, "a managed save image", "none");
	rule_policy(found, c->refuse_saved_image);
}

const struct rule rule_save_image = {
	.name = "save-image",
	.what = "whether a managed save image would be left behind",
	.moves = MOVE_ANY,
	.needs = FACT_BIT(FACT_VM_SAVE_IMAGE),
	.run = run,
};
