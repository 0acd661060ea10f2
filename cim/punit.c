#include "cim/punit.h"

#include <stddef.h>
#include <string.h>

static void skip_space(const char **s)
{
	*s += strspn(*s, " \t");
}

static bool accept(const char **s, const char *token)
{
	size_t len = strlen(token);

	skip_space(s);
	if (strncmp(*s, token, len) != 0)
		return false;
	*s += len;
	return true;
}

static bool number(const char **s)
{
	size_t len;

	skip_space(s);
	if (**s == '+' || **s == '-')
		(*s)++;
	len = strspn(*s, "0123456789");
	*s += len;
	return len > 0 && len <= 9;
}

static bool at_end(const char *s)
{
	skip_space(&s);
	return *s == '\0';
}

bool punit_is_percent(const char *text)
{
	return accept(&text, "percent") && at_end(text);
}

bool punit_is_data_rate(const char *text)
{
	if (!accept(&text, "bit") && !accept(&text, "byte"))
		return false;
	if (!accept(&text, "/") || !accept(&text, "second"))
		return false;
	while (accept(&text, "*"))
		if (!number(&text) || (accept(&text, "^") && !number(&text)))
			return false;
	return at_end(text);
}
