#include "cim/schema.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The tables are sorted as strcasecmp sorts, by schemac. Every row begins with its name. */
static const void *find(const void *rows, size_t n, size_t size, const char *name)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const void *row = (const char *)rows + mid * size;
		int c = strcasecmp(name, *(const char *const *)row);

		if (c == 0)
			return row;
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const struct cim_class *cim_class_find(const char *name)
{
	for (size_t i = 0; i < cim_class_count; i++)
		if (strcasecmp(cim_classes[i]->name, name) == 0)
			return cim_classes[i];
	return NULL;
}

const struct cim_property *cim_property_find(const struct cim_class *c, const char *name)
{
	return find(c->properties, c->n_properties, sizeof *c->properties, name);
}

const struct cim_method *cim_method_find(const struct cim_class *c, const char *name)
{
	return find(c->methods, c->n_methods, sizeof *c->methods, name);
}

const struct cim_parameter *cim_parameter_find(const struct cim_method *m, const char *name)
{
	for (size_t i = 0; i < m->n_parameters; i++)
		if (strcasecmp(m->parameters[i].name, name) == 0)
			return &m->parameters[i];
	return NULL;
}

bool cim_class_is(const struct cim_class *c, const struct cim_class *base)
{
	for (; c != NULL; c = c->super)
		if (c == base)
			return true;
	return false;
}

/* One end of a range; an empty one is `open`. Base 0, for ValueMaps are written in hex too. */
static bool bound(const char *s, size_t len, int64_t open, int64_t *v)
{
	char text[24], *end;

	*v = open;
	if (len == 0)
		return true;
	if (len >= sizeof text)
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	errno = 0;
	*v = strtoll(text, &end, 0);
	return *end == '\0' && errno == 0;
}

static bool row_allows(const char *row, const char *value)
{
	const char *dots = strstr(row, "..");
	int64_t low, high, v;

	if (dots == NULL)
		return strcmp(row, value) == 0 ||
		       (bound(row, strlen(row), 0, &low) && bound(value, strlen(value), 0, &v) &&
			       *value != '\0' && low == v);
	return *value != '\0' && bound(value, strlen(value), 0, &v) &&
	       bound(row, (size_t)(dots - row), INT64_MIN, &low) &&
	       bound(dots + 2, strlen(dots + 2), INT64_MAX, &high) && low <= v && v <= high;
}

bool cim_valuemap_allows(const struct cim_valuemap *values, size_t n, const char *value)
{
	for (size_t i = 0; i < n; i++)
		if (row_allows(values[i].value, value))
			return true;
	return n == 0;
}

const char *cim_type_name(enum cim_type t)
{
	static const char *const names[] = {
		[CIM_BOOLEAN] = "boolean",
		[CIM_UINT8] = "uint8",
		[CIM_UINT16] = "uint16",
		[CIM_UINT32] = "uint32",
		[CIM_UINT64] = "uint64",
		[CIM_SINT8] = "sint8",
		[CIM_SINT16] = "sint16",
		[CIM_SINT32] = "sint32",
		[CIM_SINT64] = "sint64",
		[CIM_REAL32] = "real32",
		[CIM_REAL64] = "real64",
		[CIM_CHAR16] = "char16",
		[CIM_STRING] = "string",
		[CIM_DATETIME] = "datetime",
		[CIM_REFERENCE] = "reference",
	};

	_Static_assert(sizeof names / sizeof *names == CIM_TYPE_COUNT, "a name per type");
	return names[t];
}
