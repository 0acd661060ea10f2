/* The text of single values, both ways. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cim/value.h"

static int wrong(struct err *e, enum cim_type t, const char *text)
{
	return err_set(
		e, ERR_PARAMETER, "\"%.60s\" is not a value of type %s", text, cim_type_name(t));
}

/* The text without white space around it. */
static const char *trimmed(struct arena *a, const char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	return arena_strndup(a, text, len);
}

static bool parse_boolean(const char *s, bool *b)
{
	*b = strcasecmp(s, "true") == 0 || strcmp(s, "1") == 0;
	return *b || strcasecmp(s, "false") == 0 || strcmp(s, "0") == 0;
}

static bool digits_only(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static bool parse_unsigned(const char *s, uint64_t max, uint64_t *u)
{
	if (*s == '+')
		s++;
	if (!digits_only(s))
		return false;
	errno = 0;
	*u = strtoull(s, NULL, 10);
	return errno == 0 && *u <= max;
}

static bool parse_signed(const char *s, int64_t max, int64_t *v)
{
	if (!digits_only(*s == '-' || *s == '+' ? s + 1 : s))
		return false;
	errno = 0;
	*v = strtoll(s, NULL, 10);
	return errno == 0 && *v <= max && *v >= -max - 1;
}

/* XML Schema's INF, -INF and NaN are what strtod takes as well; hexadecimal is not. */
static bool parse_real(const char *s, double *r)
{
	char *end;

	if (*s == '\0' || strpbrk(s, "xXpP(") != NULL)
		return false;
	errno = 0;
	*r = strtod(s, &end);
	return *end == '\0' && (errno == 0 || fabs(*r) < 1);
}

/* One UTF-8 character of the Basic Multilingual Plane, or its number. */
static bool parse_char16(const char *s, uint64_t *u)
{
	const unsigned char *c = (const unsigned char *)s;

	if (digits_only(s))
		return parse_unsigned(s, UINT16_MAX, u);
	if (c[0] != '\0' && c[0] < 0x80 && c[1] == '\0')
		*u = c[0];
	else if ((c[0] & 0xe0) == 0xc0 && (c[1] & 0xc0) == 0x80 && c[2] == '\0')
		*u = (c[0] & 0x1fu) << 6 | (c[1] & 0x3fu);
	else if ((c[0] & 0xf0) == 0xe0 && (c[1] & 0xc0) == 0x80 && (c[2] & 0xc0) == 0x80 &&
		 c[3] == '\0')
		*u = (c[0] & 0x0fu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
	else
		return false;
	return true;
}

/* DSP0004's 25 characters: yyyymmddhhmmss.mmmmmmsutc, or ddddddddhhmmss.mmmmmm:000. */
static bool is_dmtf_datetime(const char *s)
{
	if (strlen(s) != 25 || s[14] != '.' || strchr("+-:", s[21]) == NULL)
		return false;
	for (size_t i = 0; i < 25; i++)
		if (i != 14 && i != 21 && !isdigit((unsigned char)s[i]) && s[i] != '*')
			return false;
	return true;
}

/* Six digits of a fraction ".123", more cut off, fewer filled with zeros. */
static const char *fraction(const char *s, char out[7])
{
	memcpy(out, "000000", 7);
	if (*s != '.')
		return s;
	for (size_t i = 0; isdigit((unsigned char)*++s); i++)
		if (i < 6)
			out[i] = *s;
	return s;
}

static const char *from_xs_datetime(struct arena *a, const char *s)
{
	unsigned y, mo, d, h, mi, sec, zh = 0, zm = 0;
	int used = 0;
	char micro[7], sign = '+';

	if (sscanf(s, "%4u-%2u-%2uT%2u:%2u:%2u%n", &y, &mo, &d, &h, &mi, &sec, &used) != 6 ||
		used != 19)
		return NULL;
	s = fraction(s + used, micro);
	if (*s == '+' || *s == '-') {
		sign = *s;
		if (sscanf(s + 1, "%2u:%2u%n", &zh, &zm, &used) != 2 || used != 5)
			return NULL;
		s += 6;
	} else if (*s == 'Z') {
		s++;
	}
	if (*s != '\0' || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || sec > 60 ||
		zh > 14 || zm > 59)
		return NULL;
	return arena_printf(a, "%04u%02u%02u%02u%02u%02u.%s%c%03u", y, mo, d, h, mi, sec, micro,
		sign, zh * 60 + zm);
}

/* Days to seconds only: an interval of CIM has no months or years. */
static const char *from_xs_duration(struct arena *a, const char *s)
{
	static const char units[] = "DHMS";
	static const unsigned size[] = { 86400, 3600, 60, 1 };
	uint64_t seconds = 0;
	char micro[7] = "000000";
	size_t next = 0;
	bool time = false, any = false;

	if (*s++ != 'P')
		return NULL;
	while (*s != '\0') {
		unsigned long n;
		const char *unit;
		char *end;

		if (*s == 'T' && !time) {
			time = true;
			next = 1;
			s++;
			continue;
		}
		if (!isdigit((unsigned char)*s))
			return NULL;
		n = strtoul(s, &end, 10);
		s = *end == '.' ? fraction(end, micro) : end;
		unit = *s != '\0' ? strchr(units + next, *s) : NULL;
		if (unit == NULL || n > 99999999 || (*end == '.' && *s != 'S') ||
			time != (*unit != 'D'))
			return NULL;
		seconds += (uint64_t)n * size[unit - units];
		next = (size_t)(unit - units) + 1;
		any = true;
		s++;
	}
	if (!any || seconds / 86400 > 99999999)
		return NULL;
	return arena_printf(a, "%08" PRIu64 "%02u%02u%02u.%s:000", seconds / 86400,
		(unsigned)(seconds / 3600 % 24), (unsigned)(seconds / 60 % 60),
		(unsigned)(seconds % 60), micro);
}

static const char *parse_datetime(struct arena *a, const char *s)
{
	if (is_dmtf_datetime(s))
		return s;
	return *s == 'P' ? from_xs_duration(a, s) : from_xs_datetime(a, s);
}

static const uint64_t unsigned_max[CIM_TYPE_COUNT] = {
	[CIM_UINT8] = UINT8_MAX,
	[CIM_UINT16] = UINT16_MAX,
	[CIM_UINT32] = UINT32_MAX,
	[CIM_UINT64] = UINT64_MAX,
};
static const int64_t signed_max[CIM_TYPE_COUNT] = {
	[CIM_SINT8] = INT8_MAX,
	[CIM_SINT16] = INT16_MAX,
	[CIM_SINT32] = INT32_MAX,
	[CIM_SINT64] = INT64_MAX,
};

int cim_datum_from_text(
	struct arena *a, enum cim_type t, const char *text, union cim_datum *d, struct err *e)
{
	const char *s = t == CIM_STRING ? text : trimmed(a, text);
	bool ok = true;

	if (t == CIM_STRING)
		d->str = text;
	else if (t == CIM_BOOLEAN)
		ok = parse_boolean(s, &d->b);
	else if (unsigned_max[t] != 0)
		ok = parse_unsigned(s, unsigned_max[t], &d->u);
	else if (signed_max[t] != 0)
		ok = parse_signed(s, signed_max[t], &d->s);
	else if (t == CIM_REAL32 || t == CIM_REAL64)
		ok = parse_real(s, &d->r);
	else if (t == CIM_CHAR16)
		ok = parse_char16(s, &d->u);
	else
		ok = t == CIM_DATETIME && (d->str = parse_datetime(a, s)) != NULL;
	return ok ? 0 : wrong(e, t, text);
}

/* UTF-8 of a char16; a surrogate on its own is no character. */
static const char *char16_text(struct arena *a, unsigned c)
{
	if (c >= 0xd800 && c < 0xe000)
		return "?";
	if (c < 0x80)
		return arena_printf(a, "%c", c);
	if (c < 0x800)
		return arena_printf(a, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
	return arena_printf(a, "%c%c%c", 0xe0 | c >> 12, 0x80 | (c >> 6 & 0x3f), 0x80 | (c & 0x3f));
}

static const char *real_text(struct arena *a, enum cim_type t, double r)
{
	if (isnan(r))
		return "NaN";
	if (isinf(r))
		return r > 0 ? "INF" : "-INF";
	return arena_printf(a, "%.*g", t == CIM_REAL32 ? 9 : 17, r);
}

const char *cim_datum_text(struct arena *a, enum cim_type t, const union cim_datum *d)
{
	if (t == CIM_STRING || t == CIM_DATETIME)
		return d->str;
	if (t == CIM_BOOLEAN)
		return d->b ? "true" : "false";
	if (signed_max[t] != 0)
		return arena_printf(a, "%" PRId64, d->s);
	if (t == CIM_REAL32 || t == CIM_REAL64)
		return real_text(a, t, d->r);
	if (t == CIM_CHAR16)
		return char16_text(a, (unsigned)d->u);
	return arena_printf(a, "%" PRIu64, d->u);
}
