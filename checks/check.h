/*
 * The check engine: may this virtual system move to that host, and if not, why not?
 *
 * checks_start gathers facts through checks/hypervisor, runs every rule over them and answers by
 * one call of check->done, from any thread, possibly before checks_start returns, at the latest
 * at check->deadline (then with code 3, even though a hypervisor call is still under way).
 */
#ifndef VSMIGD_CHECKS_CHECK_H
#define VSMIGD_CHECKS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "checks/finding.h"
#include "checks/settings.h"
#include "daemon/base/err.h"
#include "daemon/base/principal.h"
#include "daemon/base/timer.h"

struct hv;
struct hv_source;
struct checks;

enum check_code {
	CHECK_DONE = 0,
	CHECK_NOT_SUPPORTED = 1,
	CHECK_FAILED = 2,
	CHECK_TIMEOUT = 3,
	CHECK_INVALID_PARAMETER = 4,
	CHECK_INVALID_STATE = 5,
	CHECK_INCOMPATIBLE = 6
};

enum check_unknown { UNKNOWN_ALLOW, UNKNOWN_REFUSE };

/* When a throw-away twin may be started on the destination (checks/hypervisor/probe.h). */
enum check_probe { PROBE_OFF = 0, PROBE_AUTO, PROBE_ALWAYS };

/* Policy: findings that libvirt would not raise itself. true = refuse, false = warn. */
struct check_config {
	int64_t timeout_ms; /* [check] timeout */
	unsigned max_checks; /* [limits] max_checks; 0: no limit */
	enum check_unknown unknown; /* [check] unknown */
	enum check_probe probe; /* [check] probe */
	bool probe_migration; /* an empty guest is moved there too (default true) */
	bool probe_hooks; /* and hooks are asked about the VM's own name (default true) */
	unsigned formats; /* FORMAT_* offered as DestinationHostFormatsSupported */
	bool source_maintenance; /* [source] maintenance: nothing leaves this host */
	bool refuse_running_offline; /* the offline move of a running VM (default true) */
	bool refuse_overcommit; /* not enough free memory (default false) */
	bool refuse_duplicate_mac; /* (default false) */
	bool refuse_overwrite; /* a storage copy over an existing file (default true) */
	bool refuse_crashed; /* what is left of a guest that crashed (default true) */
	bool refuse_io_error; /* a guest that a disk error paused (default true) */
	bool refuse_memory_file; /* a memory device whose file is absent there (default true) */
	bool refuse_saved_image; /* a managed save image that stays behind (default true) */
	bool refuse_bandwidth; /* one that libvirt takes for another (default true) */
	bool refuse_local_restart; /* a Restart from disks that are local here (default true) */
	bool refuse_other_pool; /* a volume whose pool is other storage there (default true) */
	bool refuse_reservations; /* SCSI reservations of a disk (default true) */
};

/* What the caller gave that is wrong in itself: becomes a finding (effect RC4). */
struct check_defect {
	enum reason_id id;
	const char *args[4];
	const char *object;
};

struct check {
	/* set by the caller */
	struct arena *arena; /* owned by the check, freed by check_free */
	const char *vm; /* UUID or name; NULL: missing (a defect says why) */
	bool vm_is_host; /* ComputerSystem was this host itself: code 1 */
	const char *destination; /* as given, trimmed; NULL: missing, or a defect says why */
	struct settings settings;
	struct check_defect *defects;
	size_t n_defects;
	int64_t deadline; /* clock_ms(); the engine lowers it to [check] timeout */
	struct hv_source *source; /* NULL; or what the source says to several checks: rank.h */
	void (*done)(struct check *c);
	void *arg;

	/* set when done is called; in the arena */
	enum check_code code;
	bool migratable; /* with CHECK_DONE */
	bool simulated; /* a test driver answered */
	struct finding *findings; /* errors first, then warnings, then the rest */
	size_t n_findings;
	const char *vm_name, *vm_uuid; /* NULL when not found */
	/* Bytes, 0 when not known: what is free on the destination, and what the VM takes of it. */
	uint64_t free_memory, memory_needed;
	const char *last_step; /* what was waited for, with CHECK_TIMEOUT */
	int64_t took_ms;
};

struct checks *checks_new(const struct check_config *c, struct hv *hv, struct timers *timers);
/* No check may be under way, but gathers past their deadline may. */
void checks_free(struct checks *cs);
/* The configuration in force (reload copies a new one in). */
void checks_set_config(struct checks *cs, const struct check_config *c);
const struct check_config *checks_config(struct checks *cs);

/*
 * Room for n more checks of a principal, of [limits] max_checks: 0, or -ERR_BUSY. Whoever asks for
 * them on behalf of a client does this before, and checks_leave when they are answered.
 */
int checks_enter(struct checks *cs, const struct principal *who, size_t n, struct err *e);
void checks_leave(struct checks *cs, const struct principal *who, size_t n);

/* A check with an arena of its own. */
struct check *check_new(void);
/* Frees the check once done was called, or before it was started. */
void check_free(struct check *c);
/* Notes a defect; of more than CHECK_MAX_DEFECTS the first are noted. */
enum { CHECK_MAX_DEFECTS = 64 };
void check_defect(struct check *c, enum reason_id id, const char *object, const char *a1,
	const char *a2, const char *a3);
void checks_start(struct checks *cs, struct check *c);

/* "VSM4301,VSM4401": ids of the findings that decided the answer, for the audit record; with
 * CHECK_TIMEOUT also of those that would have. */
void check_deciding_ids(const struct check *c, char *out, size_t size);

#endif
