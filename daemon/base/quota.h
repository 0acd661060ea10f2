/*
 * How much each principal has under way, so that none takes it all. All functions may be called
 * from any thread. It holds a row for each principal that has something under way, no more.
 */
#ifndef VSMIGD_BASE_QUOTA_H
#define VSMIGD_BASE_QUOTA_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/principal.h"

struct quota;

struct quota *quota_new(void);
/* Nothing may be under way. */
void quota_free(struct quota *q);
/* Takes n of `most`, or says no. Who has nothing under way is always let in, however large n is. */
bool quota_take(struct quota *q, const struct principal *who, size_t n, size_t most);
/* Gives back what was taken. */
void quota_give(struct quota *q, const struct principal *who, size_t n);

#endif
