/*
 * What must be known of a request on its whole way: who, from where, until when, and the fields
 * of its audit record, which every layer fills as it learns them and daemon/ writes once.
 * Owned by the call it is part of; touched by one thread at a time.
 */
#ifndef VSMIGD_BASE_REQUEST_H
#define VSMIGD_BASE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/principal.h"

/* Text fields are cut to their room, always NUL-terminated, "" while not known. */
struct request_audit {
	char operation[64]; /* "Identify", "Enumerate", or the CIM method */
	char resource[128]; /* the CIM class */
	char vm[128]; /* the virtual system as the client named it */
	char destination[256];
	char fault[64]; /* subcode of the fault sent, "wsman:TimedOut" */
	int status; /* HTTP status sent */
	int check_code; /* -1: no check was made */
	bool migratable; /* with check_code 0 */
	char findings[512]; /* message ids of the findings that decided, by commas */
	char step[96]; /* what was waited for when a check's time was over */
};

struct request {
	uint64_t id;
	char peer[64]; /* "192.0.2.7:51234" */
	struct principal who;
	int64_t received; /* clock_ms() when the last byte was read */
	int64_t deadline; /* clock_ms() by which the reply is due; lowered by OperationTimeout */
	struct request_audit audit;
};

#endif
