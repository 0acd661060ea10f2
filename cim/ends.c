#include "cim/ends.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* A hash table with open addressing; never more than half full. */
struct ends {
	struct arena *arena;
	struct end **table;
	size_t size, used; /* size is a power of two */
	struct end **wanted;
	size_t n_wanted;
};

enum { FIRST_SIZE = 64 };

struct ends *ends_new(struct arena *a)
{
	struct ends *e = arena_alloc(a, sizeof *e);

	e->arena = a;
	e->size = FIRST_SIZE;
	e->table = arena_array(a, e->size, sizeof *e->table);
	return e;
}

/* FNV-1a, without regard to case. */
static uint64_t hash_text(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s != '\0'; s++)
		h = (h ^ (uint64_t)tolower((unsigned char)*s)) * 1099511628211u;
	return h;
}

/* What cim_ref_same compares, but for the namespace; the order of the keys does not count. */
static uint64_t hash_ref(const struct cim_ref *r)
{
	uint64_t h = r->class_name != NULL ? hash_text(r->class_name) : 0;

	for (size_t i = 0; i < r->n_keys; i++) {
		const struct cim_key *k = &r->keys[i];

		h += hash_text(k->name) * 31 +
		     (k->ref != NULL ? hash_ref(k->ref) : hash_text(k->text)) * 17;
	}
	return h ^ h >> 29;
}

static struct end **slot(const struct ends *e, const struct cim_ref *ref)
{
	size_t at = hash_ref(ref) & (e->size - 1);

	while (e->table[at] != NULL && !cim_ref_same(e->table[at]->ref, ref))
		at = (at + 1) & (e->size - 1);
	return &e->table[at];
}

static void grow(struct ends *e)
{
	struct end **old = e->table;
	size_t n = e->size;

	e->size *= 2;
	e->table = arena_array(e->arena, e->size, sizeof *e->table);
	for (size_t i = 0; i < n; i++)
		if (old[i] != NULL)
			*slot(e, old[i]->ref) = old[i];
}

static struct end *find_or_add(struct ends *e, const struct cim_ref *ref)
{
	struct end **at = slot(e, ref);

	if (*at != NULL)
		return *at;
	if (++e->used > e->size / 2) {
		grow(e);
		at = slot(e, ref);
	}
	*at = arena_alloc(e->arena, sizeof **at);
	(*at)->ref = ref;
	return *at;
}

void ends_want(struct ends *e, const struct cim_ref *ref)
{
	struct end *end = find_or_add(e, ref);

	if (end->wanted)
		return;
	end->wanted = true;
	*ARENA_PUSH(e->arena, e->wanted, e->n_wanted) = end;
}

void ends_know(struct ends *e, const struct cim_instance *i)
{
	find_or_add(e, cim_ref_of(e->arena, i))->instance = i;
}

struct end *ends_wanted(const struct ends *e, size_t n)
{
	return n < e->n_wanted ? e->wanted[n] : NULL;
}
