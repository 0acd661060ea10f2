/*
 * Framing: each row is fed whole, byte by byte, and cut in two at every position, and has to
 * come out the same. `want` tells the outcome in one line; see outcome().
 */
#include "daemon/http.h"
#include "daemon/base/mem.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_CAP = 300, BODY_CAP = 64 };

#define A50 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
#define GET_WSDL "GET /wsman?wsdl HTTP/1.1\r\nHost: h\r\n"
#define POST "POST /wsman HTTP/1.1\r\nHost: h\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define LENGTH(n) POST "Content-Length: " #n "\r\n\r\n"

struct row {
	const char *name, *input, *want;
	size_t n; /* of input, which may hold a NUL */
};

#define R(name, input, want)                                                                       \
	{                                                                                          \
		name, input, want, sizeof(input) - 1                                               \
	}

static const struct row rows[] = {
	/* what is taken */
	R("a plain request", LENGTH(5) "hello", "done /wsman [hello] keep"),
	R("an empty body", LENGTH(0), "done /wsman [] keep"),
	R("leading zeros", LENGTH(0005) "hello", "done /wsman [hello] keep"),
	R("a NUL in the body", LENGTH(3) "a\0b", "done /wsman [a.b] keep"),
	R("all that is captured",
		POST
		"content-length: 1\r\nContent-Type: \t application/soap+xml; "
		"charset=\"utf-8\" \t\r\nSOAPAction: \"urn:a\"\r\nAuthorization: Basic YQ==\r\n"
		"WSMANIDENTIFY: unauthenticated\r\nUser-Agent: Microsoft WinRM Client\r\n\r\nx",
		"done /wsman [x] keep type=application/soap+xml; charset=\"utf-8\" action=urn:a "
		"auth=Basic YQ== identify=unauthenticated agent=Microsoft WinRM Client"),
	R("SOAPAction without quotes", POST "SOAPAction: urn:a\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] keep action=urn:a"),
	R("SOAPAction, one quote", POST "SOAPAction: \"\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] keep action=\""),
	R("SOAPAction, empty quotes", POST "SOAPAction: \"\"\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] keep action="),
	R("a field without value", POST "User-Agent:\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] keep agent="),
	R("two user agents: the first",
		POST "User-Agent: a\r\nUser-Agent: b\r\nContent-Length: 0"
		     "\r\n\r\n",
		"done /wsman [] keep agent=a"),
	R("names in any case", "POST /wsman HTTP/1.1\r\nhOST: h\r\nCONTENT-LENGTH:1\r\n\r\nx",
		"done /wsman [x] keep"),
	R("UTF-8 in a value", POST "X-Name: \xc3\xa9\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] keep"),
	R("two empty lines before", "\r\n\r\n" LENGTH(0), "done /wsman [] keep"),
	R("a query", "POST /wsman?a=b?c HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] keep"),
	R("a whole URI",
		"POST https://h:5986/wsman?x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n"
		"\r\n",
		"done /wsman [] keep"),
	R("a whole URI, scheme in capitals",
		"POST HTTPS://h/wsman HTTP/1.1\r\nHost: h\r\n"
		"Content-Length: 0\r\n\r\n",
		"done /wsman [] keep"),
	R("Connection: close", POST "Connection: close\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] close"),
	R("close in a list", POST "Connection: foo,Close\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] close"),
	R("close wins",
		POST "Connection: close\r\nConnection: keep-alive\r\nContent-Length: 0\r\n"
		     "\r\n",
		"done /wsman [] close"),
	R("HTTP/1.0", "POST /wsman HTTP/1.0\r\nContent-Length: 1\r\n\r\nx",
		"done /wsman [x] close old"),
	R("HTTP/1.0, keep-alive",
		"POST /wsman HTTP/1.0\r\nConnection: Keep-Alive\r\n"
		"Content-Length: 1\r\n\r\nx",
		"done /wsman [x] keep old"),
	R("HTTP/1.0 expects in vain",
		"POST /wsman HTTP/1.0\r\nExpect: 100-continue\r\n"
		"Content-Length: 1\r\n\r\n",
		"more body"),
	R("identity", POST "Content-Encoding: identity\r\nContent-Length: 1\r\n\r\nx",
		"done /wsman [x] keep"),
	R("an IPv6 host",
		"POST /wsman HTTP/1.1\r\nHost: [fe80::1]:5986\r\nContent-Length: 0\r\n"
		"\r\n",
		"done /wsman [] keep"),
	R("the largest body", LENGTH(64) A50 "ffffffffffgggg",
		"done /wsman [" A50 "ffffffffffgggg] keep"),

	/* chunks */
	R("chunks", CHUNKED "5\r\nhello\r\nA \t;x=\"y\"\r\n, world...\r\n0\r\n\r\n",
		"done /wsman [hello, world...] keep"),
	R("chunked in capitals", POST "TRANSFER-ENCODING: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
		"done /wsman [x] keep"),
	R("no chunk but the last", CHUNKED "0\r\n\r\n", "done /wsman [] keep"),
	R("many zeros in a size", CHUNKED "0000000000000001\r\nx\r\n000\r\n\r\n",
		"done /wsman [x] keep"),
	R("trailers", CHUNKED "1\r\nx\r\n0\r\nContent-Length: 7\r\nHost: i\r\n\r\n",
		"done /wsman [x] keep"),
	R("a size in letters", CHUNKED "g\r\n", "400"),
	R("no size", CHUNKED "\r\n", "400"),
	R("a negative size", CHUNKED "-1\r\n", "400"),
	R("0x", CHUNKED "0x1\r\nx\r\n0\r\n\r\n", "400"),
	R("a space behind the size", CHUNKED "1 \r\nx\r\n0\r\n\r\n", "400"),
	R("a size that overflows", CHUNKED "10000000000000001\r\nx\r\n", "400"),
	R("a size past all", CHUNKED "ffffffffffffffff\r\nx\r\n", "413"),
	R("a chunk larger than its size", CHUNKED "1\r\nxy\r\n0\r\n\r\n", "400"),
	R("a chunk ended by LF", CHUNKED "1\r\nx\n0\r\n\r\n", "400"),
	R("a size ended by LF", CHUNKED "1\nx\r\n0\r\n\r\n", "400"),
	R("a bare CR in an extension", CHUNKED "1;\rx\r\nx\r\n0\r\n\r\n", "400"),
	R("an extension too long", CHUNKED "1;" A50 A50 A50 A50 A50 "aaaaaaa\r\n", "400"),
	R("extensions too long together", CHUNKED "1;" A50 A50 A50 "\r\nx\r\n1;" A50 A50 A50 "\r\n",
		"431"),
	R("chunks too large together",
		CHUNKED "20\r\n"
			"12345678901234567890123456789012\r\n"
			"21\r\n",
		"413"),
	R("a trailer that is none", CHUNKED "0\r\nfoo\r\n\r\n", "400"),
	R("a folded trailer", CHUNKED "0\r\na: b\r\n c\r\n\r\n", "400"),
	R("trailers past the cap", CHUNKED "0\r\na: " A50 A50 A50 A50 A50 "\r\n\r\n", "431"),

	/* lengths */
	R("no length", POST "\r\n", "411"),
	R("length and chunks", POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
		"400"),
	R("chunks and length", POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nx",
		"400"),
	R("two lengths", POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", "400"),
	R("two equal lengths", POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", "400"),
	R("a list of lengths", POST "Content-Length: 1, 1\r\n\r\nx", "400"),
	R("an empty length", POST "Content-Length:\r\n\r\n", "400"),
	R("a signed length", POST "Content-Length: +1\r\n\r\nx", "400"),
	R("a negative length", POST "Content-Length: -1\r\n\r\nx", "400"),
	R("a hexadecimal length", POST "Content-Length: 0x1\r\n\r\nx", "400"),
	R("a length with a blank", POST "Content-Length: 1 0\r\n\r\nx", "400"),
	R("one too long", LENGTH(65), "413"),
	R("past 64 bits", LENGTH(18446744073709551617), "413"),
	R("far past 64 bits", LENGTH(99999999999999999999999999999999), "413"),
	R("no coding of ours", POST "Transfer-Encoding: gzip\r\n\r\n", "501"),
	R("two codings", POST "Transfer-Encoding: gzip, chunked\r\n\r\n", "501"),
	R("identity is no coding", POST "Transfer-Encoding: identity\r\n\r\n", "501"),
	R("almost chunked", POST "Transfer-Encoding: chunked, \r\n\r\n", "501"),
	R("chunked with \\v", POST "Transfer-Encoding: \vchunked\r\n\r\n", "400"),
	R("chunked twice", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
		"400"),
	R("HTTP/1.0 with chunks", "POST /wsman HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
		"400"),

	/* expectations and encodings */
	R("100-continue", POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
		"more body continue"),
	R("100-continue for chunks",
		POST "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
		"more chunk-size continue"),
	R("100-continue, body at once", POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nx",
		"more body"),
	R("100-continue for nothing", POST "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] keep"),
	R("100-continue for too much", POST "Expect: 100-continue\r\nContent-Length: 65\r\n\r\n",
		"413"),
	R("another expectation", POST "Expect: tea\r\nContent-Length: 1\r\n\r\n", "417"),
	R("gzip", POST "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "415"),

	/* request lines */
	R("GET", "GET /wsman HTTP/1.1\r\nHost: h\r\n\r\n", "405"),
	R("GET that is known", GET_WSDL "\r\n", "done /wsman [] keep get"),
	R("GET that is known, length 0", GET_WSDL "Content-Length: 0\r\n\r\n",
		"done /wsman [] keep get"),
	R("GET that is known, as a URI", "GET https://h/wsman?wsdl HTTP/1.1\r\nHost: h\r\n\r\n",
		"done /wsman [] keep get"),
	R("GET that is known, HTTP/1.0", "GET /wsman?wsdl HTTP/1.0\r\n\r\n",
		"done /wsman [] close old get"),
	R("GET that is known, expecting", GET_WSDL "Expect: 100-continue\r\n\r\n",
		"done /wsman [] keep get"),
	R("GET with a body", GET_WSDL "Content-Length: 1\r\n\r\nx", "400"),
	R("GET in chunks", GET_WSDL "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
	R("GET without Host", "GET /wsman?wsdl HTTP/1.1\r\n\r\n", "400"),
	R("GET of another query", "GET /wsman?wsdl2 HTTP/1.1\r\nHost: h\r\n\r\n", "405"),
	R("GET of an empty query", "GET /wsman? HTTP/1.1\r\nHost: h\r\n\r\n", "405"),
	R("GET of another path", "GET /wsman2?wsdl HTTP/1.1\r\nHost: h\r\n\r\n", "404"),
	R("get", "get /wsman?wsdl HTTP/1.1\r\nHost: h\r\n\r\n", "405"),
	R("HEAD of what GET knows", "HEAD /wsman?wsdl HTTP/1.1\r\nHost: h\r\n\r\n", "405"),
	R("PUT of what GET knows",
		"PUT /wsman?wsdl HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "405"),
	R("POST with a query", "POST /wsman?wsdl HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
		"done /wsman [] keep"),
	R("HEAD", "HEAD /wsman HTTP/1.1\r\nHost: h\r\n\r\n", "405"),
	R("post", "post /wsman HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "405"),
	R("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "405"),
	R("CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", "405"),
	R("TRACE with two lengths",
		"TRACE / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
		"Content-Length: 1\r\n\r\n",
		"400"),
	R("another path", "POST /wsman2 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "404"),
	R("another path, GET", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "404"),
	R("an encoded path", "POST /%77sman HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
		"404"),
	R("two slashes", "POST //wsman HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "404"),
	R("a URI without path", "POST http://h HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
		"404"),
	R("a URI without path, a query",
		"POST http://h?/wsman HTTP/1.1\r\nHost: h\r\n"
		"Content-Length: 0\r\n\r\n",
		"404"),
	R("a URI without host", "POST http:///wsman HTTP/1.1\r\nHost: h\r\n\r\n", "400"),
	R("a URI with a user", "POST http://u@h/wsman HTTP/1.1\r\nHost: h\r\n\r\n", "400"),
	R("POST *", "POST * HTTP/1.1\r\n", "400"),
	R("no slash", "POST wsman HTTP/1.1\r\n", "400"),
	R("a fragment", "POST /wsman#x HTTP/1.1\r\n", "400"),
	R("UTF-8 in the path", "POST /wsm\xc3\xa4n HTTP/1.1\r\n", "400"),
	R("HTTP/0.9", "GET /wsman\r\n", "400"),
	R("HTTP/1.2", "POST /wsman HTTP/1.2\r\n", "505"),
	R("HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
	R("HTTP/11", "POST /wsman HTTP/11\r\n", "400"),
	R("HTTP/1.10", "POST /wsman HTTP/1.10\r\n", "400"),
	R("http/1.1", "POST /wsman http/1.1\r\n", "400"),
	R("two blanks", "POST  /wsman HTTP/1.1\r\n", "400"),
	R("two blanks before the version", "POST /wsman  HTTP/1.1\r\n", "400"),
	R("a blank at the end", "POST /wsman HTTP/1.1 \r\n", "400"),
	R("a blank at the beginning", " POST /wsman HTTP/1.1\r\n", "400"),
	R("a tab", "POST\t/wsman HTTP/1.1\r\n", "400"),
	R("a method that is no token", "PO(ST /wsman HTTP/1.1\r\n", "400"),
	R("XML at once", "<s:Envelope>\r\n", "400"),
	R("three empty lines before", "\r\n\r\n\r\n" LENGTH(0), "400"),
	R("an empty line ended by LF", "\n" LENGTH(0), "400"),

	/* header lines */
	R("no Host", "POST /wsman HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "400"),
	R("two hosts", POST "Host: h\r\nContent-Length: 0\r\n\r\n", "400"),
	R("HTTP/1.0 with two hosts", "POST /wsman HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n", "400"),
	R("a host that is none", "POST /wsman HTTP/1.1\r\nHost: h/i\r\nContent-Length: 0\r\n\r\n",
		"400"),
	R("a list of hosts", "POST /wsman HTTP/1.1\r\nHost: h i\r\nContent-Length: 0\r\n\r\n",
		"400"),
	R("two authorizations", POST "Authorization: Basic YQ==\r\nAuthorization: Basic Yg==\r\n",
		"400"),
	R("two types", POST "Content-Type: a/b\r\nContent-Type: a/b\r\n", "400"),
	R("a blank before the colon", POST "Content-Length : 0\r\n\r\n", "400"),
	R("no colon", POST "Content-Length 0\r\n\r\n", "400"),
	R("no name", POST ": 0\r\n\r\n", "400"),
	R("a folded line", POST "X: a\r\n b\r\nContent-Length: 0\r\n\r\n", "400"),
	R("a folded line, tab", POST "X: a\r\n\tb\r\nContent-Length: 0\r\n\r\n", "400"),
	R("a blank line", POST " \r\nContent-Length: 0\r\n\r\n", "400"),
	R("a line ended by LF", "POST /wsman HTTP/1.1\nHost: h\r\n\r\n", "400"),
	R("a field ended by LF", POST "X: a\nContent-Length: 0\r\n\r\n", "400"),
	R("the head ended by LF", POST "Content-Length: 0\r\n\n", "400"),
	R("a bare CR", POST "X: a\rContent-Length: 1\r\nContent-Length: 0\r\n\r\n", "400"),
	R("CR CR LF", POST "Content-Length: 0\r\r\n\r\n", "400"),
	R("a NUL", POST "X: a\0b\r\nContent-Length: 0\r\n\r\n", "400"),
	R("a NUL in a name", POST "Content-Length\0: 0\r\n\r\n", "400"),
	R("a DEL", POST "X: \x7f\r\nContent-Length: 0\r\n\r\n", "400"),
	R("an escape", POST "X: \x1b[2J\r\nContent-Length: 0\r\n\r\n", "400"),
	R("UTF-8 in a name", POST "X\xc3\xa9: a\r\nContent-Length: 0\r\n\r\n", "400"),
	R("past the cap", POST "Content-Length: 0\r\nX: " A50 A50 A50 A50 A50 "\r\n\r\n", "431"),
	R("a line without end", POST "X: " A50 A50 A50 A50 A50 A50, "431"),
	R("no line at all", A50 A50 A50 A50 A50 A50 "f", "431"),

	/* parts */
	R("nothing", "", "more nothing"),
	R("an empty line", "\r\n", "more nothing"),
	R("half a line", "POST /ws", "more begun"),
	R("half a head", POST "Content-Le", "more begun"),
	R("half a body", LENGTH(5) "hel", "more body"),
	R("half a chunk", CHUNKED "5\r\nhel", "more chunk-data"),
	R("a chunk", CHUNKED "5\r\nhello", "more chunk-end"),
	R("no end of trailers", CHUNKED "0\r\n", "more trailers"),
};

static bool path_known(void *arg, const char *path)
{
	return strcmp(path, arg) == 0;
}

static char known_path[] = "/wsman";

static bool get_known(void *arg, const char *path, const char *query)
{
	return path_known(arg, path) && query && strcmp(query, "wsdl") == 0;
}

static const struct http_rules rules = { HEADER_CAP, BODY_CAP, path_known, get_known, known_path };

/* In one line: what the request is, or where it stands. */
static char *outcome(const struct http *h)
{
	static const char *const states[] = { [HTTP_BODY] = "body",
		[HTTP_CHUNK_SIZE] = "chunk-size",
		[HTTP_CHUNK_DATA] = "chunk-data",
		[HTTP_CHUNK_END] = "chunk-end",
		[HTTP_TRAILERS] = "trailers" };
	static const struct {
		enum http_field field;
		const char *name;
	} values[] = { { HTTP_CONTENT_TYPE, "type" }, { HTTP_SOAP_ACTION, "action" },
		{ HTTP_AUTHORIZATION, "auth" }, { HTTP_WSMANIDENTIFY, "identify" },
		{ HTTP_USER_AGENT, "agent" } };
	struct buf b = { 0 };

	if (h->state == HTTP_REFUSED) {
		ck_assert_ptr_nonnull(h->reason);
		buf_printf(&b, "%d", h->status);
		return buf_take(&b);
	}
	if (h->state != HTTP_DONE) {
		buf_printf(&b, "more %s%s",
			states[h->state] ? states[h->state]
			: http_begun(h)	 ? "begun"
					 : "nothing",
			h->want_continue ? " continue" : "");
		return buf_take(&b);
	}
	buf_printf(&b, "done %s [", http_path(h));
	for (size_t i = 0; i < h->body.len; i++)
		buf_putc(&b, h->body.data[i] ? h->body.data[i] : '.');
	buf_printf(&b, "] %s%s%s", h->keep_alive ? "keep" : "close", h->old ? " old" : "",
		http_is_get(h) ? " get" : "");
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (http_value(h, values[i].field))
			buf_printf(&b, " %s=%s", values[i].name, http_value(h, values[i].field));
	}
	return buf_take(&b);
}

/* Feeds input in pieces that end at `cut` (0: after every byte), as a connection would. */
static void feed(struct http *h, const char *input, size_t n, size_t cut)
{
	size_t at = 0;

	while (at < n && h->state < HTTP_DONE) {
		size_t piece = cut == 0 ? 1 : at < cut ? cut - at : n - at;
		/* A copy of its own, so that reading past it is seen. */
		auto_free char *copy = mem_calloc(1, piece);
		size_t used;

		memcpy(copy, input + at, piece);
		used = http_feed(h, &rules, copy, piece);
		ck_assert_uint_le(used, piece);
		if (h->state < HTTP_DONE)
			ck_assert_uint_eq(used, piece);
		at += used;
	}
	if (h->state == HTTP_DONE)
		ck_assert_uint_eq(at, n);
}

START_TEST(framing)
{
	const struct row *row = &rows[_i];
	for (size_t cut = 0; cut <= row->n; cut++) {
		struct http h = { 0 };
		auto_free char *got = NULL;

		feed(&h, row->input, row->n, cut);
		got = outcome(&h);
		ck_assert_msg(strcmp(got, row->want) == 0, "%s, cut at %zu: %s, not %s (%s)",
			row->name, cut, got, row->want, h.reason ? h.reason : "");
		http_free(&h);
	}
}
END_TEST

/* What follows a request is left alone, wherever the pieces end. */
START_TEST(pipelined)
{
	static const char *const requests[] = { LENGTH(5) "hello", CHUNKED "1\r\nx\r\n0\r\n\r\n",
		LENGTH(0) };

	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		auto_buf struct buf two = { 0 };

		buf_puts(&two, requests[i]);
		buf_puts(&two, LENGTH(3) "abc");
		for (size_t cut = 1; cut <= two.len; cut++) {
			struct http h = { 0 };
			size_t used = http_feed(&h, &rules, two.data, cut);

			if (cut >= strlen(requests[i])) {
				ck_assert_int_eq(h.state, HTTP_DONE);
				ck_assert_uint_eq(used, strlen(requests[i]));
			} else {
				ck_assert_int_lt(h.state, HTTP_DONE);
				ck_assert_uint_eq(used, cut);
			}
			http_free(&h);
		}
	}
}
END_TEST

/* The caps hold to the byte: a head of exactly header_bytes passes, of one more it does not. */
START_TEST(header_cap)
{
	for (size_t extra = 0; extra < 2; extra++) {
		auto_buf struct buf in = { 0 };
		struct http h = { 0 };
		const char *end = "\r\nContent-Length: 0\r\n\r\n";

		buf_puts(&in, POST "Authorization: ");
		while (in.len + strlen(end) < HEADER_CAP + extra)
			buf_putc(&in, 'a');
		buf_puts(&in, end);
		http_feed(&h, &rules, in.data, in.len);
		ck_assert_int_eq(h.state, extra ? HTTP_REFUSED : HTTP_DONE);
		if (extra)
			ck_assert_int_eq(h.status, 431);
		http_free(&h);
	}
}
END_TEST

/* A ticket with many groups makes a header of 64 kB, and the cap alone decides. */
START_TEST(long_authorization)
{
	const struct http_rules wide = { 128 * 1024, BODY_CAP, path_known, get_known, known_path };
	auto_buf struct buf in = { 0 };
	struct http h = { 0 };

	buf_puts(&in, POST "Authorization: Negotiate ");
	for (int i = 0; i < 100000; i++)
		buf_putc(&in, 'Y');
	buf_puts(&in, "\r\nContent-Length: 0\r\n\r\n");
	for (size_t at = 0; at < in.len; at += 1000)
		http_feed(&h, &wide, in.data + at, in.len - at < 1000 ? in.len - at : 1000);
	ck_assert_int_eq(h.state, HTTP_DONE);
	ck_assert_uint_eq(
		strlen(http_value(&h, HTTP_AUTHORIZATION)), 100000 + strlen("Negotiate "));
	http_free(&h);
}
END_TEST

/* The two-line form of a head, whose Date changes: only its shape is looked at. */
static void check_head(const struct http_reply *r, const char *before, const char *after)
{
	auto_buf struct buf out = { 0 };
	const char *date;

	http_reply_head(&out, r);
	ck_assert_int_eq(strncmp(out.data, before, strlen(before)), 0);
	date = out.data + strlen(before);
	ck_assert_int_eq(strncmp(date, "Date: ", 6), 0);
	ck_assert_int_eq(strncmp(date + 31, " GMT\r\n", 6), 0);
	ck_assert_str_eq(date + 37, after);
}

START_TEST(reply_heads)
{
	check_head(&(struct http_reply){ .status = 200, .content_type = "a/b", .length = 12 },
		"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n", "Content-Type: a/b\r\n\r\n");
	check_head(&(struct http_reply){ .status = 401, .headers = "WWW-Authenticate: Basic\r\n" },
		"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n",
		"WWW-Authenticate: Basic\r\n\r\n");
	check_head(&(struct http_reply){ .status = 500, .close = true, .old = true },
		"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n",
		"Connection: close\r\n\r\n");
	check_head(&(struct http_reply){ .status = 299, .old = true },
		"HTTP/1.1 299 \r\nContent-Length: 0\r\n", "Connection: keep-alive\r\n\r\n");
}
END_TEST

static const struct {
	const char *request;
	int status;
	const char *line;
	bool body;
} refusals[] = {
	{ "GET /wsman HTTP/1.1\r\nHost: h\r\n\r\n", 405, "\r\nAllow: POST\r\n", true },
	{ "HEAD /wsman HTTP/1.1\r\nHost: h\r\n\r\n", 405, "\r\nAllow: POST\r\n", false },
	{ LENGTH(65), 413, "\r\nConnection: close\r\n", true },
	{ "rubbish\r\n", 400, "\r\nContent-Type: text/plain\r\n", true },
};

START_TEST(refusal)
{
	auto_buf struct buf out = { 0 };
	struct http h = { 0 };
	char status[32];

	http_feed(&h, &rules, refusals[_i].request, strlen(refusals[_i].request));
	http_refusal(&out, &h);
	snprintf(status, sizeof status, "HTTP/1.1 %d ", refusals[_i].status);
	ck_assert_int_eq(strncmp(out.data, status, strlen(status)), 0);
	ck_assert_ptr_nonnull(strstr(out.data, refusals[_i].line));
	ck_assert_int_eq(strcmp(strstr(out.data, "\r\n\r\n"), "\r\n\r\n") != 0, refusals[_i].body);
	ck_assert_ptr_nonnull(strstr(out.data, "\r\nConnection: close\r\n"));
	http_free(&h);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon_http");
	TCase *t = tcase_create("http");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t, framing, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, pipelined);
	tcase_add_test(t, header_cap);
	tcase_add_test(t, long_authorization);
	tcase_add_test(t, reply_heads);
	tcase_add_loop_test(t, refusal, 0, (int)ARRAY_LEN(refusals));
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
