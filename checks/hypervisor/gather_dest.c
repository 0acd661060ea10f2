/* The destination: what a guest may have there, CPU, secrets. */
#include "checks/hypervisor/cache.h"
#include "checks/hypervisor/side.h"
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>

/* Errors that speak of the guest that was asked for, not of the asking. */
static bool refuses_guest(const virError *err)
{
	switch (err ? err->code : VIR_ERR_OK) {
	case VIR_ERR_INVALID_ARG:
	case VIR_ERR_CONFIG_UNSUPPORTED:
	case VIR_ERR_XML_ERROR:
		return true;
	case VIR_ERR_SYSTEM_ERROR:
		return err->domain != VIR_FROM_RPC; /* no such emulator */
	case VIR_ERR_INTERNAL_ERROR: /* one that does not run */
		return err->message && strstr(err->message, "QEMU binary");
	default:
		return false;
	}
}

/* The hypervisor may be replaced while libvirt runs on. */
static const char *key_of(struct side *s, const char *kind, const char *more)
{
	const struct vm_config *c = &s->f->config;
	const char *parts[] = { c->emulator, c->arch, c->machine, c->virt, more };
	const char *key = side_aged(s, kind);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		key = arena_printf(s->arena, "%s\n%s", key, parts[i] ? parts[i] : "");
	return key;
}

static void keep(struct side *s, const char *key, struct box *b)
{
	cache_put(conn_cache(s->conn), s->generation, key, b);
	box_keep(s->arena, b);
}

/* What the host said last for a guest of this kind, and what it means: the same again need not be read again. */
struct told {
	const char *text;
	struct domcaps caps;
};

static void refused_domcaps(struct side *s)
{
	s->f->domcaps = (struct domcaps){ .supported = TRI_NO, .error = side_error(s) };
	side_end(s, FACT_DST_DOMCAPS);
}

static struct box *read_domcaps(const char *text, struct err *e)
{
	struct box *b = box_new();
	struct told *told = b->value = arena_alloc(b->arena, sizeof *told);

	told->text = arena_strdup(b->arena, text);
	if (vxml_domcaps(text, b->arena, &told->caps, e) == 0)
		return b;
	box_unref(b);
	return NULL;
}

static void take_domcaps(struct side *s, const char *text)
{
	const char *key = key_of(s, "domcaps", NULL);
	struct box *b = cache_get(conn_cache(s->conn), s->generation, key);
	const struct told *told = b ? b->value : NULL;
	struct err e;

	if (told && strcmp(told->text, text) != 0) {
		box_unref(b);
		told = NULL;
	}
	if (told) {
		box_keep(s->arena, b);
	} else {
		b = read_domcaps(text, &e);
		if (!b) {
			facts_set_unknown(
				s->f, FACT_DST_DOMCAPS, arena_strdup(s->arena, e.text), NULL);
			return;
		}
		keep(s, key, b);
		told = b->value;
	}
	s->f->domcaps = told->caps;
	side_end(s, FACT_DST_DOMCAPS);
}

/* Asked live: an emulator, swtpm or a firmware may be gone, or come, at any time. */
void gather_domcaps(struct side *s)
{
	const struct vm_config *c = &s->f->config;
	char *text;

	if (!side_begin(s, FACT_DST_DOMCAPS,
		    "asking what guests of this kind may have on the target host"))
		return;
	text = virConnectGetDomainCapabilities(s->v, c->emulator, c->arch, c->machine, c->virt, 0);
	if (text)
		take_domcaps(s, text);
	else if (refuses_guest(virGetLastError()))
		refused_domcaps(s);
	else
		side_failed(s, FACT_DST_DOMCAPS);
	free(text);
}

/* Its packages' emulators are a host's for long; another may be exchanged at any time. */
static bool packaged(const struct side *s)
{
	const struct host_caps *caps = &s->f->dst.caps;
	const char *path = s->f->config.emulator;

	for (size_t i = 0; path && i < caps->n_guests; i++)
		if (caps->guests[i].emulator && strcmp(caps->guests[i].emulator, path) == 0)
			return true;
	return !path;
}

/*
 * Only a CPU that names its model can be compared: "host-passthrough" and "maximum" mean
 * whatever the host has, and a stored "host-model" is made up anew where the guest starts.
 */
static const char *why_not_compared(const struct vm_config *c)
{
	if (!c->cpu_xml || !c->cpu_mode)
		return "the virtual system names no CPU model";
	if (strcmp(c->cpu_mode, "custom") != 0)
		return "the CPU of the virtual system is defined by the host that it runs on";
	return NULL;
}

/* Only that it fits is kept. */
static void ask_cpu(struct side *s, const char *key)
{
	const struct vm_config *c = &s->f->config;
	int r = virConnectCompareHypervisorCPU(s->v, c->emulator, c->arch, c->machine, c->virt,
		c->cpu_xml, VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE);

	if (r < 0 && virGetLastErrorCode() != VIR_ERR_CPU_INCOMPATIBLE) {
		side_failed(s, FACT_DST_CPU);
		return;
	}
	s->f->cpu = (struct cpu_fit){ .fits = TRI_YES };
	if (r > VIR_CPU_COMPARE_INCOMPATIBLE)
		keep(s, key, box_new());
	else
		s->f->cpu = (struct cpu_fit){ TRI_NO, r < 0 ? side_error(s) : NULL };
	side_end(s, FACT_DST_CPU);
}

void gather_cpu(struct side *s)
{
	const char *why = why_not_compared(&s->f->config), *key;
	struct box *b;

	if (why) {
		s->f->cpu = (struct cpu_fit){ .fits = TRI_UNKNOWN, .why = why };
		facts_set_known(s->f, FACT_DST_CPU);
		return;
	}
	key = key_of(s, "cpu", s->f->config.cpu_xml);
	b = packaged(s) ? cache_get(conn_cache(s->conn), s->generation, key) : NULL;
	if (b) {
		s->f->cpu = (struct cpu_fit){ .fits = TRI_YES };
		box_keep(s->arena, b);
		facts_set_known(s->f, FACT_DST_CPU);
	} else if (side_begin(s, FACT_DST_CPU, "comparing the CPU on the target host")) {
		ask_cpu(s, key);
	}
}

static int usage_type(const char *name)
{
	static const struct {
		const char *name;
		int type;
	} types[] = {
		{ "volume", VIR_SECRET_USAGE_TYPE_VOLUME },
		{ "ceph", VIR_SECRET_USAGE_TYPE_CEPH },
		{ "iscsi", VIR_SECRET_USAGE_TYPE_ISCSI },
		{ "tls", VIR_SECRET_USAGE_TYPE_TLS },
		{ "vtpm", VIR_SECRET_USAGE_TYPE_VTPM },
	};

	for (size_t i = 0; name && i < ARRAY_LEN(types); i++)
		if (strcmp(name, types[i].name) == 0)
			return types[i].type;
	return VIR_SECRET_USAGE_TYPE_NONE;
}

/* libvirt gives a secret away for no other use than its own. */
static bool other_use(virSecretPtr secret, int wanted)
{
	int is = virSecretGetUsageType(secret);

	return wanted != VIR_SECRET_USAGE_TYPE_NONE && is > VIR_SECRET_USAGE_TYPE_NONE &&
	       is != wanted;
}

/* Whether it has a value would mean reading the value: not asked. */
static void ask_secret(struct side *s, const struct vm_secret *secret, struct secret_there *out)
{
	auto_secret virSecretPtr found = NULL;

	if (!secret->uuid && !secret->usage) {
		out->why = "the reference names neither UUID nor usage";
		return;
	}
	if (!side_more(s, "looking for secrets on the target host"))
		return;
	if (secret->uuid)
		found = virSecretLookupByUUIDString(s->v, secret->uuid);
	else
		found = virSecretLookupByUsage(s->v, usage_type(secret->usage_type), secret->usage);
	out->exists = side_tri(s, found != NULL, VIR_ERR_NO_SECRET, &out->why);
	out->other_use = found && other_use(found, usage_type(secret->usage_type));
}

void gather_secrets(struct side *s)
{
	s->missing = NULL;
	for (size_t i = 0; i < s->f->config.n_secrets; i++)
		ask_secret(s, &s->f->config.secrets[i], &s->f->secrets_there[i]);
	side_end(s, FACT_DST_SECRETS);
}
