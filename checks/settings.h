/*
 * What the caller asked for, as the rules see it: nothing here knows CIM.
 * All text lives in the arena of the check.
 */
#ifndef VSMIGD_CHECKS_SETTINGS_H
#define VSMIGD_CHECKS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the VM would move, after VERDICT.md "The judge". Bits, so that rules can say which. */
enum move {
	MOVE_LIVE = 1, /* MigrationType 0, 2, 32768, absent */
	MOVE_RESUME = 2, /* 3 */
	MOVE_RESTART = 4, /* 4 */
	MOVE_OFFLINE = 8, /* 1 */
	MOVE_LIVE_COPY = 16, /* 32771: Live, disks copied */
	MOVE_HOT = MOVE_LIVE | MOVE_RESUME | MOVE_LIVE_COPY,
	MOVE_ANY = 31
};

enum transport {
	TRANSPORT_UNKNOWN = 0,
	TRANSPORT_OTHER = 1,
	TRANSPORT_SSH = 2,
	TRANSPORT_TLS = 3,
	TRANSPORT_TLS_STRICT = 4,
	TRANSPORT_TCP = 5,
	TRANSPORT_IPC = 6,
	TRANSPORT_SMB = 32768
};

/* A property of NewSystemSettingData or NewResourceSettingData that was given a value. */
struct setting {
	const char *name; /* as the schema spells it when known there */
	const char *const *values; /* n texts; a scalar has one */
	size_t n;
};

struct new_system {
	const char *class_name;
	const struct setting *props;
	size_t n;
};

struct new_resource {
	size_t index; /* in NewResourceSettingData */
	const char *class_name;
	const struct setting *props;
	size_t n;
};

struct settings {
	bool given; /* MigrationSettingData was there */
	unsigned type; /* MigrationType as given; 0 when absent */
	enum move move; /* what type means; 0: not offered (VSM3003/9001) */
	bool has_priority, has_bandwidth;
	uint64_t priority, bandwidth;
	const char *bandwidth_unit; /* NULL: absent */
	enum transport transport;
	const char *other_transport; /* NULL: absent */
	const char *const *addresses; /* DestinationIPAddressList */
	size_t n_addresses;
	const char *planned_vm; /* DestinationPlannedVirtualSystemId; NULL: absent */
	bool allow_overwrite; /* AllowOverwriteExistingFile */
	bool compression; /* EnableCompression */
	const char *const *unmanaged; /* UnmanagedVhds: each names a disk that is not to be moved */
	size_t n_unmanaged;
	/* Properties that have no meaning here and were given: their names (VSM5019). */
	const char *const *ignored;
	size_t n_ignored;
	const struct new_system *system; /* NULL: absent */
	const struct new_resource *resources;
	size_t n_resources;
};

/* The value of a property in a list, NULL when absent (names compared without case). */
const struct setting *setting_find(const struct setting *props, size_t n, const char *name);
/* Its first text, NULL when absent or empty. */
const char *setting_text(const struct setting *props, size_t n, const char *name);
/* "Live", "Resume", "Restart", "Offline", "LiveWithStorage"; "none" for 0. */
const char *move_name(enum move m);
/* What a MigrationType means; 0 when this service does not offer it or it is not defined. */
enum move move_of_type(unsigned type);
/* Whether there are data to move, and they are to travel by TLS. NULL: no. */
bool settings_tls(const struct settings *s);

#endif
