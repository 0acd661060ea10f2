/*
 * Certificates, keys and their defects, and what is negotiated on a real connection.
 */
#include "tests/unit/https_site.h"

#include <signal.h>

#define REQUEST ASK(0)

/* A server with NAME.crt, asking for client certificates of the CA in the file client_ca. */
static void serve_as(const char *name, const char *client_ca)
{
	struct tls_config t = { .client_ca = client_ca };
	struct server_config c = config();
	char cert[64], key[64];
	struct err e = { 0 };

	snprintf(cert, sizeof cert, "%s.crt", name);
	snprintf(key, sizeof key, "%s.key", name);
	t.certificate = in_dir(cert);
	t.private_key = in_dir(key);
	ck_assert_msg(tls_reload(tls, &t, &e) == 0, "%s", e.text);
	serve(&c);
}

static void setup_tls(void)
{
	setup();
	make_simple_cert("one");
	make_simple_cert("two");
}

static void make_files(void)
{
	struct issuer rsa = make_cert("rsa", EVP_RSA_gen(2048), NULL);
	struct issuer weak = make_cert("weak", EVP_RSA_gen(1024), NULL);
	FILE *f = fopen(in_dir("locked.key"), "w");

	PEM_write_PrivateKey(f, rsa.key, EVP_aes_128_cbc(), NULL, 0, NULL, (void *)"secret");
	fclose(f);
	issuer_free(&rsa);
	issuer_free(&weak);
	write_file("empty", "");
	write_file("rubbish", "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n");
}

/* Each: the files, and what the sentence has to say besides the file's name. */
static const struct {
	const char *cert, *key, *ca, *culprit, *words[2];
} defects[] = {
	{ "gone.crt", "one.key", NULL, "gone.crt", { "certificate", "No such file" } },
	{ "one.crt", "gone.key", NULL, "gone.key", { "private key", "No such file" } },
	{ "one.crt", "one.key", "gone.ca", "gone.ca", { "client CA", "No such file" } },
	{ ".", "one.key", NULL, "/.", { "certificate", "Is a directory" } },
	{ "empty", "one.key", NULL, "empty", { "certificate", "is empty" } },
	{ "rubbish", "one.key", NULL, "rubbish", { "certificate", "PEM" } },
	{ "one.key", "one.key", NULL, "one.key", { "certificate", "PEM" } },
	{ "weak.crt", "weak.key", NULL, "weak.crt", { "key too small", "2048" } },
	{ "one.crt", "one.crt", NULL, "one.crt", { "private key", "PEM" } },
	{ "one.crt", "two.key", NULL, "two.key", { "does not belong", "one.crt" } },
	{ "one.crt", "rsa.key", NULL, "rsa.key", { "does not belong", "one.crt" } },
	{ "rsa.crt", "locked.key", NULL, "locked.key", { "private key", "encrypted" } },
	{ "one.crt", "one.key", "one.key", "one.key", { "client CA", "PEM" } },
	{ NULL, "one.key", NULL, "certificate", { "no certificate", "vsmig init" } },
};

START_TEST(load_errors)
{
	struct tls_config c = { 0 };
	struct err e = { 0 };

	make_files();
	if (defects[_i].cert)
		c.certificate = in_dir(defects[_i].cert);
	c.private_key = in_dir(defects[_i].key);
	if (defects[_i].ca)
		c.client_ca = in_dir(defects[_i].ca);
	ck_assert_ptr_null(tls_new(&c, &e));
	ck_assert_int_eq(e.code, ERR_CONFIG);
	ck_assert_msg(strstr(e.text, defects[_i].culprit) && strstr(e.text, defects[_i].words[0]) &&
			      strstr(e.text, defects[_i].words[1]),
		"%s", e.text);
}
END_TEST

static const struct {
	const char *name;
	int version;
	bool accepted;
} versions[] = {
	{ "any", 0, true },
	{ "1.3", TLS1_3_VERSION, true },
	{ "1.2", TLS1_2_VERSION, true },
	{ "1.1", TLS1_1_VERSION, false },
	{ "1.0", TLS1_VERSION, false },
};

START_TEST(version)
{
	struct client c = client_new(versions[_i].version);
	int64_t failed = count_get(COUNT_TLS_FAILED_TOTAL);

	serve_as("one", NULL);
	ck_assert_int_eq(client_connect(&c, port), versions[_i].accepted);
	if (versions[_i].accepted) {
		client_say(&c, REQUEST);
		ck_assert_int_eq(client_status(&c), 200);
	} else {
		WAIT_FOR(count_get(COUNT_TLS_FAILED_TOTAL) == failed + 1);
	}
	client_close(&c);
}
END_TEST

static SSL_SESSION *kept;

static int keep_session(SSL *s, SSL_SESSION *session)
{
	(void)s;
	SSL_SESSION_free(kept);
	kept = session;
	return 1;
}

static const struct {
	int version;
	long options;
} resumptions[] = {
	{ TLS1_3_VERSION, 0 },
	{ TLS1_2_VERSION, 0 },
	{ TLS1_2_VERSION, SSL_OP_NO_TICKET },
};

START_TEST(resumption)
{
	struct client c = client_new(resumptions[_i].version);

	serve_as("one", NULL);
	SSL_CTX_set_options(c.ctx, (uint64_t)resumptions[_i].options);
	SSL_CTX_set_session_cache_mode(c.ctx, SSL_SESS_CACHE_CLIENT);
	SSL_CTX_sess_set_new_cb(c.ctx, keep_session);
	for (int i = 0; i < 3; i++) {
		c.ssl = SSL_new(c.ctx);
		if (kept)
			SSL_set_session(c.ssl, kept);
		ck_assert(client_connect(&c, port));
		ck_assert_int_eq(SSL_session_reused(c.ssl), i > 0);
		client_say(&c, REQUEST);
		ck_assert_int_eq(client_status(&c), 200);
		SSL_shutdown(c.ssl);
		client_hang_up(&c);
	}
	SSL_SESSION_free(kept);
	client_close(&c);
}
END_TEST

static const struct {
	const char *name, *offer, *chosen; /* chosen NULL: refused */
} protocols[] = {
	{ "nothing offered", "", "" },
	{ "both", "\x02h2\x08http/1.1", "http/1.1" },
	{ "HTTP/2 alone", "\x02h2", NULL },
};

START_TEST(alpn)
{
	struct client c = client_new(0);
	const unsigned char *chosen;
	unsigned n;
	bool connected;

	serve_as("one", NULL);
	SSL_CTX_set_alpn_protos(c.ctx, (const unsigned char *)protocols[_i].offer,
		(unsigned)strlen(protocols[_i].offer));
	connected = client_connect(&c, port);
	ck_assert_int_eq(connected, protocols[_i].chosen != NULL);
	if (connected) {
		SSL_get0_alpn_selected(c.ssl, &chosen, &n);
		ck_assert_uint_eq(n, strlen(protocols[_i].chosen));
		ck_assert(n == 0 || memcmp(chosen, protocols[_i].chosen, n) == 0);
	}
	client_close(&c);
}
END_TEST

START_TEST(renegotiation)
{
	struct client c = client_new(TLS1_2_VERSION);

	serve_as("one", NULL);
	ck_assert(client_connect(&c, port));
	SSL_renegotiate(c.ssl);
	/* The refusal is a warning in TLS 1.2, which this client takes for the end. */
	ck_assert_int_ne(SSL_do_handshake(c.ssl), 1);
	client_close(&c);
	c = client_open(port);
	client_say(&c, REQUEST);
	ck_assert_int_eq(client_status(&c), 200);
	client_close(&c);
}
END_TEST

/* TLS 1.3: the server has to answer a key update while it is reading. */
START_TEST(key_update)
{
	struct client c = client_new(TLS1_3_VERSION);

	serve_as("one", NULL);
	ck_assert(client_connect(&c, port));
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(SSL_key_update(c.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
		client_say(&c, REQUEST);
		ck_assert_int_eq(client_status(&c), 200);
	}
	client_close(&c);
}
END_TEST

/* One that only changes keys is cut off, and others are served meanwhile. */
START_TEST(key_update_flood)
{
	struct client flood = client_new(TLS1_3_VERSION), other;
	int type = _i ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
	int n = 0;

	signal(SIGPIPE, SIG_IGN);
	serve_as("one", NULL);
	ck_assert(client_connect(&flood, port));
	while (n < 50000 && SSL_key_update(flood.ssl, type) == 1 &&
		SSL_do_handshake(flood.ssl) == 1)
		n++;
	ck_assert_int_lt(n, 50000);
	other = client_open(port);
	client_say(&other, REQUEST);
	ck_assert_int_eq(client_status(&other), 200);
	client_close(&other);
	client_close(&flood);
}
END_TEST

static bool presents(struct client *c, const char *name)
{
	X509 *cert = SSL_get1_peer_certificate(c->ssl);
	char cn[64] = "";

	X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, cn, sizeof cn);
	X509_free(cert);
	return strcmp(cn, name) == 0;
}

START_TEST(reload)
{
	struct tls_config two = { in_dir("two.crt"), in_dir("two.key"), NULL };
	struct tls_config bad = { in_dir("one.crt"), in_dir("two.key"), NULL };
	struct client before, after;
	struct err e = { 0 };

	serve_as("one", NULL);
	before = client_open(port);
	ck_assert_int_eq(tls_reload(tls, &two, &e), 0);
	after = client_open(port);
	ck_assert(presents(&before, "one"));
	ck_assert(presents(&after, "two"));
	client_say(&before, REQUEST);
	ck_assert_int_eq(client_status(&before), 200);
	client_close(&after);

	ck_assert_int_eq(tls_reload(tls, &bad, &e), -ERR_CONFIG);
	after = client_open(port);
	ck_assert(presents(&after, "two"));
	client_close(&after);
	client_close(&before);
}
END_TEST

/* A row: the client's certificate, and the version, since 1.3 refuses only after its handshake. */
static const struct {
	const char *name;
	int version, status;
} callers[] = {
	{ NULL, TLS1_2_VERSION, 200 },
	{ NULL, TLS1_3_VERSION, 200 },
	{ "ours", TLS1_2_VERSION, 200 },
	{ "ours", TLS1_3_VERSION, 200 },
	{ "two", TLS1_2_VERSION, 0 },
	{ "two", TLS1_3_VERSION, 0 },
};

START_TEST(client_certificates)
{
	struct issuer ca = make_cert("ca", EVP_EC_gen("P-256"), NULL);
	struct issuer ours = make_cert("ours", EVP_EC_gen("P-256"), &ca);
	struct client c = client_new(callers[_i].version);
	char file[64];

	serve_as("one", in_dir("ca.crt"));
	if (callers[_i].name) {
		snprintf(file, sizeof file, "%s.crt", callers[_i].name);
		SSL_CTX_use_certificate_file(c.ctx, in_dir(file), SSL_FILETYPE_PEM);
		snprintf(file, sizeof file, "%s.key", callers[_i].name);
		SSL_CTX_use_PrivateKey_file(c.ctx, in_dir(file), SSL_FILETYPE_PEM);
	}
	if (client_connect(&c, port))
		SSL_write(c.ssl, REQUEST, (int)strlen(REQUEST));
	ck_assert_int_eq(client_status(&c), callers[_i].status);
	client_close(&c);
	issuer_free(&ours);
	issuer_free(&ca);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_tls");
	TCase *t = tcase_create("tls");
	SRunner *sr;
	int failed;

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup_tls, teardown);
	tcase_add_loop_test(t, load_errors, 0, (int)ARRAY_LEN(defects));
	tcase_add_loop_test(t, version, 0, (int)ARRAY_LEN(versions));
	tcase_add_loop_test(t, resumption, 0, (int)ARRAY_LEN(resumptions));
	tcase_add_loop_test(t, alpn, 0, (int)ARRAY_LEN(protocols));
	tcase_add_test(t, renegotiation);
	tcase_add_test(t, key_update);
	tcase_add_loop_test(t, key_update_flood, 0, 2);
	tcase_add_test(t, reload);
	tcase_add_loop_test(t, client_certificates, 0, (int)ARRAY_LEN(callers));
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
