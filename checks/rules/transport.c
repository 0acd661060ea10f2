/*
 * TransportType says how the data travels; it never changes which connection asks. Only a move of
 * memory has data to carry.
 */
#include "checks/rules/rules.h"

#include <strings.h>

static const struct transport_row {
	enum transport transport;
	const char *name, *scheme; /* scheme: what the capabilities must list; NULL: none fits */
	bool clear; /* the data travels unencrypted */
} rows[] = {
	{ TRANSPORT_SSH, "2 (SSH)", "tcp", true },
	{ TRANSPORT_TLS, "3 (TLS)", "tcp", false },
	{ TRANSPORT_TLS_STRICT, "4 (TLS Strict)", "tcp", false },
	{ TRANSPORT_TCP, "5 (TCP)", "tcp", true },
	{ TRANSPORT_IPC, "6 (IPC)", "unix", false },
	{ TRANSPORT_SMB, "32768 (SMB)", NULL, false },
};
static const struct transport_row rdma = { TRANSPORT_OTHER, "1 (rdma)", "rdma", true };
static const struct transport_row other = { TRANSPORT_OTHER, "1 (Other)", NULL, true };

static const struct transport_row *row_of(const struct settings *s)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].transport == s->transport)
			return &rows[i];
	if (s->transport != TRANSPORT_OTHER)
		return NULL;
	return s->other_transport && strcasecmp(s->other_transport, "rdma") == 0 ? &rdma : &other;
}

static bool offered(const struct host_facts *h, const struct transport_row *row,
	struct findings *out, const char *which)
{
	const struct host_caps *caps = &h->caps;

	if (row->scheme && (!caps->has_migration ||
				   rule_has(caps->transports, caps->n_transports, row->scheme)))
		return true;
	const char *list = rule_join(out->arena, caps->transports, caps->n_transports);
	struct finding *found = finding_add(out, VSM3004, row->name, which, list);
	finding_detail(out, found, arena_printf(out->arena, "host %s", rule_name(h->name)), list,
		row->scheme);
	return false;
}

/* The target's that are missing are said by the rule "probe". */
static void credentials(
	const struct facts *f, const struct transport_row *row, struct findings *out)
{
	const struct host_caps *caps = &f->src.caps;
	bool there = rule_started(f) && f->probe.tls;

	if (f->probe.client_tls == TRI_NO)
		finding_detail(out,
			finding_add(out, VSM3004, row->name,
				"the source host, whose hypervisor lacks the credentials",
				rule_join(out->arena, caps->transports, caps->n_transports)),
			"credentials", f->probe.client_text,
			"CA certificate, and of a client certificate its key too");
	else
		finding_unknown(out,
			there && f->probe.client_tls == TRI_YES
				? "whether the two hypervisors accept each other's credentials for "
				  "TLS"
			: there ? "whether the source's hypervisor has credentials for TLS"
				: "whether both hypervisors have credentials for TLS",
			NULL, "libvirt tells of them only when a migration begins");
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct transport_row *row = row_of(f->settings);

	(void)c;
	if (!row || !offered(&f->src, row, out, "the source host") ||
		!offered(&f->dst, row, out, "the target host"))
		return;
	if (row == &rdma && f->config.hard_limit_kib == 0)
		finding_detail(out,
			finding_add(out, VSM3006, "TransportType 1 (rdma)",
				"a hard_limit in the guest's <memtune>"),
			NULL, "no hard_limit", "hard_limit");
	if (row->clear)
		finding_add(out, VSM5015, row->name);
	if (settings_tls(f->settings))
		credentials(f, row, out);
}

const struct rule rule_transport = {
	.name = "transport",
	.what = "whether the transport asked for is offered",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_SRC_CAPS) | FACT_BIT(FACT_DST_CAPS),
	.run = run,
};
