/*
 * HTTP framing: any bytes, read as a row of pipelined requests, once whole and once in pieces
 * whose sizes the input itself decides. Both have to see the same requests.
 */
#include "daemon/base/mem.h"
#include "daemon/http.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool path_known(void *arg, const char *path)
{
	(void)arg;
	return strncmp(path, "/w", 2) == 0;
}

static bool get_known(void *arg, const char *path, const char *query)
{
	return path_known(arg, path) && query && strcmp(query, "wsdl") == 0;
}

static const struct http_rules rules = { 1024, 4096, path_known, get_known, NULL };

static void note(struct buf *log, const char *name, const char *value)
{
	buf_printf(log, "%s=%s;", name, value ? value : "(absent)");
}

static void describe(struct buf *log, const struct http *h)
{
	if (h->state != HTTP_DONE) {
		buf_printf(
			log, "state %d status %d begun %d\n", h->state, h->status, http_begun(h));
		return;
	}
	note(log, "path", http_path(h));
	for (int f = 0; f < HTTP_FIELD_COUNT; f++)
		note(log, "value", http_value(h, (enum http_field)f));
	buf_printf(log, "keep %d old %d %zu:", h->keep_alive, h->old, h->body.len);
	if (h->body.len > rules.body_bytes)
		abort();
	buf_add(log, h->body.data, h->body.len);
	buf_putc(log, '\n');
}

/* Two readings may fall into two seconds, so the Date of the answer is no part of it. */
static void describe_answer(struct buf *log, const struct http *h)
{
	auto_buf struct buf answer = { 0 };
	char *date;

	http_refusal(&answer, h);
	date = memmem(answer.data, answer.len, "\r\nDate: ", 8);
	if (!date || answer.data + answer.len - date < 37)
		abort();
	memset(date, 'd', 37);
	buf_add(log, answer.data, answer.len);
}

/* Without `pieces` as few as possible; else each as long as a byte of the input says. */
static void read_all(struct buf *log, const uint8_t *data, size_t size, bool pieces)
{
	struct http h = { 0 };
	size_t at = 0;

	while (at < size && h.state != HTTP_REFUSED) {
		size_t n = pieces ? (size_t)data[at] % 7 + 1 : size - at;
		size_t used;

		if (n > size - at)
			n = size - at;
		used = http_feed(&h, &rules, (const char *)data + at, n);
		if (used > n || (used < n && h.state < HTTP_DONE))
			abort();
		at += used;
		if (h.state != HTTP_DONE)
			continue;
		describe(log, &h);
		http_free(&h);
		memset(&h, 0, sizeof h);
	}
	describe(log, &h);
	if (h.state == HTTP_REFUSED)
		describe_answer(log, &h);
	http_free(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf whole = { 0 }, cut = { 0 };

	read_all(&whole, data, size, false);
	read_all(&cut, data, size, true);
	if (whole.len != cut.len || memcmp(whole.data, cut.data, whole.len) != 0)
		abort();
	return 0;
}
