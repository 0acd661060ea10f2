#include "checks/facts.h"

#include <string.h>

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>

static const char *const texts[] = {
	[FACT_VM] = "the virtual system",
	[FACT_VM_STATE] = "the state of the virtual system",
	[FACT_VM_JOB] = "the jobs of the virtual system",
	[FACT_VM_CONTROL] = "the state of the virtual system's monitor",
	[FACT_VM_CONFIG] = "the configuration of the virtual system",
	[FACT_VM_BLOCKJOBS] = "the block jobs of the virtual system",
	[FACT_VM_SNAPSHOTS] = "the snapshots of the virtual system",
	[FACT_VM_CHECKPOINTS] = "the checkpoints of the virtual system",
	[FACT_VM_SAVE_IMAGE] = "the managed save image of the virtual system",
	[FACT_VM_DISK_FS] = "the file systems that the disks are on",
	[FACT_SRC_HOST] = "the source host",
	[FACT_SRC_CAPS] = "the capabilities of the source host",
	[FACT_DST_HOST] = "the target host",
	[FACT_DST_CAPS] = "the capabilities of the target host",
	[FACT_DST_DOMCAPS] = "the domain capabilities of the target host",
	[FACT_DST_CPU] = "a comparison of the guest's CPU with the target host's",
	[FACT_DST_NAMES] = "the names and UUIDs in use on the target host",
	[FACT_DST_MEMORY] = "the free memory of the target host",
	[FACT_DST_CPUMAP] = "the online CPUs of the target host",
	[FACT_DST_STORAGE] = "the storage of the target host",
	[FACT_DST_SECRETS] = "the secrets of the target host",
	[FACT_DST_NETWORKS] = "the networks of the target host",
	[FACT_DST_BRIDGES] = "the bridges and network devices of the target host",
	[FACT_DST_NWFILTERS] = "the network filters of the target host",
	[FACT_DST_DOMAINS] = "the virtual systems of the target host",
	[FACT_DST_NODEDEVS] = "the devices of the target host",
	[FACT_DST_PAGES] = "the free huge pages of the target host",
	[FACT_VM_DIRTY] = "the rate at which the guest's memory changes",
	[FACT_VM_NEXT] = "the stored configuration of the virtual system",
	[FACT_DST_PROBE] = "a probe on the target host",
	[FACT_WAY] = "a migration of an empty guest to the target host",
};
static_assert(ARRAY_LEN(texts) == FACT_COUNT, "every fact has a text");
static_assert(FACT_COUNT <= 64, "facts fit a mask");

struct facts *facts_new(void)
{
	struct facts *f = mem_calloc(1, sizeof *f);

	f->arena = arena_new();
	f->dst_arena = arena_new();
	for (enum fact i = 0; i < FACT_COUNT; i++)
		f->state[i].why = "not gathered";
	return f;
}

/* Places for what the target would have told. */
static void make_room(struct facts *out)
{
	struct arena *a = out->arena;
	const struct vm_config *c = &out->config;

	out->disks_there = arena_array(a, c->n_disks, sizeof *out->disks_there);
	out->nics_there = arena_array(a, c->n_nics, sizeof *out->nics_there);
	out->hostdevs_there = arena_array(a, c->n_hostdevs, sizeof *out->hostdevs_there);
	out->paths_there = arena_array(a, c->n_paths, sizeof *out->paths_there);
	out->images = arena_array(a, c->n_images, sizeof *out->images);
	out->secrets_there = arena_array(a, c->n_secrets, sizeof *out->secrets_there);
}

struct facts *facts_without_target(const struct facts *f)
{
	static const char why[] = "the target host did not answer in time";
	struct facts *out = facts_new();

	for (enum fact i = 0; i < FACT_COUNT; i++)
		out->state[i] = i < FACT_DST_HOST
					? f->state[i]
					: (struct fact_state){ .why = why, .skipped = true };
	out->vm_text = f->vm_text;
	out->destination = f->destination;
	out->format = f->format;
	out->settings = f->settings;
	out->vm_is_host = f->vm_is_host;
	out->vm = f->vm;
	out->stored = f->stored;
	out->config = f->config;
	out->next = f->next;
	out->tpm_here = f->tpm_here;
	out->xml = f->xml;
	out->src = f->src;
	out->disks_here = f->disks_here;
	out->dst.access = ACCESS_TIMEOUT;
	out->dst.access_text = why;
	out->dst.uri = f->dst.uri;
	out->dst.maintenance = f->dst.maintenance;
	make_room(out);
	return out;
}

void facts_free(struct facts *f)
{
	if (!f)
		return;
	arena_free(f->arena);
	arena_free(f->dst_arena);
	free(f);
}

void facts_set_known(struct facts *f, enum fact id)
{
	f->state[id] = (struct fact_state){ .known = true };
}

void facts_set_unknown(struct facts *f, enum fact id, const char *why, const char *driver)
{
	f->state[id] = (struct fact_state){ .why = why, .driver = driver };
}

bool facts_known(const struct facts *f, enum fact id)
{
	return f->state[id].known;
}

uint64_t facts_memory_needed(const struct facts *f)
{
	const struct vm_config *vm = &f->config;

	if (!facts_known(f, FACT_VM_CONFIG) || vm->hugepages)
		return 0;
	return vm->locked || vm->prealloc || !vm->current_kib ? vm->memory_kib : vm->current_kib;
}

const char *facts_user(const struct facts *f, const struct host_facts *host)
{
	return f->config.dac_label ? f->config.dac_label : host->caps.dac_label;
}

bool facts_user_is_root(const struct facts *f)
{
	static const char *const roots[] = { "+0:", "0:", "root:" };
	const char *user = facts_user(f, &f->dst);

	for (size_t i = 0; user && i < ARRAY_LEN(roots); i++)
		if (strncmp(user, roots[i], strlen(roots[i])) == 0)
			return true;
	return false;
}

bool facts_keeps_owner(const struct facts *f, size_t i)
{
	return f->config.keeps_owners || f->config.disks[i].keeps_owner;
}

bool facts_has_secmodel(const struct host_caps *caps, const char *model)
{
	for (size_t i = 0; i < caps->n_secmodels; i++)
		if (caps->secmodels[i] && strcmp(caps->secmodels[i], model) == 0)
			return true;
	return false;
}

bool facts_name_ends_early(const struct facts *f)
{
	size_t n;

	for (const char *at = f->config.name; at && (at = strchr(at, ',')); at += n) {
		n = strspn(at, ",");
		if (n % 2 == 1 && at[n])
			return true;
	}
	return false;
}

const char *facts_disk_path(const struct facts *f, size_t i)
{
	const struct vm_disk *d = &f->config.disks[i];

	if (!d->type || !d->source)
		return NULL;
	if (strcmp(d->type, "volume") == 0)
		return f->disks_there ? f->disks_there[i].path : NULL;
	return strcmp(d->type, "file") == 0 || strcmp(d->type, "block") == 0 ? d->source : NULL;
}

/* One of two users that are not told may be another: that counts for a disk that keeps its owner. */
bool facts_owner_matters(const struct facts *f, size_t i)
{
	static const char *const types[] = { "file", "block", "volume" };
	const char *here = facts_user(f, &f->src), *there = facts_user(f, &f->dst);
	const struct vm_disk *d = &f->config.disks[i];
	bool fits = false;

	for (size_t k = 0; d->type && k < ARRAY_LEN(types); k++)
		fits |= strcmp(d->type, types[k]) == 0;
	if (!fits || !d->source || facts_user_is_root(f))
		return false;
	return here && there ? strcmp(here, there) != 0 : facts_keeps_owner(f, i);
}

const char *fact_text(enum fact id)
{
	return id < FACT_COUNT ? texts[id] : "";
}

bool host_is_loopback(const char *host)
{
	return host && (strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
			       strcmp(host, "localhost") == 0);
}

/* Loopback, unspecified or multicast: no address of another host. One of a link alone is none that
 * can be connected to as it is written. */
static bool is_nowhere(const char *text)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		unsigned first = ntohl(v4.s_addr) >> 24;

		return first == 0 || first == 127 || first >= 224;
	}
	return inet_pton(AF_INET6, text, &v6) == 1 &&
	       (IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_UNSPECIFIED(&v6) ||
		       IN6_IS_ADDR_MULTICAST(&v6) || IN6_IS_ADDR_LINKLOCAL(&v6));
}

static bool same_address(const char *a, const char *b)
{
	static const int families[] = { AF_INET, AF_INET6 };
	unsigned char x[sizeof(struct in6_addr)], y[sizeof(struct in6_addr)];

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (inet_pton(families[i], a, x) == 1 && inet_pton(families[i], b, y) == 1)
			return memcmp(x, y, families[i] == AF_INET ? 4 : 16) == 0;
	return false;
}

static const struct way_address *tried(const struct facts *f, const char *address)
{
	for (size_t i = 0; i < f->way.n_addresses; i++)
		if (same_address(address, f->way.addresses[i].text))
			return &f->way.addresses[i];
	return NULL;
}

enum tri facts_target_has(const struct facts *f, const char *address)
{
	const struct way_address *way = tried(f, address);

	for (size_t i = 0; i < f->dst.n_addresses; i++)
		if (same_address(address, f->dst.addresses[i]))
			return TRI_YES;
	if (is_nowhere(address))
		return TRI_NO;
	return way ? way->there : TRI_UNKNOWN;
}

enum tri facts_reaches(const struct facts *f, size_t address)
{
	const struct way_address *way = tried(f, f->settings->addresses[address]);

	if (way && way->reached != TRI_UNKNOWN)
		return way->reached;
	return f->ways && f->ways[address] == TRI_NO ? TRI_NO : TRI_UNKNOWN;
}

const char *facts_cut_off(const struct facts *f, size_t address)
{
	const struct way_address *way = tried(f, f->settings->addresses[address]);

	return way && way->reached == TRI_NO ? way->why : "no route of the source host leads there";
}

size_t facts_data_address(const struct facts *f)
{
	const struct settings *s = f->settings;
	size_t maybe = s ? s->n_addresses : 0;

	for (size_t i = 0; s && i < s->n_addresses; i++) {
		enum tri has = facts_target_has(f, s->addresses[i]);

		if (has == TRI_NO || facts_reaches(f, i) == TRI_NO)
			continue;
		if (has == TRI_YES)
			return i;
		if (maybe == s->n_addresses)
			maybe = i;
	}
	return maybe;
}
