/* Starting a twin and destroying it; finding and destroying what was left behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/vxml.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/digest.h"

/* Instances. */

static bool read_line(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok = f && fgets(out, (int)size, f);

	if (f)
		fclose(f);
	if (ok)
		out[strcspn(out, "\n")] = '\0';
	return ok;
}

/* Field 22 of /proc/PID/stat, ticks since the machine came up; "" when there is no such process. */
static void start_time(const char *pid, char out[32])
{
	char path[64], line[1024], *field;

	out[0] = '\0';
	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	if (!read_line(path, line, sizeof line))
		return;
	field = strrchr(line, ')'); /* the name before it may hold anything */
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	if (field)
		snprintf(out, 32, "%.*s", (int)strcspn(field + 1, " "), field + 1);
}

/* Where PIDs mean what they mean here: the boot, and the PID namespace. */
static void namespace(char out[96])
{
	char boot[40] = "";
	struct stat st = { 0 };

	read_line("/proc/sys/kernel/random/boot_id", boot, sizeof boot);
	if (stat("/proc/self/ns/pid", &st) < 0)
		st.st_ino = 0;
	snprintf(out, 96, "%s/%lu", boot, (unsigned long)st.st_ino);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char own_instance[192];

static void make_instance(void)
{
	char where[96], pid[24], start[32];

	namespace(where);
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	start_time(pid, start);
	snprintf(own_instance, sizeof own_instance, "%s/%s/%s", where, pid, start);
}

const char *probe_instance(void)
{
	pthread_once(&once, make_instance);
	return own_instance;
}

bool probe_instance_lives(const char *instance)
{
	char where[96], boot[40] = "", ns[24] = "", pid[24] = "", start[32] = "", now[32];
	char theirs[96];

	if (sscanf(instance, "%39[^/]/%23[0-9]/%23[0-9]/%31[0-9]", boot, ns, pid, start) != 4)
		return true; /* not one of ours to judge */
	namespace(where);
	snprintf(theirs, sizeof theirs, "%s/%s", boot, ns);
	if (strncmp(where, boot, strlen(boot)) != 0)
		return false; /* this host was started anew since */
	if (strcmp(where, theirs) != 0)
		return true; /* in another PID namespace: cannot be seen from here */
	start_time(pid, now);
	return strcmp(now, start) == 0;
}

/* Sweeping. */

struct owner {
	const char *host, *instance;
	int64_t expires;
};

static bool read_owner(virDomainPtr dom, struct arena *a, struct owner *out)
{
	char *text = virDomainGetMetadata(dom, VIR_DOMAIN_METADATA_ELEMENT, TWIN_NS, 0);
	auto_doc xmlDoc *doc = NULL;
	const xmlNode *root;
	struct err e;

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	if (!text)
		return false;
	doc = vxml_read(text, "probe", &e);
	free(text);
	if (!doc)
		return false;
	root = xmlDocGetRootElement(doc);
	out->host = vxml_attr(a, root, "host");
	out->instance = vxml_attr(a, root, "instance");
	out->expires = xml_attr_i64(root, "expires");
	return out->host && out->instance && out->expires;
}

static bool is_twin(virDomainPtr dom)
{
	return twin_is_name(virDomainGetName(dom));
}

static bool may_go(struct probes *ps, virDomainPtr dom, const char *host)
{
	auto_arena struct arena *a = arena_new();
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	struct owner o;

	virDomainGetUUIDString(dom, uuid);
	if (probes_is_live(ps, uuid) || !read_owner(dom, a, &o))
		return false;
	if (o.expires < (int64_t)time(NULL))
		return true;
	return strcmp(o.host, host) == 0 &&
	       (strcmp(o.instance, probe_instance()) == 0 || !probe_instance_lives(o.instance));
}

bool probe_destroy(virDomainPtr dom)
{
	count_add(COUNT_HV_CALLS_TOTAL, 1);
	if (virDomainDestroy(dom) == 0)
		return true;
	/* It went away by itself. */
	return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ||
	       virGetLastErrorCode() == VIR_ERR_OPERATION_INVALID;
}

/*
 * Somebody is starting it: to destroy it would wait for that, and hold up what others ask over the
 * same connection. It is looked at again later. There is one that libvirt never lets go of: killed
 * while it starts a guest, before it knows its process, libvirtd 9.0 finds a domain without a
 * process again, in a job that nobody ends. Only the removal of its record,
 * /run/libvirt/qemu/NAME.xml, helps.
 */
bool probe_starting(virDomainPtr dom)
{
	int state = 0, reason = 0;

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	return virDomainGetState(dom, &state, &reason, 0) == 0 && state == VIR_DOMAIN_PAUSED &&
	       reason == VIR_DOMAIN_PAUSED_STARTING_UP;
}

static bool sweep_some(
	struct probes *ps, virConnectPtr v, const char *host, unsigned which, bool by_name)
{
	virDomainPtr *all = NULL;
	bool ok = true;
	int n;

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	n = virConnectListAllDomains(v, &all, which);
	for (int i = 0; i < n; i++) {
		if (is_twin(all[i]) == by_name && may_go(ps, all[i], host))
			ok &= !probe_starting(all[i]) && probe_destroy(all[i]);
		virDomainFree(all[i]);
	}
	free(all);
	return n >= 0 && ok;
}

/* A scout may have arrived by another name; it is paused then, as it always is, and its metadata tells. */
bool probe_sweep(struct probes *ps, virConnectPtr v, const char *host)
{
	bool ok = sweep_some(ps, v, host, VIR_CONNECT_LIST_DOMAINS_ACTIVE, true);

	return sweep_some(ps, v, host, VIR_CONNECT_LIST_DOMAINS_PAUSED, false) && ok;
}

/* Starting. */

static bool name_taken(virConnectPtr v, const char *name)
{
	auto_dom virDomainPtr dom = NULL;

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	dom = virDomainLookupByName(v, name);
	return dom != NULL;
}

const char *probe_free_name(
	virConnectPtr v, virConnectPtr other, const char *host, struct arena *a, int from, int *at)
{
	for (*at = from; *at <= PROBE_NAMES; (*at)++) {
		const char *name = *at == 1 ? arena_printf(a, TWIN_PREFIX "%s", host)
					    : arena_printf(a, TWIN_PREFIX "%s-%d", host, *at);

		if (!name_taken(v, name) && !(other && name_taken(other, name)))
			return name;
	}
	return NULL;
}

bool probe_name_clashed(const char *text)
{
	return strstr(text, "already exists with uuid") ||
	       strstr(text, "already defined with uuid") || strstr(text, "already active");
}

/* The twin's own disks are of virtio-scsi, which the VM may have no need of. */
static bool for_own_disks(const struct probe_facts *covers, const char *text)
{
	bool own = false;

	for (size_t i = 0; covers && i < covers->n_paths; i++)
		own |= covers->paths[i].target != NULL;
	return own && strstr(text, "virtio-scsi");
}

static void failed(virConnectPtr v, const struct probe_facts *covers, struct probe_result *out)
{
	out->code = virGetLastErrorCode();
	snprintf(out->text, sizeof out->text, "%s", virGetLastErrorMessage());
	probe_shorten(out->text);
	out->cause =
		for_own_disks(covers, out->text) ? PROBE_OWN : probe_cause_of(out->code, out->text);
	out->left = virConnectIsAlive(v) != 1;
	out->started = out->left || out->cause == PROBE_OWN ? TRI_UNKNOWN : TRI_NO;
}

struct twin_id probe_identity(const char *name, const char *uuid, const char *host)
{
	return (struct twin_id){ .name = name,
		.uuid = uuid,
		.host = host,
		.instance = probe_instance(),
		.expires = (int64_t)time(NULL) + PROBE_EXPIRES_S };
}

static virDomainPtr start(virConnectPtr v, xmlDoc *twin, const struct twin_id *id, struct arena *a)
{
	count_add(COUNT_HV_CALLS_TOTAL, 1);
	return virDomainCreateXML(
		v, twin_text(twin, id, a), VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_AUTODESTROY);
}

static bool sized(const struct probe_path *p)
{
	return p->target &&
	       (p->part == PROBE_FIRMWARE || p->part == PROBE_NVRAM || p->part == PROBE_ROM);
}

static void measure(virDomainPtr dom, const struct probe_facts *covers, struct probe_result *out)
{
	virDomainBlockInfo info;

	for (size_t i = 0; covers && i < covers->n_paths && i < PROBE_SIZES; i++) {
		if (!sized(&covers->paths[i]))
			continue;
		count_add(COUNT_HV_CALLS_TOTAL, 1);
		if (virDomainGetBlockInfo(dom, covers->paths[i].target, &info, 0) == 0)
			out->sizes[i] = info.capacity;
	}
}

/* False: somebody else took the name meanwhile. */
static bool try_name(struct probes *ps, virConnectPtr v, const char *host, xmlDoc *twin,
	const char *name, const struct probe_facts *covers, struct probe_result *out)
{
	auto_arena struct arena *a = arena_new();
	auto_dom virDomainPtr dom = NULL;
	char uuid[DIGEST_UUID_SIZE];
	struct twin_id id;
	bool clash = false;

	digest_uuid(uuid);
	id = probe_identity(name, uuid, host);
	probes_live(ps, uuid, true);
	dom = start(v, twin, &id, a);
	if (dom) {
		out->started = TRI_YES;
		measure(dom, covers, out);
		out->left = !probe_destroy(dom);
	} else {
		clash = probe_name_clashed(virGetLastErrorMessage());
		failed(v, covers, out);
	}
	probes_live(ps, uuid, false);
	return !clash;
}

/* A port that is taken may be taken by another twin, which is gone in a moment. */
bool probe_others(virConnectPtr v)
{
	virDomainPtr *all = NULL;
	bool found = false;
	int n;

	count_add(COUNT_HV_CALLS_TOTAL, 1);
	n = virConnectListAllDomains(v, &all, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
	for (int i = 0; i < n; i++) {
		found |= is_twin(all[i]);
		virDomainFree(all[i]);
	}
	free(all);
	return found;
}

void probe_try(struct probes *ps, virConnectPtr v, const char *host, xmlDoc *twin,
	const struct probe_facts *covers, struct probe_result *out)
{
	auto_arena struct arena *a = arena_new();
	int64_t began = clock_ms();
	const char *name;
	int at = 0;

	*out = (struct probe_result){ .started = TRI_UNKNOWN };
	snprintf(out->text, sizeof out->text, "too many probes of this host are under way there");
	while ((name = probe_free_name(v, NULL, host, a, at + 1, &at)) &&
		!try_name(ps, v, host, twin, name, covers, out))
		continue;
	if (out->started == TRI_NO && out->cause == PROBE_PORT && probe_others(v))
		out->started = TRI_UNKNOWN;
	out->took_ms = clock_ms() - began;
}

void probe_another(struct probes *ps, virConnectPtr v, const char *host, xmlDoc *twin,
	struct probe_result *r, struct probe_result *out)
{
	probe_try(ps, v, host, twin, NULL, r);
	out->took_ms += r->took_ms;
	out->left |= r->left;
}
