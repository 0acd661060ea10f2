/*
 * The gate: takes each request from the server, finds out who asks, hands it to wsman, sends the
 * reply and writes the audit record, once.
 *
 * On a reactor thread a request is only queued. Who asks is known before a byte of the body is
 * looked at; a request without a login gets a 401, or is let through to Identify alone.
 */
#ifndef VSMIGD_GATE_H
#define VSMIGD_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/auth.h"
#include "daemon/base/pool.h"
#include "daemon/server.h"
#include "wsman/wsman.h"

struct gate;

struct gate_config {
	struct wsman *wsman;
	struct auth *auth;
	struct pool *workers;
	const char *path; /* without a slash at its end */
};

/* All that c points to stays the caller's and outlives the gate. */
struct gate *gate_new(const struct gate_config *c);
/* Requests that are not answered yet. */
size_t gate_open(const struct gate *g);
/* None may be open. */
void gate_free(struct gate *g);

/* For struct server_config, with the gate as arg. */
bool gate_path_known(void *gate, const char *path);
/* The WSDL of the service: its path with the query "wsdl". */
bool gate_get_known(void *gate, const char *path, const char *query);
void gate_request(void *gate, struct exchange *x);

#endif
