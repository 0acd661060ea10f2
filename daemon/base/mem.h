/*
 * Memory: plain allocation, and arenas for everything that one request owns.
 *
 * No function here returns NULL. When memory is exhausted the process writes one sentence and
 * aborts, as chrony does: every input has a cap, so exhaustion is the machine's trouble, not a
 * client's doing, and a restart by the service manager is safer than a half-handled failure in
 * a path that nobody tests.
 *
 * An arena is a chain of blocks freed together. It is not locked: one thread at a time uses it.
 * Handing an arena from one thread to another needs a synchronising hand-over (a queue's lock).
 */
#ifndef VSMIGD_BASE_MEM_H
#define VSMIGD_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* Zeroed memory of n * size bytes (checked for overflow), to be given to free(3). */
void *mem_calloc(size_t n, size_t size);
void *mem_realloc(void *old, size_t n, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);

struct arena;

struct arena *arena_new(void);
/* Frees the arena and all that it gave out. arena_free(NULL) does nothing. */
void arena_free(struct arena *a);
/* Zeroed memory, aligned for any type, that lives as long as the arena. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Calls fn(arg) when the arena is freed, last added first: what the arena refers to stays alive. */
void arena_defer(struct arena *a, void (*fn)(void *arg), void *arg);
/* Makes another arena a part of a: it is freed with a, and counts for it. */
void arena_adopt(struct arena *a, struct arena *other);
/* Bytes given out so far, for limits. */
size_t arena_used(const struct arena *a);

/*
 * Growing arrays: `items` points to `n` elements; returns where element n is to be written and
 * the caller increments n. Capacity doubles at powers of two, so no capacity field is needed.
 */
void *arena_grow(struct arena *a, void *items, size_t n, size_t size);
#define ARENA_PUSH(a, items, n)                                                                    \
	((items) = arena_grow((a), (items), (n), sizeof *(items)), &(items)[(n)++])

/* Frees and sets to NULL the pointer on leaving the scope. */
void mem_freep(void *p);
#define auto_free __attribute__((cleanup(mem_freep)))
void arena_freep(struct arena **a);
#define auto_arena __attribute__((cleanup(arena_freep)))

/* Hands the pointer out of an auto_ variable. */
#define take(p)                                                                                    \
	(__extension__({                                                                           \
		__typeof__(p) *p_ = &(p);                                                          \
		__typeof__(p) v_ = *p_;                                                            \
		*p_ = NULL;                                                                        \
		v_;                                                                                \
	}))

#define ARRAY_LEN(x) (sizeof(x) / sizeof *(x))

#endif
