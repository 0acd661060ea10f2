#include "daemon/option.h"

#include "daemon/config.h"

/* The offset of a member, which must have exactly the type that the option's type stores. */
#define AT_IN(s, m, t)                                                                             \
	(offsetof(s, m) +                                                                          \
		sizeof(char[__builtin_types_compatible_p(__typeof__(((s *)0)->m), t) ? 1 : -1]) -  \
		1)
#define AT(m, t) AT_IN(struct config, m, t)

#define TEXT(m) .type = OPTION_TEXT, .offset = AT(m, const char *)
#define PATH(m) .type = OPTION_PATH, .offset = AT(m, const char *)
#define LIST(m, n) .type = OPTION_LIST, .offset = AT(m, const char *const *), .count = AT(n, size_t)
#define UINT(m, lo, hi) .type = OPTION_UINT, .offset = AT(m, unsigned), .min = (lo), .max = (hi)
#define SIZE(m, lo, hi) .type = OPTION_SIZE, .offset = AT(m, size_t), .min = (lo), .max = (hi)
#define DURATION(m, lo, hi)                                                                        \
	.type = OPTION_DURATION, .offset = AT(m, int64_t), .min = (lo), .max = (hi)
#define BOOL(m) .type = OPTION_BOOL, .offset = AT(m, bool)
#define WORD(m, t, w) .type = OPTION_WORD, .offset = AT(m, enum t), .words = (w)
#define WORDS(m, w) .type = OPTION_WORDS, .offset = AT(m, unsigned), .words = (w)

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)
#define SECONDS(n) ((uint64_t)(n)*1000)
#define MINUTES(n) SECONDS(60 * (n))
#define HOURS(n) MINUTES(60 * (n))

static const struct option_word methods[] = {
	{ "basic", AUTH_BASIC },
	{ "certificate", AUTH_CERTIFICATE },
	{ "negotiate", AUTH_NEGOTIATE },
	{ NULL, 0 },
};

static const struct option_word formats[] = {
	{ "name", FORMAT_NAME },
	{ "ipv4", FORMAT_IPV4 },
	{ "ipv6", FORMAT_IPV6 },
	{ NULL, 0 },
};

static const struct option_word probes[] = {
	{ "off", PROBE_OFF },
	{ "auto", PROBE_AUTO },
	{ "always", PROBE_ALWAYS },
	{ NULL, 0 },
};

static const struct option_word unknowns[] = {
	{ "allow", UNKNOWN_ALLOW },
	{ "refuse", UNKNOWN_REFUSE },
	{ NULL, 0 },
};

static const struct option_word log_levels[] = {
	{ "error", LOG_LEVEL_ERROR },
	{ "warning", LOG_LEVEL_WARNING },
	{ "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },
	{ NULL, 0 },
};

/* The rows of a section stand together, in the order in which --show-config prints them. */
const struct option option_rows[] = {
	{ "listener", "address", LIST(server.addresses, server.n_addresses),
		.preset = "0.0.0.0, ::", .help = "Addresses to listen on, IPv4 or IPv6" },
	{ "listener", "port", UINT(server.port, 0, 65535), .preset = "5986",
		.help = "TCP port; 0 takes a free one" },
	{ "listener", "path", TEXT(path), .preset = "/wsman",
		.help = "Path of the service in the URL" },
	{ "listener", "certificate", PATH(tls.certificate), .reload = true, .preset = "",
		.help = "PEM file with the server's certificate and those that lead to its root" },
	{ "listener", "private_key", PATH(tls.private_key), .reload = true, .preset = "",
		.help = "PEM file with the private key; empty: in the certificate file" },
	{ "listener", "client_ca", PATH(tls.client_ca), .reload = true, .preset = "",
		.help = "PEM file with the authorities of client certificates; empty: none" },

	{ "auth", "methods", WORDS(auth.methods, methods), .preset = "basic",
		.help = "How clients may log in; this version offers only basic" },
	{ "auth", "password_file", PATH(auth.password_file), .reload = true, .preset = "",
		.help = "File of user:hash lines, hashes as crypt(5) has them" },
	{ "auth", "keytab", PATH(keytab), .preset = "",
		.help = "Kerberos keytab for negotiate; not used by this version" },

	{ "source", "uri", TEXT(hv.source_uri), .preset = "qemu:///system",
		.help = "Libvirt URI of the hypervisor whose virtual machines this is about" },
	{ "source", "name", TEXT(hv.source_name), .preset = "",
		.help = "Host name of the service; empty: the hypervisor's host name" },
	{ "source", "maintenance", BOOL(check.source_maintenance), .reload = true, .preset = "no",
		.help = "Whether all migrations from this host are refused for now" },

	{ "destination", "uri_template", TEXT(hv.uri_template), .reload = true,
		.preset = "qemu+tls://{host}/system",
		.help = "Libvirt URI of a destination that [hosts] does not name" },
	{ "destination", "allow", LIST(hv.allow, hv.n_allow), .reload = true, .preset = "",
		.help = "Names (with * and ?) and networks that uri_template may reach" },
	{ "destination", "formats", WORDS(check.formats, formats), .reload = true,
		.preset = "name, ipv4, ipv6", .help = "How a client may spell a destination" },
	{ "destination", "pki_path", PATH(hv.pki_path), .reload = true, .preset = "",
		.help = "Directory of libvirt's certificate, key and CA; empty: libvirt's own" },
	{ "destination", "auth_file", PATH(hv.auth_file), .reload = true, .preset = "",
		.help = "Libvirt's file of credentials for destinations; empty: libvirt's own" },

	{ "host", "maintenance", .type = OPTION_BOOL,
		.offset = AT_IN(struct hv_host, maintenance, bool), .reload = true, .preset = "no",
		.help = "Whether this destination is refused for now" },
	{ "host", "max_migrations", .type = OPTION_UINT, .min = 1, .max = 10000,
		.offset = AT_IN(struct hv_host, max_migrations, unsigned), .reload = true,
		.preset = "",
		.help = "Migrations that may run into this destination at once; empty: no limit" },

	{ "check", "timeout", DURATION(check.timeout_ms, SECONDS(1), HOURS(1)), .reload = true,
		.preset = "30s",
		.help = "How long a check may take before it is answered with code 3" },
	{ "check", "probe", WORD(check.probe, check_probe, probes), .reload = true,
		.preset = "auto",
		.help = "When a probe, a twin that is started and destroyed at once, may settle "
			"what is unknown" },
	{ "check", "probe_migration", BOOL(check.probe_migration), .reload = true, .preset = "yes",
		.help = "Whether a probe also moves an empty guest from the source to the "
			"destination" },
	{ "check", "probe_hooks", BOOL(check.probe_hooks), .reload = true, .preset = "yes",
		.help = "Whether a hook of the destination is asked about the machine's own name" },
	{ "check", "unknown", WORD(check.unknown, check_unknown, unknowns), .reload = true,
		.preset = "allow",
		.help = "Whether a fact that matters and cannot be had refuses the move" },
	{ "check", "refuse_running_offline", BOOL(check.refuse_running_offline), .reload = true,
		.preset = "yes",
		.help = "Whether the offline move of a running virtual machine is refused" },
	{ "check", "refuse_overcommit", BOOL(check.refuse_overcommit), .reload = true,
		.preset = "no",
		.help = "Whether too little free memory refuses, rather than warns" },
	{ "check", "refuse_duplicate_mac", BOOL(check.refuse_duplicate_mac), .reload = true,
		.preset = "no",
		.help = "Whether a MAC address in use over there refuses, rather than warns" },
	{ "check", "refuse_overwrite", BOOL(check.refuse_overwrite), .reload = true,
		.preset = "yes",
		.help = "Whether a storage copy over an existing file is refused" },
	{ "check", "refuse_crashed", BOOL(check.refuse_crashed), .reload = true, .preset = "yes",
		.help = "Whether a crashed virtual machine is refused, which would run on there" },
	{ "check", "refuse_io_error", BOOL(check.refuse_io_error), .reload = true, .preset = "yes",
		.help = "Whether a virtual machine that a disk error paused is refused" },
	{ "check", "refuse_memory_file", BOOL(check.refuse_memory_file), .reload = true,
		.preset = "yes",
		.help = "Whether a memory device whose file is absent over there is refused" },
	{ "check", "refuse_saved_image", BOOL(check.refuse_saved_image), .reload = true,
		.preset = "yes",
		.help = "Whether an offline move that leaves a saved image behind is refused" },
	{ "check", "refuse_bandwidth", BOOL(check.refuse_bandwidth), .reload = true,
		.preset = "yes",
		.help = "Whether a bandwidth that libvirt takes for another is refused" },
	{ "check", "refuse_local_restart", BOOL(check.refuse_local_restart), .reload = true,
		.preset = "yes", .help = "Whether a Restart from a local disk is refused" },
	{ "check", "refuse_other_pool", BOOL(check.refuse_other_pool), .reload = true,
		.preset = "yes",
		.help = "Whether a pool that is other storage over there is refused" },
	{ "check", "refuse_reservations", BOOL(check.refuse_reservations), .reload = true,
		.preset = "yes", .help = "Whether reservations of a SCSI disk are refused" },

	{ "limits", "max_envelope", SIZE(wsman.max_envelope, KIB(8), MIB(64)), .preset = "500k",
		.help = "Largest request body; and largest reply when the client names no size" },
	{ "limits", "request_memory", SIZE(server.limits.request_memory, KIB(64), GIB(64)),
		.reload = true, .preset = "64m",
		.help = "Memory for large requests of all clients; beyond, the answer is 503" },
	{ "limits", "max_header", SIZE(server.limits.header_bytes, KIB(4), MIB(1)), .reload = true,
		.preset = "64k", .help = "Largest request line and headers together" },
	{ "limits", "max_connections", UINT(server.limits.connections, 1, 1000000), .reload = true,
		.preset = "4096", .help = "Client connections open at once" },
	{ "limits", "max_connections_per_address",
		UINT(server.limits.connections_per_address, 1, 1000000), .reload = true,
		.preset = "512", .help = "Client connections open at once from one address" },
	{ "limits", "handshake_timeout", DURATION(server.limits.handshake_ms, 100, MINUTES(10)),
		.reload = true, .preset = "10s", .help = "Time for the TLS handshake" },
	{ "limits", "header_timeout", DURATION(server.limits.header_ms, 100, MINUTES(10)),
		.reload = true, .preset = "10s",
		.help = "Time for the headers of a request, from its first byte" },
	{ "limits", "body_timeout", DURATION(server.limits.body_ms, 100, MINUTES(10)),
		.reload = true, .preset = "30s", .help = "Time for the body of a request" },
	{ "limits", "write_timeout", DURATION(server.limits.write_ms, 100, MINUTES(10)),
		.reload = true, .preset = "30s", .help = "Time for a client to take a reply" },
	{ "limits", "idle_timeout", DURATION(server.limits.idle_ms, SECONDS(1), HOURS(24)),
		.reload = true, .preset = "240s",
		.help = "Time a connection may stay open between two requests" },
	{ "limits", "operation_timeout", DURATION(wsman.operation_timeout_ms, SECONDS(1), HOURS(1)),
		.preset = "60s",
		.help = "Time for an operation: the most, and when the client names none" },
	{ "limits", "context_idle", DURATION(wsman.context_idle_ms, SECONDS(1), HOURS(24)),
		.preset = "240s", .help = "Time an enumeration may wait for its next Pull" },
	{ "limits", "max_contexts", UINT(wsman.max_contexts, 1, 100000), .preset = "64",
		.help = "Enumerations that one user may have open at once" },
	{ "limits", "context_memory", SIZE(wsman.context_memory, KIB(64), GIB(64)),
		.preset = "128m",
		.help = "Memory for the enumerations of one user, but for one that is larger" },
	{ "limits", "max_checks", UINT(check.max_checks, 1, 100000), .reload = true, .preset = "64",
		.help = "Checks that one user may have under way at once" },
	{ "limits", "max_elements", UINT(wsman.max_elements, 1, 1000000), .preset = "32000",
		.help = "Items in one reply to Enumerate or Pull" },
	{ "limits", "max_subscriptions", UINT(wsman.max_subscriptions, 0, 100000), .preset = "16",
		.help = "Subscriptions to events that one user may have at once" },
	{ "limits", "max_events", UINT(wsman.max_events, 1, 100000), .preset = "256",
		.help = "Events that wait in one subscription; beyond, the oldest are dropped" },
	{ "limits", "subscription_time", DURATION(wsman.subscription_ms, SECONDS(1), HOURS(24)),
		.preset = "1h", .help = "Time a subscription lasts, at the most, until renewed" },
	{ "limits", "io_threads", UINT(server.threads, 1, 16), .preset = "1",
		.help = "Threads that read and write client connections" },
	{ "limits", "workers", UINT(workers, 1, 256), .preset = "2",
		.help = "Threads that work on requests; none of them waits for a hypervisor" },
	{ "limits", "queue", UINT(queue, 1, 1000000), .preset = "1024",
		.help = "Requests that may wait for a worker; beyond, the answer is 503" },
	{ "limits", "login_threads", UINT(auth.threads, 1, 64), .preset = "2",
		.help = "Threads that verify passwords, so that slow hashes delay only logins" },
	{ "limits", "login_queue", UINT(auth.queue, 1, 100000), .preset = "256",
		.help = "Logins that may wait for a verification; beyond, the answer is 503" },
	{ "limits", "hypervisor_threads", UINT(hv.threads_per_connection, 1, 64), .reload = true,
		.preset = "4",
		.help = "Threads that make libvirt calls on one hypervisor connection" },
	{ "limits", "max_hypervisors", UINT(hv.max_connections, 1, 10000), .reload = true,
		.preset = "64", .help = "Destinations connected to at once" },
	{ "limits", "hypervisor_idle", DURATION(hv.idle_ms, SECONDS(1), HOURS(24)), .reload = true,
		.preset = "10m",
		.help = "Time after which an unused connection to a destination is closed" },

	{ "log", "level", WORD(log_level, log_level, log_levels), .reload = true, .preset = "info",
		.help = "Least important kind of event that is logged" },
	{ "log", "audit", BOOL(audit), .reload = true, .preset = "yes",
		.help = "Whether each request leaves a record in the log, at any level" },
};
const size_t option_count = ARRAY_LEN(option_rows);
