#include "wsman/reply.h"

#include <gsoap/soapH.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/digest.h"

#define LANGUAGE "en-US"

/* Octets of s:Detail. */
enum { CIM_ERROR_ROOM = 1800 };

static const char declaration[] = "<?xml version=\"1.0\"?>";
static const char empty_header[] = "<s:Header/>";
static const char body_start[] = "<s:Body>";
static const char envelope_end[] = "</s:Body></s:Envelope>";

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static char *envelope_start;
static size_t envelope_start_len;

static void free_context(void *p)
{
	struct soap *soap = p;

	soap_destroy(soap);
	soap_end(soap);
	soap_free(soap);
}

/* The start tag is the same in every reply: written once, from gSOAP's own table of prefixes. */
static void prepare(void)
{
	struct buf out = { 0 };

	buf_puts(&out, "<s:Envelope xml:lang=\"" LANGUAGE "\"");
	for (const struct Namespace *n = namespaces; n->id; n++) {
		if (strncmp(n->id, "SOAP-", 5) != 0 && strcmp(n->id, "xsd") != 0)
			buf_printf(&out, " xmlns:%s=\"%s\"", n->id, n->ns);
	}
	buf_putc(&out, '>');
	envelope_start_len = out.len;
	envelope_start = buf_take(&out);
	if (pthread_key_create(&key, free_context) != 0)
		abort();
}

static int take_output(struct soap *soap, const char *text, size_t len)
{
	buf_add(soap->user, text, len);
	return SOAP_OK;
}

/* A context is 160 kB, so there is one for each thread and none for a connection. */
static struct soap *context(void)
{
	struct soap *soap;

	pthread_once(&once, prepare);
	soap = pthread_getspecific(key);
	if (soap)
		return soap;
	soap = soap_new1(SOAP_IO_BUFFER | SOAP_C_UTFSTRING | SOAP_XML_TREE);
	if (!soap || pthread_setspecific(key, soap) != 0)
		abort();
	soap->fsend = take_output;
	return soap;
}

/* Begins an envelope that goes to out; ns tells gSOAP that the prefixes are declared already. */
static struct soap *begin(struct buf *out)
{
	struct soap *soap = context();

	soap->user = out;
	soap_begin_send(soap);
	soap->ns = 2;
	soap_send_raw(soap, envelope_start, envelope_start_len);
	return soap;
}

static void write_header(
	struct soap *soap, const struct reply_head *head, const char *action, const struct fault *f)
{
	struct wsman__TotalItemsCountEstimateType total = { .__item = (char *)head->total };
	struct s__UpgradeType upgrade = { .s__SupportedEnvelope = {
						  .qname = (char *)"s:Envelope" } };
	char id[5 + DIGEST_UUID_SIZE] = "uuid:";
	auto_buf struct buf raw = { 0 };
	struct SOAP_ENV__Header header;

	if (f && f->header)
		buf_puts(&raw, f->header);
	if (head->extra)
		buf_puts(&raw, head->extra);
	header = (struct SOAP_ENV__Header){
		.wsa__To = (char *)head->to,
		.wsa__Action = (char *)action,
		.wsa__MessageID = id,
		.wsa__RelatesTo = (char *)head->relates_to,
		.wsman__TotalItemsCountEstimate = head->total ? &total : NULL,
		.s__Upgrade = f && f->id == FAULT_VERSION_MISMATCH ? &upgrade : NULL,
		.__any = raw.data,
	};
	digest_uuid(id + 5);
	soap_out_SOAP_ENV__Header(soap, "s:Header", -1, &header, NULL);
}

static void end(struct soap *soap)
{
	soap_send_raw(soap, envelope_end, sizeof envelope_end - 1);
	soap_end_send(soap);
	soap->user = NULL;
}

void reply_write(struct buf *out, const struct reply_head *head, const char *body, size_t len)
{
	struct soap *soap;

	if (head && head->declaration)
		buf_puts(out, declaration);
	soap = begin(out);
	if (head)
		write_header(soap, head, head->action, NULL);
	else
		soap_send_raw(soap, empty_header, sizeof empty_header - 1);
	soap_send_raw(soap, body_start, sizeof body_start - 1);
	soap_send_raw(soap, body, len);
	end(soap);
}

/*
 * The instance that DSP0227 has in a fault that comes from CIM; libmi and Windows pass it over. It
 * says nothing new, so it is left out where it would make a fault long.
 */
static void write_cim_error(struct buf *out, const struct fault_row *row, const char *text)
{
	if (out->len + strlen(text) > CIM_ERROR_ROOM)
		return;
	buf_printf(out,
		"<wsmb:CIMError><p:CIM_Error "
		"xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Error\""
		" xsi:type=\"p:CIM_Error_Type\"><p:CIMStatusCode>%d</p:CIMStatusCode>"
		"<p:Message>%s</p:Message><p:MessageID>%s</p:MessageID>"
		"<p:OwningEntity>vsmigd</p:OwningEntity></p:CIM_Error></wsmb:CIMError>",
		row->cim, text, row->id);
}

/* Windows reads the first element that names its error, libmi the second (CLIENTS.md 3, 4.4). */
static void write_detail(
	struct buf *out, const struct fault *f, const char *text, const char *machine)
{
	const struct fault_row *row = fault_row(f->id);

	if (f->detail)
		buf_puts(out, f->detail);
	if (row->detail)
		buf_printf(out, "<wsman:FaultDetail>" FAULT_DETAIL_PREFIX "%s</wsman:FaultDetail>",
			row->detail);
	buf_printf(out,
		"<f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\""
		" Code=\"%u\" Machine=\"",
		row->winrm);
	buf_xml(out, machine);
	buf_printf(out,
		"\"><f:Message>%s</f:Message></f:WSManFault>"
		"<p:OMI_Error "
		"xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/OMI_Error\""
		" wsmb:IsCIM_Error=\"true\"><p:CIMStatusCode>%d</p:CIMStatusCode>"
		"<p:Message>%s</p:Message><p:MessageID>OMI:MI_Result:%d</p:MessageID>"
		"<p:OwningEntity>vsmigd</p:OwningEntity></p:OMI_Error>",
		text, row->cim, text, row->cim);
	if (f->cim)
		write_cim_error(out, row, text);
}

void reply_fault(
	struct buf *out, const struct reply_head *head, const struct fault *f, const char *machine)
{
	const struct fault_row *row = fault_row(f->id);
	auto_buf struct buf text = { 0 }, detail = { 0 };
	struct soap *soap;

	buf_xml(&text, f->text);
	buf_puts(&text, "");
	write_detail(&detail, f, text.data, machine);

	struct s__SubcodeType subcode = { .s__Value = (char *)row->subcode };
	struct s__DetailType extra = { .__any = detail.data };
	struct s__FaultType fault = {
		.s__Code = { .s__Value = (char *)row->code,
			.s__Subcode = row->subcode ? &subcode : NULL },
		.s__Reason = { .s__Text = { .xml__lang = (char *)LANGUAGE, .__item = text.data } },
		.s__Detail = &extra,
	};

	soap = begin(out);
	write_header(soap, head, fault_action(f->id), f);
	soap_send_raw(soap, body_start, sizeof body_start - 1);
	soap_out_s__FaultType(soap, "s:Fault", -1, &fault, NULL);
	end(soap);
}

size_t reply_overhead(const struct reply_head *head, enum charset c)
{
	auto_buf struct buf out = { 0 };

	reply_write(&out, head, "", 0);
	return charset_size(c, out.data, out.len) + (c == CHARSET_UTF16 ? 2 : 0);
}

void reply_encode(struct buf *out, struct buf *utf8, enum charset c)
{
	if (c == CHARSET_UTF8) {
		size_t len = utf8->len, cap = utf8->cap;

		out->data = buf_take(utf8);
		out->len = len;
		out->cap = cap;
		return;
	}
	buf_add(out, "\xff\xfe", 2);
	charset_to_utf16(out, utf8->data, utf8->len);
	buf_free(utf8);
}
