#include "daemon/base/clock.h"

#include <limits.h>
#include <time.h>

int64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_in(int64_t ms)
{
	int64_t at;

	if (__builtin_add_overflow(clock_ms(), ms, &at))
		return CLOCK_NEVER;
	return at;
}

int64_t clock_left(int64_t deadline)
{
	int64_t now;

	if (deadline == CLOCK_NEVER)
		return INT64_MAX;
	now = clock_ms();
	return deadline > now ? deadline - now : 0;
}

int clock_poll(int64_t deadline)
{
	int64_t left = clock_left(deadline);

	if (deadline == CLOCK_NEVER)
		return -1;
	return left > INT_MAX ? INT_MAX : (int)left;
}
