/*
 * DestinationIPAddressList: where the data go. An address that the target's name stands for is the
 * target's; it may have others that nobody tells, but never one that means the sender itself.
 */
#include "checks/rules/rules.h"

#include <arpa/inet.h>
#include <string.h>

/* Loopback, unspecified or multicast: no address of another host. */
static bool nowhere(const char *text)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		unsigned first = ntohl(v4.s_addr) >> 24;

		return first == 0 || first == 127 || first >= 224;
	}
	return inet_pton(AF_INET6, text, &v6) == 1 &&
	       (IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_UNSPECIFIED(&v6) ||
		       IN6_IS_ADDR_MULTICAST(&v6));
}

static bool same(const char *a, const char *b)
{
	static const int families[] = { AF_INET, AF_INET6 };
	unsigned char x[sizeof(struct in6_addr)], y[sizeof(struct in6_addr)];

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (inet_pton(families[i], a, x) == 1 && inet_pton(families[i], b, y) == 1)
			return memcmp(x, y, families[i] == AF_INET ? 4 : 16) == 0;
	return false;
}

static bool of_target(const struct facts *f, const char *address)
{
	for (size_t i = 0; i < f->dst.n_addresses; i++)
		if (same(address, f->dst.addresses[i]))
			return true;
	return false;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct settings *s = f->settings;
	size_t n_nowhere = 0;

	(void)c;
	for (size_t i = 0; i < s->n_addresses; i++) {
		if (of_target(f, s->addresses[i]))
			return;
		n_nowhere += nowhere(s->addresses[i]);
	}
	if (s->n_addresses == 0)
		return;
	if (n_nowhere == s->n_addresses)
		finding_detail(out, finding_add(out, VSM3016, rule_target(f)),
			"DestinationIPAddressList",
			rule_join(out->arena, s->addresses, s->n_addresses),
			"an address of the target host");
	else
		finding_unknown(out, "whether DestinationIPAddressList belongs to the target host",
			NULL, "libvirt tells no addresses of a host");
}

const struct rule rule_addresses = {
	.name = "addresses",
	.what = "whether the addresses given belong to the target host",
	.moves = MOVE_HOT,
	.needs = FACT_BIT(FACT_DST_HOST),
	.run = run,
};
