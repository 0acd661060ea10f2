/*
 * What the target's hook says to the virtual system's own name. Libvirt asks it before it looks whether
 * there is another guest of this UUID, and there is one for as long as the hook takes: nobody ends the
 * scout that waits there meanwhile.
 */
#include <stdio.h>
#include <string.h>

#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/scout_inner.h"
#include "daemon/base/count.h"

void scout_params_add(struct scout_params *p, const char *name, const char *value)
{
	int max = p->n;

	virTypedParamsAddString(&p->items, &p->n, &max, name, value);
}

void scout_params_make(struct scout_params *p, const struct scout *s, size_t i, struct arena *a)
{
	const char *address = s->n_addresses ? s->addresses[i] : NULL;

	if (address) {
		scout_params_add(p, VIR_MIGRATE_PARAM_URI,
			arena_printf(a, strchr(address, ':') ? "tcp://[%s]" : "tcp://%s", address));
		scout_params_add(p, VIR_MIGRATE_PARAM_LISTEN_ADDRESS, address);
	}
	if (s->tls_name)
		scout_params_add(p, VIR_MIGRATE_PARAM_TLS_DESTINATION, s->tls_name);
}

void scout_params_free(struct scout_params *p)
{
	virTypedParamsFree(p->items, p->n);
}

void scout_hear(int code, const char *message, const char *uuid, struct scout_result *out)
{
	if (code == VIR_ERR_HOOK_SCRIPT_FAILED) {
		out->named = out->through = TRI_NO;
		out->cause = WAY_HOOK;
		snprintf(out->text, sizeof out->text, "%s", message);
		probe_shorten(out->text);
	} else if (code == VIR_ERR_OPERATION_FAILED &&
		   strstr(message, "already defined with uuid") && strstr(message, uuid)) {
		out->named = TRI_YES;
	}
}

void scout_ask_hook(const struct scout_question *q, struct scout_result *out)
{
	auto_dom virDomainPtr again = NULL, there = NULL;

	count_add(COUNT_HV_CALLS_TOTAL, 2);
	again = virDomainCreateXML(q->from, q->xml, VIR_DOMAIN_START_PAUSED);
	if (!again)
		return;
	there = virDomainMigrate3(again, q->to, q->params.items, (unsigned)q->params.n, q->flags);
	if (!there)
		scout_hear(virGetLastErrorCode(), virGetLastErrorMessage(), q->uuid, out);
}
