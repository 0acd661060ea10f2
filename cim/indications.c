#include "cim/indications.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checks/hypervisor/feed.h"
#include "cim/providers/system.h"
#include "cim/registry.h"
#include "cim/uri.h"
#include "daemon/base/digest.h"

struct indications {
	struct hv *hv;
	struct hv_feed *feed;
	void (*told)(void *arg, struct indication *i);
	void *arg;
};

struct indication *indication_ref(struct indication *i)
{
	atomic_fetch_add(&i->refs, 1);
	return i;
}

void indication_unref(struct indication *i)
{
	if (atomic_fetch_sub(&i->refs, 1) == 1)
		arena_free(i->arena); /* it lives in there itself */
}

static bool same_datum(enum cim_type t, const union cim_datum *x, const union cim_datum *y)
{
	auto_arena struct arena *a = arena_new();

	return strcmp(cim_datum_text(a, t, x), cim_datum_text(a, t, y)) == 0;
}

static bool same_value(
	const struct cim_property *p, const struct cim_value *x, const struct cim_value *y)
{
	if (x->given != y->given || x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!same_datum(p->type, &x->data[i], &y->data[i]))
			return false;
	return true;
}

/* The names of the properties that differ; both are of one class. */
static const char **compare(
	struct arena *a, const struct cim_instance *x, const struct cim_instance *y, size_t *n)
{
	const struct cim_property *properties = x->class->properties;
	const char **names = NULL;

	*n = 0;
	for (size_t i = 0; i < x->class->n_properties; i++)
		if (!same_value(&properties[i], &x->values[i], &y->values[i]))
			*ARENA_PUSH(a, names, *n) = properties[i].name;
	return names;
}

/* DMTF text, in UTC. */
static const char *time_text(struct arena *a, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return arena_printf(a, "%04d%02d%02d%02d%02d%02d.%03d000+000", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
}

static const char *path_of(struct arena *a, const struct cim_instance *i)
{
	const struct cim_ref *r = cim_ref_of(a, i);
	const char *path = arena_printf(a, "%s:%s", i->ns, r->class_name);

	for (size_t k = 0; k < r->n_keys; k++)
		path = arena_printf(
			a, "%s%c%s=\"%s\"", path, k ? ',' : '.', r->keys[k].name, r->keys[k].text);
	return path;
}

/* The properties of CIM_InstIndication have other places in each class derived from it. */
static size_t place(const struct cim_instance *i, size_t inherited)
{
	return cim_index_in(i->class, &cim_class_CIM_InstIndication, inherited);
}

static void fill(struct indications *in, struct arena *a, struct cim_instance *i,
	const struct cim_instance *source, int64_t at)
{
	char id[DIGEST_UUID_SIZE];

	digest_uuid(id);
	cim_set_str(a, i, place(i, CIM_InstIndication_p_IndicationIdentifier),
		arena_printf(a, "vsmigd:%s", id));
	cim_set_str(a, i, place(i, CIM_InstIndication_p_IndicationTime), time_text(a, at));
	cim_set_instance(a, i, place(i, CIM_InstIndication_p_SourceInstance), source);
	cim_set_str(
		a, i, place(i, CIM_InstIndication_p_SourceInstanceModelPath), path_of(a, source));
	cim_set_str(a, i, place(i, CIM_InstIndication_p_SourceInstanceHost),
		arena_strdup(a, hv_host_name(in->hv)));
}

/* NULL when nothing differs that the class shows. */
static struct cim_instance *make(struct arena *a, const struct cim_class *class,
	const struct cim_instance *before, const struct cim_instance *after)
{
	struct cim_instance *i = cim_instance_new(a, class, CIM_NS_DEFAULT);
	const char **names;
	size_t n;

	if (class != &cim_class_CIM_InstModification)
		return i;
	names = compare(a, before, after, &n);
	if (n == 0)
		return NULL;
	cim_set_instance(a, i, CIM_InstModification_p_PreviousInstance, before);
	cim_set_strs(a, i, CIM_InstModification_p_ChangedPropertyNames, names, n);
	return i;
}

static void changed(void *arg, const struct hv_change *c)
{
	struct indications *in = arg;
	struct arena *a = arena_new();
	const struct cim_class *class = !c->before  ? &cim_class_CIM_InstCreation
					: !c->after ? &cim_class_CIM_InstDeletion
						    : &cim_class_CIM_InstModification;
	const struct cim_instance *before = c->before ? system_of_vm(a, c->before) : NULL;
	const struct cim_instance *after = c->after ? system_of_vm(a, c->after) : NULL;
	struct cim_instance *i = make(a, class, before, after);
	struct indication *made;

	if (!i) {
		arena_free(a);
		return;
	}
	fill(in, a, i, after ? after : before, c->at);
	made = arena_alloc(a, sizeof *made);
	atomic_init(&made->refs, 1);
	made->arena = a;
	made->instance = i;
	in->told(in->arg, made);
	indication_unref(made);
}

struct indications *indications_new(
	struct cim *cim, void (*told)(void *arg, struct indication *i), void *arg)
{
	struct indications *in = mem_calloc(1, sizeof *in);

	in->hv = cim->hv;
	in->told = told;
	in->arg = arg;
	in->feed = hv_feed_new(cim->hv, changed, in);
	return in;
}

void indications_free(struct indications *in)
{
	if (!in)
		return;
	hv_feed_free(in->feed);
	free(in);
}

void indications_hold(struct indications *in)
{
	hv_feed_hold(in->feed);
}

void indications_drop(struct indications *in)
{
	hv_feed_drop(in->feed);
}

struct waiting {
	struct hv_feed_wait wait;
	void (*done)(void *arg, const struct err *e);
	void *arg;
};

static void ready(struct hv_feed_wait *wait)
{
	struct waiting *w = (struct waiting *)wait;

	w->done(w->arg, &w->wait.err);
}

void indications_ready(struct indications *in, struct arena *a,
	void (*done)(void *arg, const struct err *e), void *arg)
{
	struct waiting *w = arena_alloc(a, sizeof *w);

	w->wait.done = ready;
	w->done = done;
	w->arg = arg;
	hv_feed_ready(in->feed, &w->wait);
}
