#include "checks/settings.h"

#include <strings.h>

#include "daemon/base/mem.h"

static const struct {
	unsigned type;
	enum move move;
} types[] = {
	{ 0, MOVE_LIVE },
	{ 1, MOVE_OFFLINE },
	{ 2, MOVE_LIVE },
	{ 3, MOVE_RESUME },
	{ 4, MOVE_RESTART },
	{ 32768, MOVE_LIVE },
	{ 32771, MOVE_LIVE_COPY },
};

static const struct {
	enum move move;
	const char *name;
} names[] = {
	{ MOVE_LIVE, "Live" },
	{ MOVE_RESUME, "Resume" },
	{ MOVE_RESTART, "Restart" },
	{ MOVE_OFFLINE, "Offline" },
	{ MOVE_LIVE_COPY, "LiveWithStorage" },
};

enum move move_of_type(unsigned type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].type == type)
			return types[i].move;
	return 0;
}

const char *move_name(enum move m)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].move == m)
			return names[i].name;
	return "none";
}

const struct setting *setting_find(const struct setting *props, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(props[i].name, name) == 0)
			return &props[i];
	return NULL;
}

const char *setting_text(const struct setting *props, size_t n, const char *name)
{
	const struct setting *s = setting_find(props, n, name);

	return s && s->n > 0 && s->values[0][0] ? s->values[0] : NULL;
}

bool settings_tls(const struct settings *s)
{
	return s && (s->move & MOVE_HOT) &&
	       (s->transport == TRANSPORT_TLS || s->transport == TRANSPORT_TLS_STRICT);
}
