/*
 * Counters: what the daemon did and has open, for the log and for metrics. Any thread, lock-free.
 */
#ifndef VSMIGD_BASE_COUNT_H
#define VSMIGD_BASE_COUNT_H

#include <stdint.h>

/* X(id, exported name, what it counts). Names ending in _total only grow; others go both ways. */
#define COUNT_TABLE(X)                                                                             \
	X(COUNT_CONNECTIONS, "connections", "client connections open")                             \
	X(COUNT_CONNECTIONS_TOTAL, "connections_total", "client connections accepted")             \
	X(COUNT_REFUSED_TOTAL, "connections_refused_total", "client connections over a cap")       \
	X(COUNT_TLS_FAILED_TOTAL, "tls_failed_total", "TLS handshakes that failed")                \
	X(COUNT_REQUESTS_TOTAL, "requests_total", "requests read whole")                           \
	X(COUNT_REQUESTS, "requests", "requests under way")                                        \
	X(COUNT_REQUEST_BYTES, "request_bytes", "bytes of large requests held in memory")          \
	X(COUNT_HTTP_ERRORS_TOTAL, "http_errors_total", "requests refused before SOAP")            \
	X(COUNT_AUTH_FAILED_TOTAL, "auth_failed_total", "logins refused")                          \
	X(COUNT_FAULTS_TOTAL, "faults_total", "SOAP faults sent")                                  \
	X(COUNT_CHECKS, "checks", "migration checks under way")                                    \
	X(COUNT_CHECKS_TOTAL, "checks_total", "migration checks answered")                         \
	X(COUNT_CONTEXTS, "contexts", "enumeration contexts open")                                 \
	X(COUNT_SUBSCRIPTIONS, "subscriptions", "subscriptions open")                              \
	X(COUNT_HV_CONNECTIONS, "hypervisor_connections", "hypervisor connections open")           \
	X(COUNT_HV_CALLS_TOTAL, "hypervisor_calls_total", "calls made to hypervisors")             \
	X(COUNT_HV_STUCK, "hypervisor_threads_stuck", "threads in a call past its deadline")

#define COUNT_ID(id, name, text) id,
enum count { COUNT_TABLE(COUNT_ID) COUNT_COUNT };
#undef COUNT_ID

void count_add(enum count c, int64_t n);
int64_t count_get(enum count c);
const char *count_name(enum count c);
const char *count_text(enum count c);

#endif
