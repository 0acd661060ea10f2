#include "daemon/config_check.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACE "{host}"
#define ANONYMOUS "/wsman-anon"

static int check_listener(struct config *c, struct err *e)
{
	unsigned char address[16];

	if (!c->server.n_addresses)
		return err_set(e, ERR_CONFIG, "[listener] address is empty: give 0.0.0.0, ::");
	for (size_t i = 0; i < c->server.n_addresses; i++)
		if (inet_pton(AF_INET, c->server.addresses[i], address) != 1 &&
			inet_pton(AF_INET6, c->server.addresses[i], address) != 1)
			return err_set(e, ERR_CONFIG,
				"[listener] address: '%s' is no IPv4 or IPv6 "
				"address",
				c->server.addresses[i]);
	if (!*c->tls.certificate)
		return err_set(e, ERR_CONFIG,
			"[listener] certificate is not set: the service "
			"speaks only HTTPS ('vsmig init DIR' makes a certificate)");
	if (!*c->tls.private_key)
		c->tls.private_key = c->tls.certificate;
	return 0;
}

static int check_path(struct config *c, struct err *e)
{
	size_t n = strlen(c->path);

	for (const char *p = c->path; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("/-._~", *p))
			return err_set(e, ERR_CONFIG,
				"[listener] path: only letters, digits and "
				"/ - . _ ~ can stand in it");
	if (n < 2 || c->path[0] != '/' || c->path[n - 1] == '/')
		return err_set(e, ERR_CONFIG,
			"[listener] path must begin with / and not end with "
			"it: give /wsman");
	if (strncmp(c->path, ANONYMOUS, strlen(ANONYMOUS)) == 0)
		return err_set(e, ERR_CONFIG,
			"[listener] path: " ANONYMOUS " is for requests "
			"without a login: give /wsman");
	return 0;
}

static int check_auth(struct config *c, struct err *e)
{
	return auth_config_check(&c->auth, e);
}

static int check_source(struct config *c, struct err *e)
{
	if (!strchr(c->hv.source_uri, ':'))
		return err_set(e, ERR_CONFIG,
			"[source] uri: '%s' is no libvirt URI: give one such "
			"as qemu:///system",
			c->hv.source_uri);
	if (*c->hv.source_name && host_format_of(c->hv.source_name) != FORMAT_NAME)
		return err_set(
			e, ERR_CONFIG, "[source] name: '%s' is no host name", c->hv.source_name);
	return 0;
}

static bool is_network(const char *text)
{
	unsigned char address[16];
	char copy[INET6_ADDRSTRLEN + 4], *slash, *end;
	long bits;
	bool v4, v6;

	if ((size_t)snprintf(copy, sizeof copy, "%s", text) >= sizeof copy)
		return false;
	slash = strchr(copy, '/');
	*slash++ = '\0';
	v4 = inet_pton(AF_INET, copy, address) == 1;
	v6 = inet_pton(AF_INET6, copy, address) == 1;
	bits = isdigit((unsigned char)*slash) ? strtol(slash, &end, 10) : -1;
	return bits >= 0 && !*end && ((v4 && bits <= 32) || (v6 && bits <= 128));
}

static bool is_pattern(const char *text)
{
	for (const char *p = text; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(".-*?:", *p))
			return false;
	return true;
}

static int check_allow(const struct config *c, struct err *e)
{
	for (size_t i = 0; i < c->hv.n_allow; i++) {
		const char *item = c->hv.allow[i];

		if (strchr(item, '/') ? !is_network(item) : !is_pattern(item))
			return err_set(e, ERR_CONFIG,
				"[destination] allow: '%s' is neither a name "
				"(with * and ?) nor a network such as 192.0.2.0/24",
				item);
	}
	if (c->hv.n_allow && !*c->hv.uri_template)
		return err_set(e, ERR_CONFIG,
			"[destination] allow has no use while uri_template "
			"is empty: set one, or empty the other");
	return 0;
}

static int check_destination(struct config *c, struct err *e)
{
	const char *t = c->hv.uri_template, *place = strstr(t, PLACE);

	if (*t && (!place || strchr(t, '{') != place || strchr(place + strlen(PLACE), '{')))
		return err_set(e, ERR_CONFIG,
			"[destination] uri_template must have " PLACE
			" in it, once: give qemu+tls://" PLACE "/system");
	return check_allow(c, e);
}

static const char *expand(struct config *c, const char *name)
{
	const char *t = c->hv.uri_template, *place = strstr(t, PLACE);
	bool brackets = host_format_of(name) == FORMAT_IPV6;

	return arena_printf(c->arena, "%.*s%s%s%s%s", (int)(place - t), t, brackets ? "[" : "",
		name, brackets ? "]" : "", place + strlen(PLACE));
}

/* A [host NAME] without a row in [hosts] is reached as the template says. */
static int complete_hosts(struct config *c, struct err *e)
{
	for (size_t i = 0; i < c->hv.n_hosts; i++) {
		struct hv_host *h = &c->hosts[i];

		if (h->uri)
			continue;
		if (!*c->hv.uri_template)
			return err_set(e, ERR_CONFIG,
				"[host %s] has no URI: give it one in [hosts]", h->name);
		h->uri = expand(c, h->name);
	}
	c->hv.hosts = c->hosts;
	return 0;
}

static int complete_limits(struct config *c, struct err *e)
{
	c->server.limits.body_bytes = c->wsman.max_envelope;
	if (c->server.limits.request_memory < c->wsman.max_envelope)
		return err_set(e, ERR_CONFIG,
			"[limits] request_memory must not be less than "
			"max_envelope: a request of that size would never be read");
	return 0;
}

int config_check(struct config *c, struct err *e)
{
	static int (*const checks[])(struct config * c, struct err * e) = {
		check_listener,
		check_path,
		check_auth,
		check_source,
		check_destination,
		complete_hosts,
		complete_limits,
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(checks); i++)
		rc = checks[i](c, e);
	return rc;
}
