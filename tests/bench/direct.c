/*
 * The yardstick of the check: the libvirt calls of tests/bench/calls.txt, made directly, in
 * order, over two connections that stay open. Prints the median microseconds of a round.
 *
 *	direct CALLS SOURCE-URI DESTINATION-URI VM-UUID ROUNDS
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_CALLS = 64, MOST_OBJECTS = 32 };

struct run {
	virConnectPtr src, dst;
	virDomainPtr vm;
	char *xml;
	const char *uuid;
	char disks[MOST_OBJECTS][256], paths[MOST_OBJECTS][256];
	size_t n_disks;
};

static void look_up_vm(struct run *r, virConnectPtr c, size_t i)
{
	(void)i;
	if (r->vm)
		virDomainFree(r->vm);
	r->vm = virDomainLookupByUUIDString(c, r->uuid);
}

static void get_state(struct run *r, virConnectPtr c, size_t i)
{
	int state, reason;

	(void)c, (void)i;
	virDomainGetState(r->vm, &state, &reason, 0);
}

static void job_stats(struct run *r, virConnectPtr c, size_t i)
{
	virTypedParameterPtr params = NULL;
	int type, n = 0;

	(void)c, (void)i;
	if (virDomainGetJobStats(r->vm, &type, &params, &n, 0) == 0)
		virTypedParamsFree(params, n);
}

static void control_info(struct run *r, virConnectPtr c, size_t i)
{
	virDomainControlInfo info;

	(void)c, (void)i;
	virDomainGetControlInfo(r->vm, &info, 0);
}

static void get_xml(struct run *r, virConnectPtr c, size_t i)
{
	(void)c, (void)i;
	free(r->xml);
	r->xml = virDomainGetXMLDesc(r->vm, 0);
}

static void snapshots(struct run *r, virConnectPtr c, size_t i)
{
	(void)c, (void)i;
	virDomainSnapshotNum(r->vm, 0);
}

static void checkpoints(struct run *r, virConnectPtr c, size_t i)
{
	(void)c, (void)i;
	virDomainListAllCheckpoints(r->vm, NULL, 0);
}

static void managed_save(struct run *r, virConnectPtr c, size_t i)
{
	(void)c, (void)i;
	virDomainHasManagedSaveImage(r->vm, 0);
}

static void block_job(struct run *r, virConnectPtr c, size_t i)
{
	virDomainBlockJobInfo info;

	(void)c;
	virDomainGetBlockJobInfo(r->vm, r->disks[i], &info, 0);
}

static void memory_stats(struct run *r, virConnectPtr c, size_t i)
{
	virNodeMemoryStats stats[16];
	int n = 16;

	(void)r, (void)i;
	virNodeGetMemoryStats(c, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0);
}

static void look_up_volume(struct run *r, virConnectPtr c, size_t i)
{
	virStorageVolPtr v = virStorageVolLookupByPath(c, r->paths[i]);

	if (v)
		virStorageVolFree(v);
}

/* Of a path that is no emulator libvirt tells why, and by that whether it is there. */
static void look_for_file(struct run *r, virConnectPtr c, size_t i)
{
	char path[sizeof r->paths[i] + 1];

	snprintf(path, sizeof path, "%s/", r->paths[i]);
	free(virConnectGetDomainCapabilities(c, path, NULL, NULL, NULL, 0));
}

static void ask_for_guests(struct run *r, virConnectPtr c, size_t i)
{
	(void)r, (void)i;
	free(virConnectGetDomainCapabilities(c, NULL, NULL, NULL, "qemu", 0));
}

static void list_domains(struct run *r, virConnectPtr c, size_t i)
{
	virDomainPtr *all = NULL;
	int n = virConnectListAllDomains(c, &all, 0);

	(void)r, (void)i;
	for (int k = 0; k < n; k++)
		virDomainFree(all[k]);
	free(all);
}

static void list_networks(struct run *r, virConnectPtr c, size_t i)
{
	virNetworkPtr *all = NULL;
	int n = virConnectListAllNetworks(c, &all, VIR_CONNECT_LIST_NETWORKS_ACTIVE);

	(void)r, (void)i;
	for (int k = 0; k < n; k++)
		virNetworkFree(all[k]);
	free(all);
}

static const struct call {
	const char *name;
	void (*make)(struct run *r, virConnectPtr c, size_t i);
	char only; /* for such a step's repeat; 0: any */
} calls[] = {
	{ "virDomainLookupByUUIDString", look_up_vm, 0 },
	{ "virDomainGetState", get_state, 0 },
	{ "virDomainGetJobStats", job_stats, 0 },
	{ "virDomainGetControlInfo", control_info, 0 },
	{ "virDomainGetXMLDesc", get_xml, 0 },
	{ "virDomainSnapshotNum", snapshots, 0 },
	{ "virDomainListAllCheckpoints", checkpoints, 0 },
	{ "virDomainHasManagedSaveImage", managed_save, 0 },
	{ "virDomainGetBlockJobInfo", block_job, 0 },
	{ "virNodeGetMemoryStats", memory_stats, 0 },
	{ "virConnectListAllDomains", list_domains, 0 },
	{ "virConnectListAllNetworks", list_networks, 0 },
	{ "virStorageVolLookupByPath", look_up_volume, 0 },
	{ "virConnectGetDomainCapabilities", look_for_file, 'd' },
	{ "virConnectGetDomainCapabilities", ask_for_guests, 'e' },
};

struct step {
	const struct call *call;
	bool on_dst;
	char repeat; /* 'e'ach round, or for each 'd'isk */
};

static size_t read_steps(const char *path, struct step *steps)
{
	FILE *f = fopen(path, "re");
	char line[256], side[8], when[8], name[64];
	size_t n = 0;

	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, "%7s %7s %63s", side, when, name) != 3 || *side == '#' ||
			strcmp(when, "once") == 0)
			continue;
		for (size_t i = 0; i < sizeof calls / sizeof *calls && n < MOST_CALLS; i++)
			if (strcmp(calls[i].name, name) == 0 &&
				(!calls[i].only || calls[i].only == *when))
				steps[n++] = (struct step){ &calls[i], *side == 'd', *when };
	}
	if (f)
		fclose(f);
	return n;
}

/* Copies what stands between quotes behind each `before` in the XML. */
static size_t quoted(const char *xml, const char *before, char out[][256])
{
	size_t n = 0;

	for (const char *p = xml; n < MOST_OBJECTS && (p = strstr(p, before)); n++) {
		p += strlen(before);
		snprintf(out[n], sizeof out[n], "%.*s", (int)strcspn(p, "'"), p);
	}
	return n;
}

static double round_of(struct run *r, const struct step *steps, size_t n)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (size_t i = 0; i < n; i++) {
		size_t times = steps[i].repeat == 'd' ? r->n_disks : 1;
		for (size_t k = 0; k < times; k++)
			steps[i].call->make(r, steps[i].on_dst ? r->dst : r->src, k);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void say_nothing(void *arg, virErrorPtr e)
{
	(void)arg, (void)e;
}

int main(int argc, char **argv)
{
	struct step steps[MOST_CALLS];
	struct run r = { 0 };
	double *took;
	size_t n, rounds;

	if (argc != 6)
		return 2;
	virSetErrorFunc(NULL, say_nothing);
	rounds = strtoul(argv[5], NULL, 10);
	n = read_steps(argv[1], steps);
	r.src = virConnectOpen(argv[2]);
	r.dst = virConnectOpen(argv[3]);
	r.uuid = argv[4];
	took = calloc(rounds, sizeof *took);
	if (!n || !r.src || !r.dst || !took || !rounds)
		return 1;
	look_up_vm(&r, r.src, 0);
	if (!r.vm)
		return 1;
	get_xml(&r, r.src, 0);
	r.n_disks = quoted(r.xml, "<target dev='vd", r.disks);
	for (size_t i = 0; i < r.n_disks; i++)
		memmove(r.disks[i] + 2, r.disks[i], 250), memcpy(r.disks[i], "vd", 2);
	quoted(r.xml, "<source file='", r.paths);
	for (size_t i = 0; i < rounds; i++)
		took[i] = round_of(&r, steps, n);
	qsort(took, rounds, sizeof *took, by_value);
	printf("%.0f\n", took[rounds / 2]);
	return 0;
}
