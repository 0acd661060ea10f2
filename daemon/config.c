#include "daemon/config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/config_check.h"
#include "daemon/file.h"
#include "daemon/option.h"

enum { FILE_MAX = 1 << 20, LINE_BYTES = 4096, HOSTS_MAX = 4096 };

/* What stands where in the file: nothing is given twice. */
struct seen {
	unsigned *rows; /* line of each option, 0: not given */
	unsigned uri; /* of a host: line of its [hosts] row */
};

struct reader {
	struct config *config;
	struct arena *scratch;
	char section[32]; /* "" at first; "host" in every [host NAME] */
	size_t host; /* index, in [host NAME] */
	struct seen options;
	struct seen *hosts; /* one per config->hosts */
	size_t n_hosts;
	unsigned line;
};

static size_t host_index(struct reader *r, const char *name)
{
	struct config *c = r->config;
	size_t i = 0;

	while (i < c->hv.n_hosts && strcasecmp(c->hosts[i].name, name) != 0)
		i++;
	return i;
}

static void set_preset(const struct option *o, void *base, struct arena *a)
{
	struct err e;
	int rc = option_set(o, base, a, o->preset, &e);

	/* A default that does not parse is our own mistake; the unit tests find it. */
	if (rc)
		abort();
}

static int add_host(struct reader *r, const char *name, struct err *e)
{
	struct config *c = r->config;
	struct hv_host *h;

	if (host_format_of(name) == FORMAT_BAD)
		return err_set(e, ERR_CONFIG, "'%s' is no host name, IPv4 or IPv6 address", name);
	if (c->hv.n_hosts == HOSTS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d hosts", HOSTS_MAX);
	h = ARENA_PUSH(c->arena, c->hosts, c->hv.n_hosts);
	*h = (struct hv_host){ .name = arena_strdup(c->arena, name) };
	*ARENA_PUSH(r->scratch, r->hosts, r->n_hosts) =
		(struct seen){ .rows = arena_array(r->scratch, option_count, sizeof(unsigned)) };
	for (size_t i = 0; i < option_count; i++)
		if (strcmp(option_rows[i].section, "host") == 0)
			set_preset(&option_rows[i], h, c->arena);
	return 0;
}

/* The index of the host of that name, which is added when it is new. */
static int use_host(struct reader *r, const char *name, size_t *index, struct err *e)
{
	size_t i = host_index(r, name);
	int rc = i < r->config->hv.n_hosts ? 0 : add_host(r, name, e);

	if (rc == 0)
		*index = i;
	return rc;
}

static int enter_section(struct reader *r, char *line, struct err *e)
{
	size_t n = strlen(line);
	char *name;

	if (line[n - 1] != ']')
		return err_set(e, ERR_CONFIG, "a section must end in ]");
	line[n - 1] = '\0';
	name = file_trim(line + 1);
	n = strcspn(name, " \t");
	if (n == 4 && strncmp(name, "host", n) == 0 && name[n]) {
		snprintf(r->section, sizeof r->section, "host");
		return use_host(r, file_trim(name + n), &r->host, e);
	}
	if (strcmp(name, "hosts") != 0 &&
		(!option_section_known(name) || strcmp(name, "host") == 0))
		return err_set(e, ERR_CONFIG, "there is no section [%s]: see vsmigd.conf(5)", name);
	snprintf(r->section, sizeof r->section, "%s", name);
	return 0;
}

static int first_time(unsigned *seen, unsigned line, const char *name, struct err *e)
{
	if (*seen)
		return err_set(e, ERR_CONFIG, "%s was given in line %u already: take one away",
			name, *seen);
	*seen = line;
	return 0;
}

static int set_uri(struct reader *r, const char *name, const char *uri, struct err *e)
{
	struct config *c = r->config;
	size_t i;
	int rc;

	if (!strchr(uri, ':'))
		return err_set(e, ERR_CONFIG,
			"'%s' is no libvirt URI: give one such as "
			"qemu+tls://%s/system",
			uri, name);
	rc = use_host(r, name, &i, e);
	if (rc == 0)
		rc = first_time(&r->hosts[i].uri, r->line, name, e);
	if (rc == 0)
		c->hosts[i].uri = arena_strdup(c->arena, uri);
	return rc;
}

static int set_option(struct reader *r, const char *name, const char *value, struct err *e)
{
	bool in_host = strcmp(r->section, "host") == 0;
	const struct option *o = option_find(r->section, name);
	struct seen *seen = in_host ? &r->hosts[r->host] : &r->options;
	void *base = in_host ? (void *)&r->config->hosts[r->host] : (void *)r->config;
	int rc;

	if (!o)
		return err_set(e, ERR_CONFIG, "there is no option %s in [%s]: see vsmigd.conf(5)",
			name, r->section);
	rc = first_time(&seen->rows[o - option_rows], r->line, name, e);
	return rc ? rc : option_set(o, base, r->config->arena, value, e);
}

static int read_setting(struct reader *r, char *line, struct err *e)
{
	char *value = strchr(line, '='), *name;

	if (!value)
		return err_set(e, ERR_CONFIG, "neither [section] nor NAME = VALUE");
	*value++ = '\0';
	name = file_trim(line);
	value = file_trim(value);
	if (!*r->section)
		return err_set(e, ERR_CONFIG, "%s stands before the first [section]", name);
	if (strcmp(r->section, "hosts") == 0)
		return set_uri(r, name, value, e);
	return set_option(r, name, value, e);
}

static int read_line(struct reader *r, char *line, struct err *e)
{
	if (strlen(line) > LINE_BYTES)
		return err_set(e, ERR_LIMIT, "the line is longer than %d bytes", LINE_BYTES);
	line = file_trim(line);
	for (const char *p = line; *p; p++)
		if (iscntrl((unsigned char)*p) && *p != '\t')
			return err_set(e, ERR_CONFIG, "the line has a control character");
	if (!*line || *line == '#' || *line == ';')
		return 0;
	return *line == '[' ? enter_section(r, line, e) : read_setting(r, line, e);
}

static int read_text(struct config *c, const char *file, char *text, struct err *e)
{
	auto_arena struct arena *scratch = arena_new();
	struct reader r = { .config = c, .scratch = scratch };
	char *line;
	int rc;

	r.options.rows = arena_array(scratch, option_count, sizeof(unsigned));
	while ((line = file_line(&text))) {
		r.line++;
		rc = read_line(&r, line, e);
		if (rc)
			return err_prefix(e, "%s:%u", file, r.line);
	}
	return 0;
}

static struct config *config_new(void)
{
	struct config *c = mem_calloc(1, sizeof *c);

	c->arena = arena_new();
	for (size_t i = 0; i < option_count; i++)
		if (strcmp(option_rows[i].section, "host") != 0)
			set_preset(&option_rows[i], c, c->arena);
	return c;
}

int config_load(const char *file, struct config **out, struct err *e)
{
	auto_buf struct buf text = { 0 };
	struct config *c = config_new();
	int rc = file_read(file, FILE_MAX, &text, NULL, e);

	if (rc)
		rc = err_prefix(e, "configuration");
	else
		rc = read_text(c, file, text.data, e);
	if (rc == 0 && config_check(c, e))
		rc = err_prefix(e, "%s", file);
	if (rc == 0)
		*out = c;
	else
		config_free(c);
	return rc;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	arena_free(c->arena);
	free(c);
}

static void show_option(const struct option *o, const void *base, struct buf *out)
{
	buf_printf(out, "# %s (", o->help);
	option_describe(o, out);
	buf_printf(out, ")\n%s = ", o->name);
	option_show(o, base, out);
	buf_putc(out, '\n');
}

static void show_hosts(const struct config *c, struct buf *out)
{
	buf_puts(out, "\n[hosts]\n# NAME = LIBVIRT-URI: destinations known by name\n");
	for (size_t i = 0; i < c->hv.n_hosts; i++)
		buf_printf(out, "%s = %s\n", c->hosts[i].name, c->hosts[i].uri);
	for (size_t i = 0; i < c->hv.n_hosts; i++) {
		buf_printf(out, "\n[host %s]\n", c->hosts[i].name);
		for (size_t k = 0; k < option_count; k++)
			if (strcmp(option_rows[k].section, "host") == 0)
				show_option(&option_rows[k], &c->hosts[i], out);
	}
}

void config_show(const struct config *c, struct buf *out)
{
	const char *section = "";

	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_rows[i];
		bool begins = strcmp(section, o->section) != 0;

		section = o->section;
		if (strcmp(section, "host") == 0) {
			if (begins)
				show_hosts(c, out);
			continue;
		}
		if (begins)
			buf_printf(out, "%s[%s]\n", i ? "\n" : "", section);
		show_option(o, c, out);
	}
}

static bool same_value(const struct option *o, const struct config *a, const struct config *b)
{
	auto_buf struct buf left = { 0 }, right = { 0 };

	option_show(o, a, &left);
	option_show(o, b, &right);
	return left.len == right.len && memcmp(left.data, right.data, left.len) == 0;
}

size_t config_restart_needed(const struct config *old, const struct config *new, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_rows[i];

		if (o->reload || strcmp(o->section, "host") == 0 || same_value(o, old, new))
			continue;
		buf_printf(out, "%s[%s] %s", n++ ? ", " : "", o->section, o->name);
	}
	return n;
}
