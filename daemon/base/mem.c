#include "daemon/base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024 };

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) char data[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *arg);
	void *arg;
};

struct arena {
	struct block *head;
	struct deferred *deferred;
	size_t given;
};

static void *or_die(void *p)
{
	if (p)
		return p;
	fputs("vsmigd: out of memory; ending, the service manager restarts it\n", stderr);
	abort();
}

void *mem_calloc(size_t n, size_t size)
{
	return or_die(calloc(n ? n : 1, size ? size : 1));
}

void *mem_realloc(void *old, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return or_die(NULL);
	return or_die(realloc(old, bytes ? bytes : 1));
}

char *mem_strdup(const char *s)
{
	return or_die(strdup(s));
}

char *mem_strndup(const char *s, size_t n)
{
	return or_die(strndup(s, n));
}

void mem_freep(void *p)
{
	void **slot = p;

	free(*slot);
	*slot = NULL;
}

struct arena *arena_new(void)
{
	return mem_calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	struct block *next;

	if (!a)
		return;
	for (struct deferred *d = a->deferred; d; d = d->next)
		d->fn(d->arg);
	for (struct block *b = a->head; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void arena_defer(struct arena *a, void (*fn)(void *arg), void *arg)
{
	struct deferred *d = arena_alloc(a, sizeof *d);

	*d = (struct deferred){ .next = a->deferred, .fn = fn, .arg = arg };
	a->deferred = d;
}

static void free_adopted(void *arena)
{
	arena_free(arena);
}

void arena_adopt(struct arena *a, struct arena *other)
{
	a->given += other->given;
	arena_defer(a, free_adopted, other);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

static struct block *add_block(struct arena *a, size_t need)
{
	size_t size = a->head ? a->head->size * 2 : FIRST_BLOCK;
	struct block *b;

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < need)
		size = need;
	b = or_die(malloc(sizeof *b + size));
	b->size = size;
	b->used = 0;
	b->next = a->head;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t mask = alignof(max_align_t) - 1;
	struct block *b = a->head;
	void *p;

	if (size > SIZE_MAX / 2)
		return or_die(NULL);
	size = (size + mask) & ~mask;
	if (!b || b->size - b->used < size)
		b = add_block(a, size);
	p = b->data + b->used;
	b->used += size;
	a->given += size;
	return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return or_die(NULL);
	return arena_alloc(a, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return arena_strdup(a, "");
	text = arena_alloc(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return text;
}

size_t arena_used(const struct arena *a)
{
	return a->given;
}

void *arena_grow(struct arena *a, void *items, size_t n, size_t size)
{
	void *more;

	if (n && (n & (n - 1)))
		return items;
	more = arena_array(a, n ? n * 2 : 1, size);
	if (n)
		memcpy(more, items, n * size);
	return more;
}
