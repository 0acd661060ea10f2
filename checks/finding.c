#include "checks/finding.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/buf.h"

#define SHELL_PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/@+="

/* In a command, what a guest or a client named must not become part of the shell's syntax. */
static void add_quoted(struct buf *b, const char *s)
{
	if (*s && s[strspn(s, SHELL_PLAIN)] == '\0') {
		buf_puts(b, s);
		return;
	}
	buf_putc(b, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_puts(b, "'\\''");
		else
			buf_putc(b, *s);
	}
	buf_putc(b, '\'');
}

/* What stands at p for an argument or a name; its length in *len, 0 when p is plain text. */
static const char *placeholder(
	const struct findings *fs, const char *const *args, const char *p, size_t *len)
{
	static const char vm[] = "{vm}", dst[] = "{dst}";

	*len = 0;
	if (p[0] == '%' && p[1] >= '1' && p[1] <= '4') {
		*len = 2;
		return args[p[1] - '1'] ? args[p[1] - '1'] : "";
	}
	if (strncmp(p, vm, sizeof vm - 1) == 0) {
		*len = sizeof vm - 1;
		return fs->vm ? fs->vm : "VM";
	}
	if (strncmp(p, dst, sizeof dst - 1) == 0) {
		*len = sizeof dst - 1;
		return fs->dst ? fs->dst : "TARGET-URI";
	}
	return NULL;
}

static const char *expand(struct findings *fs, const char *text, const char *const *args)
{
	auto_buf struct buf b = { 0 };
	bool command = false;
	size_t len;

	for (const char *p = text; *p; p += len) {
		const char *value = placeholder(fs, args, p, &len);

		if (value && command) {
			add_quoted(&b, value);
		} else if (value) {
			buf_puts(&b, value);
		} else {
			command ^= *p == '`';
			buf_putc(&b, *p);
			len = 1;
		}
	}
	return arena_strndup(fs->arena, b.data ? b.data : "", b.len);
}

struct finding *finding_add_args(struct findings *fs, enum reason_id id, const char *const args[5])
{
	const struct reason *r = reason_get(id);
	struct finding *f = ARENA_PUSH(fs->arena, fs->items, fs->n);

	*f = (struct finding){ .id = id, .effect = r->effect, .rule = fs->rule ? fs->rule : "" };
	for (size_t i = 0; i < ARRAY_LEN(f->args) && args[i]; i++)
		f->args[i] = arena_strdup(fs->arena, args[i]);
	f->message = expand(fs, r->text, f->args);
	f->remedy = expand(fs, r->remedy, f->args);
	return f;
}

struct finding *finding_detail(struct findings *fs, struct finding *f, const char *object,
	const char *found, const char *needed)
{
	f->object = arena_strdup(fs->arena, object);
	f->found = arena_strdup(fs->arena, found);
	f->needed = arena_strdup(fs->arena, needed);
	return f;
}

struct finding *finding_unknown(
	struct findings *fs, const char *what, const char *driver, const char *missing)
{
	const char *why = driver ? arena_printf(fs->arena, "the %s driver does not provide %s",
					   driver, missing)
				 : missing;

	for (size_t i = 0; i < fs->n; i++) {
		const struct finding *f = &fs->items[i];

		if (f->id == VSM6002 && strcmp(f->args[0], what) == 0 &&
			strcmp(f->args[1], why) == 0)
			return NULL;
	}
	return finding_add(fs, VSM6002, what, why);
}

enum severity finding_severity(const struct finding *f)
{
	enum severity s = reason_get(f->id)->severity;

	if (f->effect != EFFECT_NONE)
		return SEVERITY_ERROR;
	return s == SEVERITY_ERROR ? SEVERITY_WARNING : s;
}
