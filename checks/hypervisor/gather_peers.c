/* What else is on the destination: MAC addresses, ports and CIDs in use, migrations under way. */
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_PEERS = 1000 };

struct domain_list {
	virDomainPtr *items;
	int n;
};

static void domain_list_free(struct domain_list *l)
{
	for (int i = 0; i < l->n; i++)
		virDomainFree(l->items[i]);
	free(l->items);
}

static void read_nics(struct side *s, const struct vm_config *config, struct peer *out)
{
	const char **macs = arena_array(s->arena, config->n_nics, sizeof *macs);
	const char **networks = arena_array(s->arena, config->n_nics, sizeof *networks);

	for (size_t i = 0; i < config->n_nics; i++) {
		const struct vm_nic *nic = &config->nics[i];

		macs[i] = nic->mac;
		networks[i] = nic->network ? nic->network : nic->bridge ? nic->bridge : nic->dev;
	}
	out->macs = macs;
	out->networks = networks;
	out->n_macs = config->n_nics;
}

static void push_port(struct side *s, int **ports, struct peer *out, int port)
{
	if (port > 0)
		*ARENA_PUSH(s->arena, *ports, out->n_ports) = port;
}

/* A port that a stored configuration leaves to libvirt is not in use; a live one is. */
static void read_ports(struct side *s, const struct vm_config *config, struct peer *out)
{
	int *ports = NULL;

	for (size_t i = 0; i < config->n_graphics; i++) {
		push_port(s, &ports, out, config->graphics[i].port);
		push_port(s, &ports, out, config->graphics[i].tls_port);
	}
	for (size_t i = 0; i < config->n_chardevs; i++)
		if (config->chardevs[i].mode && config->chardevs[i].service &&
			strcmp(config->chardevs[i].mode, "bind") == 0)
			push_port(s, &ports, out, atoi(config->chardevs[i].service));
	out->ports = ports;
}

static bool read_peer(struct side *s, virDomainPtr dom, struct peer *out)
{
	struct vm_config config;
	struct err e;
	char *text;
	int r;

	if (!side_more(s, "reading the virtual systems of the target host"))
		return false;
	text = virDomainGetXMLDesc(dom, 0);
	if (!text)
		return true; /* it went away meanwhile */
	r = vxml_domain(text, s->arena, &config, &e);
	free(text);
	if (r < 0)
		return true;
	*out = (struct peer){
		.name = config.name,
		.uuid = config.uuid,
		.vsock_cid = config.vsock_cid,
		.active = virDomainGetID(dom) != (unsigned)-1,
	};
	read_nics(s, &config, out);
	read_ports(s, &config, out);
	return true;
}

/* Moves in and out of the host, counted only where their number is limited. */
static void count_migration(struct side *s, virDomainPtr dom)
{
	virTypedParameterPtr params = NULL;
	int type = 0, n = 0, operation = 0;

	if (!s->host->max_migrations || virDomainGetID(dom) == (unsigned)-1 ||
		!side_more(s, "counting migrations of the target host"))
		return;
	if (virDomainGetJobStats(dom, &type, &params, &n, 0) < 0)
		return;
	virTypedParamsGetInt(params, n, VIR_DOMAIN_JOB_OPERATION, &operation);
	virTypedParamsFree(params, n);
	s->host->migrations += type != VIR_DOMAIN_JOB_NONE &&
			       (operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN ||
				       operation == VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT);
}

void gather_peers(struct side *s)
{
	__attribute__((cleanup(domain_list_free))) struct domain_list all = { 0 };
	struct peer *peers;

	if (!side_begin(s, FACT_DST_DOMAINS, "listing the virtual systems of the target host"))
		return;
	all.n = virConnectListAllDomains(s->v, &all.items, 0);
	if (all.n < 0) {
		all.n = 0;
		side_failed(s, FACT_DST_DOMAINS);
		return;
	}
	if (all.n > MAX_PEERS) {
		facts_set_unknown(s->f, FACT_DST_DOMAINS,
			"there are more virtual systems than are looked at", NULL);
		return;
	}
	peers = arena_array(s->arena, (size_t)all.n, sizeof *peers);
	for (int i = 0; i < all.n; i++) {
		if (!read_peer(s, all.items[i], &peers[s->f->n_peers]))
			break;
		s->f->n_peers += peers[s->f->n_peers].name != NULL;
		count_migration(s, all.items[i]);
	}
	s->f->peers = peers;
	s->missing = NULL;
	side_end(s, FACT_DST_DOMAINS);
}
