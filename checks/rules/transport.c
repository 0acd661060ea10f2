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

static void credentials(
	const struct facts *f, const struct transport_row *row, struct findings *out)
{
	const struct host_caps *caps = &f->dst.caps;

	if (rule_way_fails(f, WAY_CREDENTIALS))
		finding_detail(out,
			finding_add(out, VSM3004, row->name,
				arena_printf(out->arena,
					"both hosts, for their hypervisors lack credentials, or do "
					"not accept each other's: %s",
					f->way.text),
				rule_join(out->arena, caps->transports, caps->n_transports)),
			"credentials", f->way.text,
			"CA certificate, certificate and key of a client on the source and of a "
			"server on the target, with the name or address that it is called by");
	else if (!rule_through(f))
		finding_unknown(out,
			"whether both hypervisors have credentials for TLS, and accept each "
			"other's",
			NULL,
			rule_way_why(f, "libvirt tells of them only when a migration begins"));
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
