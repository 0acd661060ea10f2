/*
 * Findings: what a rule has to say. A list of them lives in one arena.
 */
#ifndef VSMIGD_CHECKS_FINDING_H
#define VSMIGD_CHECKS_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "checks/reason.h"
#include "daemon/base/mem.h"

struct finding {
	enum reason_id id;
	enum effect effect; /* the reason's, unless policy or a setting changed it */
	const char *args[4]; /* of the text, NULL past the last */
	const char *message; /* the text with its arguments in place */
	const char *object; /* "disk vda", "interface 52:54:00:aa:bb:cc"; NULL: the VM */
	const char *found, *needed; /* values, where there are such; else NULL */
	const char *remedy; /* what to do; never NULL */
	const char *rule; /* name of the rule; "" for the engine's own */
	bool presumed; /* concluded rather than read: a twin that starts shows better */
	bool way_shows; /* likewise a migration that gets through */
	bool policy; /* refuses or warns about what libvirt would carry out */
};

struct findings {
	struct arena *arena;
	struct finding *items;
	size_t n;
	const char *rule; /* set by the engine while a rule runs */
	const char *vm, *dst; /* for remedies: the VM's name, the target's URI; or NULL */
};

/*
 * Adds a finding; up to 4 text arguments follow the id, copied into the arena. Returns it so
 * that object, found, needed, remedy (text that lives as long as the arena) can be set:
 *
 *	struct finding *f = finding_add(fs, VSM4401, net, mac);
 *	f->object = arena_printf(fs->arena, "interface %s", mac);
 */
#define finding_add(fs, id, ...) finding_add_args((fs), (id), (const char *const[5]){ __VA_ARGS__ })
struct finding *finding_add_args(struct findings *fs, enum reason_id id, const char *const args[5]);

/* Sets object, found and needed to copies in the arena; NULL sets none. Returns f. */
struct finding *finding_detail(struct findings *fs, struct finding *f, const char *object,
	const char *found, const char *needed);

/* "Not evaluated": VSM6002, once per (what, driver). `what` names the check. With a driver,
 * `missing` is what it does not provide ("the networks of the target host"); without, a clause
 * that says why ("the list of networks could not be had: timeout"). NULL when said already. */
struct finding *finding_unknown(
	struct findings *fs, const char *what, const char *driver, const char *missing);

/* An error refuses; a reason whose effect was lowered to EFFECT_NONE is a warning at most. */
enum severity finding_severity(const struct finding *f);

#endif
