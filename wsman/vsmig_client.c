#include "wsman/vsmig_client.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/digest.h"
#include "gsoap/soapH.h" /* brings OpenSSL's types along: gSOAP's client is built on it */
#include "wsman/vsmig_reply.h"

#define ANONYMOUS "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
#define WSEN "http://schemas.xmlsoap.org/ws/2004/09/enumeration"

enum {
	CONNECT_SECONDS = 10,
	GRACE_SECONDS = 5, /* what a reply may come later than the time asked for */
	MAX_REPLY = 16 << 20,
	MAX_ENVELOPE = 1 << 20, /* what we ask the server to keep to */
	MAX_LOGIN = 512, /* gSOAP leaves a longer one out without a word */
	MAX_PULLS = 10000,
};

extern struct Namespace namespaces[];

struct vsmig_client {
	struct soap *soap;
	char *endpoint, *anonymous_endpoint;
	char *user, *password;
	int timeout_s;
	const char *verify_error; /* OpenSSL's text, static */
	int64_t hurry; /* a failure before it is no timeout */
};

struct call {
	const char *action, *resource;
	const struct vsmig_key *keys;
	size_t n_keys;
	const char *body;
};

/* Remembers why the certificate was refused: gSOAP only says that it was. */
static int on_verify(int ok, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct vsmig_client *c = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (!ok)
		c->verify_error = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
	return ok;
}

/*
 * gSOAP compares names by itself, but as text: ::1 is not what it reads from a certificate.
 * OpenSSL does it properly, during the handshake.
 */
static bool expect_host(SSL_CTX *ctx, const char *host)
{
	X509_VERIFY_PARAM *p = SSL_CTX_get0_param(ctx);
	unsigned char address[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(p, host) == 1;
	X509_VERIFY_PARAM_set_hostflags(p, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(p, host, 0) == 1;
}

static int set_up_tls(struct vsmig_client *c, const struct vsmig_options *o, struct err *e)
{
	unsigned short flags = SOAP_TLSv1_2 | SOAP_TLSv1_3 | SOAP_SSL_SKIP_HOST_CHECK;

	flags |= o->insecure ? SOAP_SSL_NO_AUTHENTICATION : SOAP_SSL_REQUIRE_SERVER_AUTHENTICATION;
	if (o->ca != NULL)
		flags |= SOAP_SSL_NO_DEFAULT_CA_PATH;
	if (soap_ssl_client_context(c->soap, flags, NULL, NULL, o->ca, NULL, NULL) != SOAP_OK)
		return err_set(e, ERR_CONFIG, "The certificates in %s cannot be used",
			o->ca != NULL ? o->ca : "the system's store");
	if (o->insecure)
		return 0;
	SSL_CTX_set_app_data(c->soap->ctx, c);
	SSL_CTX_set_verify(c->soap->ctx, SSL_VERIFY_PEER, on_verify);
	if (!expect_host(c->soap->ctx, o->host))
		return err_set(e, ERR_CONFIG, "%s is not a host name or address", o->host);
	return 0;
}

static char *endpoint(const struct vsmig_options *o, const char *path)
{
	struct buf b = { 0 };

	buf_printf(&b, strchr(o->host, ':') != NULL ? "https://[%s]:%s%s" : "https://%s:%s%s",
		o->host, o->port, path);
	return buf_take(&b);
}

struct vsmig_client *vsmig_client_new(
	const struct vsmig_options *o, const char *password, struct err *e)
{
	struct vsmig_client *c;

	if (o->user != NULL && strlen(o->user) + strlen(password) > MAX_LOGIN) {
		err_set(e, ERR_CONFIG, "User name and password are longer than %d bytes",
			MAX_LOGIN);
		return NULL;
	}
	/* A server that goes away in the middle is an error of write(2), not our end. */
	signal(SIGPIPE, SIG_IGN);
	c = mem_calloc(1, sizeof *c);
	c->endpoint = endpoint(o, "/wsman");
	c->anonymous_endpoint = endpoint(o, "/wsman-anon/identify");
	c->user = o->user != NULL ? mem_strdup(o->user) : NULL;
	c->password = o->user != NULL ? mem_strdup(password) : NULL;
	c->timeout_s = o->timeout_s;
	soap_ssl_init();
	c->soap = soap_new1(SOAP_C_UTFSTRING | SOAP_IO_KEEPALIVE | SOAP_XML_TREE);
	soap_set_namespaces(c->soap, namespaces);
	c->soap->connect_timeout = CONNECT_SECONDS;
	c->soap->send_timeout = c->soap->recv_timeout = o->timeout_s + GRACE_SECONDS;
	c->soap->transfer_timeout = o->timeout_s + CONNECT_SECONDS + GRACE_SECONDS;
	c->soap->recv_maxlength = MAX_REPLY;
	if (set_up_tls(c, o, e) != 0) {
		vsmig_client_free(c);
		return NULL;
	}
	return c;
}

struct vsmig_client *vsmig_client_another(
	const struct vsmig_client *c, const struct vsmig_options *o, struct err *e)
{
	return vsmig_client_new(o, c->password, e);
}

/* Closes without waiting for the server's farewell; gSOAP would, for seconds. */
static void hang_up(struct vsmig_client *c)
{
	if (c->soap->ssl != NULL)
		SSL_set_shutdown(c->soap->ssl, SSL_RECEIVED_SHUTDOWN);
	soap_closesock(c->soap);
}

void vsmig_client_free(struct vsmig_client *c)
{
	if (c == NULL)
		return;
	hang_up(c);
	soap_destroy(c->soap);
	soap_end(c->soap);
	soap_free(c->soap);
	if (c->password != NULL)
		explicit_bzero(c->password, strlen(c->password));
	free(c->password);
	free(c->user);
	free(c->endpoint);
	free(c->anonymous_endpoint);
	free(c);
}

/* How the transport failed, from what gSOAP left behind. */
static int transport_failed(struct vsmig_client *c, const char *to, struct err *e)
{
	const char *text, *detail;

	if (c->verify_error != NULL)
		return err_set(e, ERR_ACCESS,
			"The certificate of %s was not accepted: %s "
			"(--ca FILE names what to trust)",
			to, c->verify_error);
	if (c->soap->error == SOAP_EOF && c->soap->errnum == 0) {
		/* gSOAP tells no difference between a limit passed and a connection closed. */
		if (clock_left(c->hurry) == 0)
			return err_set(e, ERR_TIMEOUT, "%s did not answer in time", to);
		return err_set(e, ERR_UNAVAILABLE, "%s closed the connection", to);
	}
	if (c->soap->errnum != 0 && c->soap->error != SOAP_SSL_ERROR)
		return err_set(e, ERR_UNAVAILABLE, "%s cannot be reached: %s", to,
			strerror(c->soap->errnum));
	soap_set_fault(c->soap);
	text = soap_fault_string(c->soap);
	detail = soap_fault_detail(c->soap);
	return err_set(e, ERR_UNAVAILABLE, "%s cannot be reached: %s%s%s", to,
		text != NULL ? text : "", detail != NULL ? "; " : "", detail != NULL ? detail : "");
}

static int http_failed(int status, const char *to, struct err *e)
{
	static const struct {
		int status, code;
		const char *text;
	} rows[] = {
		{ 401, ERR_ACCESS, "did not accept the user name or the password" },
		{ 403, ERR_ACCESS, "forbids this" },
		{ 404, ERR_NOT_FOUND, "has no WS-Management service there (HTTP status 404)" },
		{ 413, ERR_LIMIT, "finds the request too large (HTTP status 413)" },
		{ 503, ERR_BUSY, "is too busy now (HTTP status 503)" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].status == status)
			return err_set(e, rows[i].code, "%s %s", to, rows[i].text);
	return err_set(e, ERR_IO, "%s answered with HTTP status %d", to, status);
}

static int write_envelope(struct soap *soap, const char *body)
{
	return soap_envelope_begin_out(soap) || soap_putheader(soap) || soap_body_begin_out(soap) ||
	       soap_send(soap, body) || soap_body_end_out(soap) || soap_envelope_end_out(soap);
}

static int send_request(struct vsmig_client *c, const char *to, const char *body)
{
	struct soap *soap = c->soap;

	soap_serializeheader(soap);
	if (soap_begin_count(soap))
		return soap->error;
	if ((soap->mode & SOAP_IO_LENGTH) && write_envelope(soap, body))
		return soap->error;
	if (soap_end_count(soap) || soap_connect(soap, to, NULL) || write_envelope(soap, body) ||
		soap_end_send(soap))
		return soap->error;
	return SOAP_OK;
}

/* The reply's bytes, in gSOAP's memory until the next request. */
static int receive(
	struct vsmig_client *c, const char *to, const char **bytes, size_t *n, struct err *e)
{
	struct soap *soap = c->soap;
	ULONG64 announced;

	if (soap_begin_recv(soap) != SOAP_OK) {
		if (soap->error >= 201 && soap->error < 600)
			return http_failed(soap->error, to, e);
		return transport_failed(c, to, e);
	}
	announced = soap->length;
	if (announced > MAX_REPLY)
		return err_set(
			e, ERR_LIMIT, "The reply of %s is larger than %d MiB", to, MAX_REPLY >> 20);
	*bytes = soap_http_get_body(soap, n);
	if (*bytes == NULL)
		return transport_failed(c, to, e);
	/* gSOAP hands a body that was cut short over as if it were whole. */
	if (announced != 0 && *n < announced)
		return err_set(
			e, ERR_IO, "%s closed the connection in the middle of its reply", to);
	soap_end_recv(soap);
	return 0;
}

static void set_selectors(
	struct vsmig_client *c, const struct call *call, struct wsman__SelectorSetType *set)
{
	struct wsman__SelectorType *s;
	size_t n = call->n_keys + 1;

	s = soap_malloc(c->soap, n * sizeof *s);
	for (size_t i = 0; i < n; i++) {
		struct buf text = { 0 };

		buf_xml(&text, i == 0 ? CIM_NS_DEFAULT : call->keys[i - 1].value);
		s[i].Name =
			soap_strdup(c->soap, i == 0 ? "__cimnamespace" : call->keys[i - 1].name);
		s[i].__item = soap_strdup(c->soap, text.data != NULL ? text.data : "");
		buf_free(&text);
	}
	set->__sizeSelector = (int)n;
	set->wsman__Selector = s;
}

static void set_header(struct vsmig_client *c, const struct call *call)
{
	struct SOAP_ENV__Header *h = soap_malloc(c->soap, sizeof *h);
	struct wsa__EndpointReferenceType *reply_to = soap_malloc(c->soap, sizeof *reply_to);
	char uuid[DIGEST_UUID_SIZE], text[64];

	memset(h, 0, sizeof *h);
	memset(reply_to, 0, sizeof *reply_to);
	reply_to->wsa__Address = soap_strdup(c->soap, ANONYMOUS);
	digest_uuid(uuid);
	snprintf(text, sizeof text, "uuid:%s", uuid);
	h->wsa__MessageID = soap_strdup(c->soap, text);
	snprintf(text, sizeof text, "PT%dS", c->timeout_s);
	h->wsman__OperationTimeout = soap_strdup(c->soap, text);
	h->wsman__MaxEnvelopeSize = soap_malloc(c->soap, sizeof *h->wsman__MaxEnvelopeSize);
	*h->wsman__MaxEnvelopeSize = MAX_ENVELOPE;
	h->wsa__To = soap_strdup(c->soap, c->endpoint);
	h->wsman__ResourceURI = soap_strdup(c->soap, call->resource);
	h->wsa__Action = soap_strdup(c->soap, call->action);
	h->wsa__ReplyTo = reply_to;
	h->wsman__SelectorSet = soap_malloc(c->soap, sizeof *h->wsman__SelectorSet);
	set_selectors(c, call, h->wsman__SelectorSet);
	c->soap->header = h;
}

static int run(struct vsmig_client *c, const struct call *call, xmlDoc **doc,
	const xmlNode **content, struct err *e)
{
	const char *to =
		call->action == NULL && c->user == NULL ? c->anonymous_endpoint : c->endpoint;
	const char *bytes = NULL;
	size_t n = 0;
	int r;

	c->hurry = clock_in(
		1000 * (int64_t)(c->timeout_s < CONNECT_SECONDS ? c->timeout_s : CONNECT_SECONDS));
	soap_end(c->soap);
	soap_begin(c->soap);
	c->soap->userid = c->user;
	c->soap->passwd = c->password;
	c->soap->header = NULL;
	if (call->action != NULL)
		set_header(c, call);
	if (send_request(c, to, call->body) != SOAP_OK)
		r = transport_failed(c, to, e);
	else
		r = receive(c, to, &bytes, &n, e);
	if (r != 0 || !c->soap->keep_alive)
		hang_up(c);
	return r != 0 ? r : vsmig_reply_parse(bytes, n, doc, content, e);
}

int vsmig_client_identify(
	struct vsmig_client *c, struct arena *a, struct cim_loose *out, struct err *e)
{
	const struct call call = { .body = "<wsmid:Identify/>" };
	const xmlNode *content;
	xmlDoc *doc;
	int r = run(c, &call, &doc, &content, e);

	if (r != 0)
		return r;
	if (content == NULL || strcmp((const char *)content->name, "IdentifyResponse") != 0)
		r = err_set(e, ERR_SYNTAX, "The server's reply has no IdentifyResponse");
	else
		vsmig_reply_properties(a, content, out);
	xmlFreeDoc(doc);
	return r;
}

static void add_items(struct arena *a, const xmlNode *items, struct vsmig_list *out)
{
	for (const xmlNode *n = items != NULL ? items->children : NULL; n != NULL; n = n->next)
		if (n->type == XML_ELEMENT_NODE)
			vsmig_reply_properties(a, n, ARENA_PUSH(a, out->items, out->n));
}

/* Takes the items of a reply; *context is what to pull with, NULL when the sequence is over. */
static int take_items(struct vsmig_client *c, struct arena *a, const struct call *call,
	struct vsmig_list *out, const char **context, struct err *e)
{
	const xmlNode *content;
	xmlDoc *doc;
	int r = run(c, call, &doc, &content, e);

	if (r != 0)
		return r;
	add_items(a, vsmig_reply_child(content, "Items"), out);
	*context = NULL;
	if (vsmig_reply_child(content, "EndOfSequence") == NULL)
		*context = vsmig_reply_text(a, vsmig_reply_child(content, "EnumerationContext"));
	if (*context != NULL && **context == '\0')
		*context = NULL;
	xmlFreeDoc(doc);
	return 0;
}

int vsmig_client_enumerate(struct vsmig_client *c, struct arena *a, const char *class_name,
	struct vsmig_list *out, struct err *e)
{
	struct call call = {
		.action = WSEN "/Enumerate",
		.resource = arena_printf(a, "%s%s", CIM_URI_DMTF, class_name),
		.body = "<wsen:Enumerate><wsman:OptimizeEnumeration/>"
			"<wsman:MaxElements>1000</wsman:MaxElements></wsen:Enumerate>",
	};
	const char *context;
	int r = take_items(c, a, &call, out, &context, e);

	call.action = WSEN "/Pull";
	for (int pulls = 0; r == 0 && context != NULL; pulls++) {
		auto_buf struct buf body = { 0 };

		if (pulls == MAX_PULLS)
			return err_set(e, ERR_LIMIT, "The list of %s does not end", class_name);
		buf_puts(&body, "<wsen:Pull><wsen:EnumerationContext>");
		buf_xml(&body, context);
		buf_puts(&body, "</wsen:EnumerationContext>"
				"<wsen:MaxElements>1000</wsen:MaxElements></wsen:Pull>");
		call.body = body.data;
		r = take_items(c, a, &call, out, &context, e);
	}
	return r;
}

int vsmig_client_invoke(struct vsmig_client *c, struct arena *a, const char *class_name,
	const struct vsmig_key *keys, size_t n_keys, const char *method, const char *input,
	struct cim_loose *out, struct err *e)
{
	const char *resource = arena_printf(a, "%s%s", CIM_URI_DMTF, class_name);
	const struct call call = {
		.action = arena_printf(a, "%s/%s", resource, method),
		.resource = resource,
		.keys = keys,
		.n_keys = n_keys,
		.body = arena_printf(a, "<p:%s_INPUT xmlns:p=\"%s\">%s</p:%s_INPUT>", method,
			resource, input, method),
	};
	const xmlNode *content;
	xmlDoc *doc;
	int r = run(c, &call, &doc, &content, e);

	if (r != 0)
		return r;
	if (content == NULL)
		r = err_set(e, ERR_SYNTAX, "The server's reply to %s is empty", method);
	else
		vsmig_reply_properties(a, content, out);
	xmlFreeDoc(doc);
	return r;
}
