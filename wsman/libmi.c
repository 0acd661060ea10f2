#include "wsman/libmi.h"

#include <string.h>

/* Around an item: Envelope, Body, the response and Items. */
enum { DEPTH_OF_ITEMS = 4 };

/* One element: from its '<', and behind its '>'. */
struct tag {
	const char *name, *rest;
	bool closes, empty;
};

static bool next_tag(const char *s, struct tag *t)
{
	const char *end;

	s = strchr(s, '<');
	end = s ? strchr(s, '>') : NULL;
	if (!end)
		return false;
	*t = (struct tag){
		.name = s + 1, .rest = end + 1, .closes = s[1] == '/', .empty = end[-1] == '/'
	};
	return true;
}

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/*
 * The count falls short by what libmi reads and puts back: what follows on text, and the first
 * element inside a value, a reference and a CIM_DateTime excepted. References have their own
 * reader, which puts nothing back; all their elements are wsa: or wsman:.
 */
static size_t puts_back(const struct tag *t, size_t depth)
{
	if (t->closes || t->empty || starts(t->name, "wsa:") || starts(t->name, "wsman:") ||
		starts(t->name, "cim:CIM_DateTime"))
		return 0;
	if (t->rest[0] != '<')
		return 1;
	return depth > DEPTH_OF_ITEMS + 1 && t->rest[1] != '/' && !starts(t->rest, "<wsa:") &&
	       !starts(t->rest, "<cim:CIM_DateTime");
}

bool libmi_add(struct libmi_page *page, const char *item)
{
	struct libmi_page after = *page;
	size_t depth = DEPTH_OF_ITEMS;

	for (struct tag t = { .rest = item }; next_tag(t.rest, &t);) {
		if (t.closes) {
			depth--;
			continue;
		}
		depth++;
		after.texts += puts_back(&t, depth);
		if (starts(t.name, "wsa:Address>")) {
			after.lost[0] |= after.texts + 1 == depth;
			after.lost[1] |= after.texts == depth;
		}
		depth -= t.empty;
	}
	if (after.lost[0] && after.lost[1])
		return false;
	*page = after;
	return true;
}
