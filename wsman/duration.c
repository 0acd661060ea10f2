#include "wsman/duration.h"

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000)
#define DAY (24 * 60 * 60 * SECOND)

/* The designators in the order they must come in, each at most once. */
static const struct unit {
	char designator;
	bool time;
	int64_t ms;
} units[] = {
	{ 'Y', false, 365 * DAY },
	{ 'M', false, 30 * DAY },
	{ 'D', false, DAY },
	{ 'H', true, 60 * 60 * SECOND },
	{ 'M', true, 60 * SECOND },
	{ 'S', true, SECOND },
};
enum { UNIT_COUNT = sizeof units / sizeof *units };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int64_t clamp_add(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t clamp_mul(int64_t a, int64_t b)
{
	int64_t product;

	return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

static const char *read_digits(const char *p, int64_t *value)
{
	for (*value = 0; is_digit(*p); p++)
		*value = clamp_add(clamp_mul(*value, 10), *p - '0');
	return p;
}

/* Reads ".123456" as milliseconds; p is behind the point. NULL without a digit. */
static const char *read_decimals(const char *p, int64_t *ms)
{
	int64_t weight = 100;

	if (!is_digit(*p))
		return NULL;
	for (*ms = 0; is_digit(*p); p++, weight /= 10)
		*ms += (*p - '0') * weight;
	return p;
}

static size_t find_unit(char designator, bool time, size_t from)
{
	for (size_t i = from; i < UNIT_COUNT; i++) {
		if (units[i].designator == designator && units[i].time == time)
			return i;
	}
	return UNIT_COUNT;
}

/* Reads one "12.5S"; *next is the first unit that may still come. NULL when it is none. */
static const char *read_part(const char *p, bool time, size_t *next, int64_t *total)
{
	int64_t value, decimals = 0;
	size_t unit;

	if (!is_digit(*p))
		return NULL;
	p = read_digits(p, &value);
	if (*p == '.') {
		p = read_decimals(p + 1, &decimals);
		if (!p || *p != 'S')
			return NULL;
	}
	unit = find_unit(*p, time, *next);
	if (unit == UNIT_COUNT)
		return NULL;
	*next = unit + 1;
	*total = clamp_add(*total, clamp_add(clamp_mul(value, units[unit].ms), decimals));
	return p + 1;
}

bool duration_parse(const char *text, int64_t *ms)
{
	bool negative = text[0] == '-', time = false;
	const char *p = text + negative;
	int64_t total = 0;
	size_t next = 0;

	if (*p++ != 'P' || *p == '\0')
		return false;
	while (*p) {
		if (*p == 'T') {
			if (time || !is_digit(p[1]))
				return false;
			time = true;
			p++;
		}
		p = read_part(p, time, &next, &total);
		if (!p)
			return false;
	}
	*ms = negative ? -total : total;
	return true;
}

/* Reads "Z" or "+02:00" up to the end of the text, as minutes east of UTC. */
static bool read_zone(const char *p, int *minutes)
{
	int hours, rest, used = 0;

	*minutes = 0;
	if (*p == '\0' || strcmp(p, "Z") == 0)
		return true;
	if ((*p != '+' && *p != '-') || !is_digit(p[1]))
		return false;
	if (sscanf(p + 1, "%2d:%2d%n", &hours, &rest, &used) != 2 || used != 5 || p[6] != '\0')
		return false;
	if (hours > 14 || rest < 0 || rest > 59)
		return false;
	*minutes = (hours * 60 + rest) * (*p == '-' ? -1 : 1);
	return true;
}

bool duration_parse_date(const char *text, int64_t *ms)
{
	struct tm tm = { 0 };
	int64_t decimals = 0;
	int used = 0, zone;
	const char *p;
	time_t t;

	if (!is_digit(text[0]) ||
		sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
			&tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 6 ||
		used != 19)
		return false;
	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
		tm.tm_hour < 0 || tm.tm_hour > 24 || tm.tm_min < 0 || tm.tm_min > 59 ||
		tm.tm_sec < 0 || tm.tm_sec > 60)
		return false;
	p = text + used;
	if (*p == '.') {
		p = read_decimals(p + 1, &decimals);
		if (!p)
			return false;
	}
	if (!read_zone(p, &zone))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	t = timegm(&tm);
	*ms = ((int64_t)t - zone * 60) * SECOND + decimals;
	return true;
}

void duration_format(int64_t ms, char out[DURATION_SIZE])
{
	snprintf(out, DURATION_SIZE, "PT%" PRId64 ".%03dS", ms / SECOND, (int)(ms % SECOND));
}

void duration_format_date(int64_t ms, char out[DURATION_SIZE])
{
	time_t seconds = (time_t)(ms / SECOND);
	size_t n;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	n = strftime(out, DURATION_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, DURATION_SIZE - n, ".%03dZ", (int)(ms % SECOND));
}
