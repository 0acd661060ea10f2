#include "checks/rules/rules.h"

#define RULE_ROW(x) &rule_##x,
const struct rule *const rules[] = { RULES(RULE_ROW) NULL };
