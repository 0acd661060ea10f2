#include "checks/hypervisor/scout.h"

#include <string.h>

#include "checks/hypervisor/twin_inner.h"

/* What it is. */

/* Those of which it is known, or may be, that they are the target's; first where the data would go. */
static void choose_addresses(struct scout *s, const struct facts *f, struct arena *a)
{
	const struct settings *set = f->settings;
	size_t first = facts_data_address(f);

	if (first < set->n_addresses)
		s->addresses[s->n_addresses++] = arena_strdup(a, set->addresses[first]);
	for (size_t i = 0; i < set->n_addresses && s->n_addresses < SCOUT_ADDRESSES; i++)
		if (i != first && facts_target_has(f, set->addresses[i]) != TRI_NO &&
			facts_reaches(f, i) != TRI_NO)
			s->addresses[s->n_addresses++] = arena_strdup(a, set->addresses[i]);
}

static bool by_tcp(enum transport t)
{
	return t == TRANSPORT_UNKNOWN || t == TRANSPORT_SSH || t == TRANSPORT_TCP ||
	       t == TRANSPORT_TLS || t == TRANSPORT_TLS_STRICT;
}

static xmlDoc *make_twin(const char *text, struct err *e)
{
	static const char *const attrs[] = { "type", NULL };
	auto_doc xmlDoc *doc = vxml_read(text, "domain", e);
	xmlNode *devices;

	if (!doc || !vxml_at(xmlDocGetRootElement(doc), "os/type"))
		return NULL;
	twin_keep_attrs(xmlDocGetRootElement(doc), attrs);
	/* Libvirt would choose a firmware, and give it a file for NVRAM. */
	twin_unset(vxml_child(xmlDocGetRootElement(doc), "os"), "firmware");
	return twin_bare(doc, &devices);
}

static bool copies(const struct facts *f)
{
	for (size_t i = 0; i < f->config.n_disks; i++)
		if (f->config.disks[i].source && twin_copies(f, &f->config.disks[i]))
			return true;
	return false;
}

/* Neither host may give the file to anybody. A label that one of them does not know, it refuses. */
static xmlDoc *with_disk(xmlDoc *twin, const struct facts *f)
{
	bool selinux = facts_has_secmodel(&f->src.caps, "selinux");
	struct twin t = { .label_dac = true, .label_selinux = selinux };
	xmlNode *disk, *n;
	xmlDoc *doc;

	if (!copies(f) || !facts_has_secmodel(&f->src.caps, "dac") ||
		!facts_has_secmodel(&f->dst.caps, "dac") ||
		selinux != facts_has_secmodel(&f->dst.caps, "selinux"))
		return NULL;
	doc = xmlCopyDoc(twin, 1);
	disk = twin_add(vxml_child(xmlDocGetRootElement(doc), "devices"), "disk");
	twin_set(disk, "type", "file");
	twin_set(disk, "device", "disk");
	n = twin_add(disk, "driver");
	twin_set(n, "name", "qemu");
	twin_set(n, "type", "raw");
	n = twin_add(disk, "source");
	twin_set(n, "file", "/proc/self/coredump_filter");
	twin_no_relabel(&t, n);
	n = twin_add(disk, "target");
	twin_set(n, "dev", "vda");
	twin_set(n, "bus", "virtio");
	return doc;
}

/* By no other name than the virtual system has: whoever asks may not have a hook run for any. */
static bool may_be_named(const struct facts *f)
{
	return f->way.by_name && f->hook_there != TRI_NO && f->config.name && f->stored.name &&
	       strcmp(f->config.name, f->stored.name) == 0;
}

const char *scout_make(struct scout *s, const struct facts *f, struct arena *a, struct err *e)
{
	const struct settings *set = f->settings;
	enum transport t = set->transport;
	const char *key;

	err_set(e, ERR_UNAVAILABLE, "the XML of the virtual system cannot be used");
	if (!by_tcp(t)) {
		err_set(e, ERR_UNSUPPORTED, "a migration is tried by TCP and TLS alone");
		return NULL;
	}
	choose_addresses(s, f, a);
	if (set->n_addresses && !s->n_addresses) {
		err_set(e, ERR_UNAVAILABLE, "no address given may be the target's");
		return NULL;
	}
	s->twin = f->xml ? make_twin(f->xml, e) : NULL;
	if (!s->twin)
		return NULL;
	s->data = set->move & MOVE_HOT;
	if (may_be_named(f))
		s->as = arena_strdup(a, f->config.name);
	s->copied = with_disk(s->twin, f);
	if (t == TRANSPORT_TLS_STRICT && f->destination)
		s->tls_name = arena_strdup(a, f->destination);
	s->flags = VIR_MIGRATE_LIVE | VIR_MIGRATE_PARALLEL | VIR_MIGRATE_PAUSED;
	if (t == TRANSPORT_TLS || t == TRANSPORT_TLS_STRICT)
		s->flags |= VIR_MIGRATE_TLS;
	key = arena_printf(a, "%x %d %s %s%s", s->flags, s->data, s->tls_name ? s->tls_name : "",
		s->as ? s->as : "", twin_text(s->copied ? s->copied : s->twin, NULL, a));
	for (size_t i = 0; i < s->n_addresses; i++)
		key = arena_printf(a, "%s %s", key, s->addresses[i]);
	return key;
}

void scout_clear(struct scout *s)
{
	if (s->twin)
		xmlFreeDoc(s->twin);
	if (s->copied)
		xmlFreeDoc(s->copied);
}

/* What came of it. */

/* The first row that fits. `text` is part of the message; NULL: any. code 0: any. */
static const struct {
	int code;
	const char *text;
	enum way_cause cause;
} causes[] = {
	{ VIR_ERR_HOOK_SCRIPT_FAILED, NULL, WAY_HOOK },
	{ VIR_ERR_OPERATION_INVALID, "only with VIR_MIGRATE_TLS", WAY_TLS_ONLY },
	{ 0, "unused port in range 'migration'", WAY_NO_PORT },
	{ 0, "Failed to connect to '", WAY_CUT },
	{ 0, "unable to connect to server at '", WAY_CUT },
	{ 0, "ddress resolution failed", WAY_CUT },
	{ 0, "annot assign requested address", WAY_ADDRESS },
	{ 0, "credentials", WAY_CREDENTIALS },
	{ 0, "ertificate", WAY_CREDENTIALS },
	{ 0, "TLS channel", WAY_CREDENTIALS },
	{ 0, "TLS handshake", WAY_CREDENTIALS },
	{ 0, "TLS session", WAY_CREDENTIALS },
	{ 0, "TLS x509", WAY_CREDENTIALS },
};

enum way_cause scout_cause_of(int code, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(causes); i++)
		if ((!causes[i].code || causes[i].code == code) &&
			(!causes[i].text || strstr(text, causes[i].text)))
			return causes[i].cause;
	return WAY_OTHER;
}

/* A machine that moves without its memory needs no more than that both let it in: what failed later
 * has shown that they do. A hook of a guest that starts is not asked about it. */
static enum tri through(const struct scout_result *r, const struct facts *f)
{
	if ((f->settings->move & MOVE_HOT) || r->through != TRI_NO)
		return r->through;
	if (r->cause == WAY_CUT || r->cause == WAY_SILENT)
		return TRI_YES;
	return r->cause == WAY_TLS_ONLY || r->cause == WAY_NO_PORT ||
			       (r->cause == WAY_HOOK && strstr(r->text, " migrate begin"))
		       ? TRI_NO
		       : TRI_UNKNOWN;
}

void scout_tell(const struct scout *s, const struct scout_result *r, const struct facts *f,
	struct arena *a, struct way_facts *out)
{
	struct way_address *all = arena_array(a, s->n_addresses, sizeof *all);

	for (size_t i = 0; i < s->n_addresses; i++)
		all[i] = (struct way_address){ arena_strdup(a, s->addresses[i]),
			r->addresses[i].there, r->addresses[i].reached,
			arena_strdup(a, r->addresses[i].why) };
	*out = (struct way_facts){
		.asked = true,
		.through = through(r, f),
		.cause = r->cause,
		.text = arena_strdup(a, r->text),
		.named = r->named,
		.copies = r->copies,
		.copies_text = arena_strdup(a, r->copies_text),
		.took_ms = r->took_ms,
		.addresses = all,
		.n_addresses = s->n_addresses,
	};
}
