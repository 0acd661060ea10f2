/*
 * What the tests of whole requests share: everything below wsman/ for real, over hosts of
 * libvirt's test driver, and a client that hands in a body and waits for the reply.
 */
#ifndef VSMIGD_TESTS_WSMAN_WORLD_H
#define VSMIGD_TESTS_WSMAN_WORLD_H

#include <check.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/facts.h"
#include "checks/hypervisor/hv.h"
#include "cim/cim.h"
#include "daemon/base/clock.h"
#include "daemon/base/count.h"
#include "daemon/base/mem.h"
#include "wsman/charset.h"
#include "wsman/wsman.h"
#include "wsman/xml.h"

#define WORLD_VM "11111111-2222-4333-8444-00000000c101"
#define WORLD_UTF8 "application/soap+xml;charset=UTF-8"
#define WORLD_UTF16 "application/soap+xml;charset=UTF-16"

static struct timers *timers;
static struct hv *hv;
static struct checks *checks;
static struct cim *cim;
static struct pool *workers;
static struct wsman *wsman;

__attribute__((unused)) static const char *world_source = "test://" TEST_DATA "/cim/source.xml";

static struct wsman_config world_config = {
	.max_envelope = 500 * 1024,
	.operation_timeout_ms = 60000,
	.context_idle_ms = 60000,
	.max_contexts = 4,
	.context_memory = 64 << 20,
	.max_elements = 1000,
	.max_subscriptions = 3,
	.max_events = 4,
	.subscription_ms = 3600000,
};

static inline void world_begin(void)
{
	static const struct check_config check_config = { .timeout_ms = 20000,
		.formats = FORMAT_NAME | FORMAT_IPV4 | FORMAT_IPV6 };
	static const struct hv_host hosts[] = { { .name = "target",
		.uri = "test://" TEST_DATA "/cim/target.xml" } };
	const struct hv_config c = { .source_uri = world_source,
		.source_name = "MyHost",
		.uri_template = "test://{host}/x",
		.hosts = hosts,
		.n_hosts = 1,
		.threads_per_connection = 2,
		.max_connections = 4,
		.idle_ms = 60000 };
	struct err e;

	ck_assert_msg(hv_global_init(&e) == 0, "%s", e.text);
	timers = timers_new();
	hv = hv_new(&c, timers, &e);
	ck_assert_msg(hv != NULL, "%s", e.text);
	checks = checks_new(&check_config, hv, timers);
	cim = cim_new(checks, hv);
	workers = pool_new("workers", 2, 100);
	wsman = wsman_new(&world_config, cim, workers, timers, "myhost.example");
}

static inline void world_end(void)
{
	wsman_drain(wsman);
	wsman_free(wsman);
	pool_free(workers);
	cim_free(cim);
	checks_free(checks);
	ck_assert_uint_eq(hv_free(hv, clock_in(5000)), 0);
	timers_free(timers);
	ck_assert_int_eq(count_get(COUNT_CONTEXTS), 0);
	ck_assert_int_eq(count_get(COUNT_SUBSCRIPTIONS), 0);
	ck_assert_int_eq(count_get(COUNT_REQUESTS), 0);
}

/* A call and the wait for its end, which may come on any thread. */
struct asking {
	struct wsman_call call;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	unsigned done;
	char *text; /* the reply in UTF-8; "" when there is none */
};

static void asking_done(struct wsman_call *call)
{
	struct asking *q = (struct asking *)call;

	pthread_mutex_lock(&q->lock);
	q->done++;
	pthread_cond_signal(&q->ended);
	pthread_mutex_unlock(&q->lock);
}

/* The reply as UTF-8 text; that it is what the client can read is asserted on the way. */
static inline void asking_read(struct asking *q)
{
	const struct buf *reply = &q->call.reply;
	bool utf16 = reply->len && (unsigned char)reply->data[0] == 0xff;
	struct buf text = { 0 };
	xmlDoc *doc;

	if (reply->len) {
		ck_assert_str_eq(q->call.reply_type, utf16 ? WORLD_UTF16 : WORLD_UTF8);
		doc = xmlReadMemory(reply->data, (int)reply->len, NULL, NULL, 0);
		ck_assert_ptr_nonnull(doc);
		xmlFreeDoc(doc);
	}
	if (utf16)
		ck_assert(charset_from_utf16(&text, reply->data + 2, reply->len - 2, false));
	else if (reply->len)
		buf_add(&text, reply->data, reply->len);
	q->text = buf_take(&text);
}

static inline struct asking *ask_as(
	const struct principal *who, const char *type, const char *body, size_t len)
{
	struct asking *q = calloc(1, sizeof *q);

	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->ended, NULL);
	if (who)
		q->call.req.who = *who;
	q->call.anonymous = !who;
	q->call.req.received = clock_ms();
	q->call.req.deadline = CLOCK_NEVER;
	q->call.req.audit.check_code = -1;
	q->call.content_type = type;
	q->call.body = body;
	q->call.body_len = len;
	q->call.done = asking_done;
	wsman_handle(wsman, &q->call);
	pthread_mutex_lock(&q->lock);
	while (!q->done)
		pthread_cond_wait(&q->ended, &q->lock);
	pthread_mutex_unlock(&q->lock);
	ck_assert_uint_eq(q->done, 1);
	asking_read(q);
	return q;
}

static inline void asking_free(struct asking *q)
{
	buf_free(&q->call.reply);
	free(q->text);
	free(q);
}

/* action, resource (NULL: no header), further headers, and the content of the body. */
static inline char *message(
	const char *action, const char *resource, const char *more, const char *body)
{
	struct buf out = { 0 };

	buf_printf(&out,
		"<s:Envelope xmlns:s='%s' xmlns:a='%s' xmlns:w='%s' xmlns:n='%s' xmlns:b='%s'>"
		"<s:Header><a:To>https://h/wsman</a:To><a:Action>%s</a:Action>"
		"<a:MessageID>uuid:42</a:MessageID><a:ReplyTo><a:Address>%s/role/anonymous</"
		"a:Address>"
		"</a:ReplyTo>",
		XML_NS_SOAP, XML_NS_WSA, XML_NS_WSMAN, XML_NS_WSEN, XML_NS_WSMB, action,
		XML_NS_WSA);
	if (resource)
		buf_printf(&out, "<w:ResourceURI>%s</w:ResourceURI>", resource);
	buf_puts(&out, more ? more : "");
	buf_printf(&out, "</s:Header><s:Body>%s</s:Body></s:Envelope>", body ? body : "");
	return buf_take(&out);
}

static inline struct asking *ask(const struct principal *who, const char *action,
	const char *resource, const char *more, const char *body)
{
	auto_free char *text = message(action, resource, more, body);

	return ask_as(who, WORLD_UTF8, text, strlen(text));
}

#endif
