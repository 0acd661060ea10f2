#include "checks/hypervisor/open.h"
#include "daemon/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/uri.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEEPALIVE_SECONDS = 5, KEEPALIVE_COUNT = 3, MAX_ADDRESSES = 8 };

static const struct carrier {
	const char *name;
	unsigned port; /* probed; 0: not over TCP */
} transports[] = {
	{ "tls", 16514 },
	{ "tcp", 16509 },
	{ "ssh", 22 },
	{ "libssh", 22 },
	{ "libssh2", 22 },
	{ "unix", 0 },
	{ "ext", 0 },
};

static void copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
}

static void copy_host(struct open_target *out, const char *server)
{
	size_t len = server ? strlen(server) : 0;

	if (len > 2 && server[0] == '[' && server[len - 1] == ']')
		snprintf(out->host, sizeof out->host, "%.*s", (int)len - 2, server + 1);
	else
		copy(out->host, sizeof out->host, server);
}

static void copy_socket(struct open_target *out, const char *query)
{
	const char *at = query ? strstr(query, "socket=") : NULL;
	size_t len = at ? strcspn(at + 7, "&") : 0;
	char *text;

	if (!len || (at != query && at[-1] != '&'))
		return;
	text = xmlURIUnescapeString(at + 7, (int)len, NULL);
	copy(out->socket, sizeof out->socket, text);
	xmlFree(text);
}

static unsigned default_port(const char *transport)
{
	for (size_t i = 0; i < ARRAY_LEN(transports); i++)
		if (strcasecmp(transport, transports[i].name) == 0)
			return transports[i].port;
	return 0;
}

bool open_parse(const char *uri, struct open_target *out)
{
	xmlURI *parsed = xmlParseURI(uri);
	const char *plus;
	unsigned port;

	*out = (struct open_target){ 0 };
	if (!parsed || !parsed->scheme) {
		xmlFreeURI(parsed);
		return false;
	}
	plus = strchr(parsed->scheme, '+');
	copy_host(out, parsed->server);
	if (plus)
		copy(out->transport, sizeof out->transport, plus + 1);
	else if (out->host[0])
		copy(out->transport, sizeof out->transport, "tls");
	port = parsed->port > 0 ? (unsigned)parsed->port : default_port(out->transport);
	if (port && port <= 65535 && default_port(out->transport))
		snprintf(out->port, sizeof out->port, "%hu", (unsigned short)port);
	copy_socket(out, parsed->query_raw);
	xmlFreeURI(parsed);
	return true;
}

/* Connects to one address by `deadline`; 0 or an errno. */
static int connect_to(const struct addrinfo *ai, int64_t deadline)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error = 0, n;

	if (fd < 0)
		return errno;
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) < 0)
		error = errno;
	if (error == EINPROGRESS) {
		while ((n = poll(&p, 1, clock_poll(deadline))) < 0 && errno == EINTR)
			;
		if (n == 0)
			error = ETIMEDOUT;
		else if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
			error = errno;
	}
	close(fd);
	return error;
}

/* Tries every address; a refusal tells more than silence, so it is what is remembered. */
static int connect_any(const struct addrinfo *list, int64_t deadline)
{
	int error = EHOSTUNREACH, left = 0, one;

	for (const struct addrinfo *ai = list; ai && left < MAX_ADDRESSES; ai = ai->ai_next)
		left++;
	for (const struct addrinfo *ai = list; ai && left > 0; ai = ai->ai_next, left--) {
		int64_t share = clock_left(deadline) / left;

		one = connect_to(ai, clock_in(share));
		if (one == 0)
			return 0;
		if (error != ECONNREFUSED)
			error = one;
	}
	return error;
}

static enum access probe(const struct open_target *t, int64_t deadline,
	_Atomic(const char *) *stage, char text[OPEN_TEXT])
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	int error;

	*stage = "resolving the name of the host";
	error = getaddrinfo(t->host, t->port, &hints, &list);
	if (error) {
		snprintf(text, OPEN_TEXT, "the name '%s' cannot be resolved: %s", t->host,
			error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
		return ACCESS_UNRESOLVED;
	}
	*stage = "connecting to the host";
	error = connect_any(list, deadline);
	freeaddrinfo(list);
	if (error == 0)
		return ACCESS_OPEN;
	snprintf(text, OPEN_TEXT,
		error == ECONNREFUSED ? "nothing listens on port %s of %s: %s"
				      : "port %s of %s cannot be reached: %s",
		t->port, t->host, strerror(error));
	return error == ECONNREFUSED ? ACCESS_NO_SERVICE : ACCESS_UNREACHABLE;
}

/* Which of libvirt's errors mean what; rows with a word in the text go first. */
static const struct {
	int code; /* 0: any */
	const char *word; /* in the text; NULL: any */
	enum access access;
} meanings[] = {
	{ 0, "certificate", ACCESS_CERTIFICATE },
	{ 0, "TLS handshake", ACCESS_CERTIFICATE },
	{ 0, "private key", ACCESS_CERTIFICATE },
	{ VIR_ERR_GNUTLS_ERROR, NULL, ACCESS_CERTIFICATE },
	{ VIR_ERR_AUTH_FAILED, NULL, ACCESS_CREDENTIALS },
	{ VIR_ERR_AUTH_CANCELLED, NULL, ACCESS_CREDENTIALS },
	{ VIR_ERR_AUTH_UNAVAILABLE, NULL, ACCESS_CREDENTIALS },
	{ VIR_ERR_ACCESS_DENIED, NULL, ACCESS_CREDENTIALS },
	{ VIR_ERR_OPERATION_DENIED, NULL, ACCESS_CREDENTIALS },
	{ 0, "Permission denied", ACCESS_CREDENTIALS },
	{ 0, "Host key verification", ACCESS_CREDENTIALS },
	{ VIR_ERR_NO_CONNECT, NULL, ACCESS_NO_SERVICE },
	{ VIR_ERR_NO_SERVER, NULL, ACCESS_NO_SERVICE },
	{ 0, "No such file or directory", ACCESS_NO_SERVICE },
	{ 0, "Connection refused", ACCESS_NO_SERVICE },
	{ 0, "End of file while reading", ACCESS_NO_SERVICE },
	{ 0, "Connection reset by peer", ACCESS_NO_SERVICE },
	{ 0, "Broken pipe", ACCESS_NO_SERVICE },
	{ 0, "unable to resolve", ACCESS_UNRESOLVED },
	{ 0, "Could not resolve hostname", ACCESS_UNRESOLVED },
	{ VIR_ERR_RPC, NULL, ACCESS_NO_SERVICE },
};

enum access open_access_of(const virError *err, const struct open_target *t)
{
	const char *text = err && err->message ? err->message : "";

	if (!err)
		return ACCESS_FAILED;
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if ((!meanings[i].code || meanings[i].code == err->code) &&
			(!meanings[i].word || strstr(text, meanings[i].word)))
			return meanings[i].access;
	if (err->code == VIR_ERR_SYSTEM_ERROR && err->domain == VIR_FROM_RPC)
		return t->host[0] ? ACCESS_UNREACHABLE : ACCESS_NO_SERVICE;
	return ACCESS_FAILED;
}

/* libvirt takes from the authentication file what it can; what it still asks for is not there. */
static int never_prompt(virConnectCredentialPtr cred, unsigned n, void *arg)
{
	(void)cred;
	(void)n;
	(void)arg;
	return -1;
}

static virConnectPtr open_libvirt(const char *uri)
{
	int types[] = {
		VIR_CRED_AUTHNAME,
		VIR_CRED_PASSPHRASE,
		VIR_CRED_ECHOPROMPT,
		VIR_CRED_NOECHOPROMPT,
		VIR_CRED_USERNAME,
		VIR_CRED_LANGUAGE,
		VIR_CRED_CNONCE,
		VIR_CRED_REALM,
	};
	virConnectAuth auth = {
		.credtype = types, .ncredtype = ARRAY_LEN(types), .cb = never_prompt
	};

	return virConnectOpenAuth(uri, &auth, 0);
}

enum access open_hypervisor(const char *uri, int64_t deadline, _Atomic(const char *) *stage,
	virConnectPtr *out, char text[OPEN_TEXT])
{
	struct open_target target;
	enum access access;
	const virError *err;

	open_parse(uri, &target);
	if (target.host[0] && target.port[0]) {
		access = probe(&target, deadline, stage, text);
		if (access != ACCESS_OPEN)
			return access;
	}
	*stage = "opening the hypervisor connection";
	*out = open_libvirt(uri);
	if (*out) {
		/* A driver inside this process has no keepalive, and needs none. */
		virConnectSetKeepAlive(*out, KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
		return ACCESS_OPEN;
	}
	err = virGetLastError();
	snprintf(text, OPEN_TEXT, "libvirt: %s",
		err && err->message ? err->message : "no reason given");
	return open_access_of(err, &target);
}

virConnectPtr open_once(const char *uri, int64_t deadline, char text[OPEN_TEXT])
{
	_Atomic(const char *) stage;
	virConnectPtr v = NULL;

	return open_hypervisor(uri, deadline, &stage, &v, text) == ACCESS_OPEN ? v : NULL;
}
