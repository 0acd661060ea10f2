/*
 * Faults: the one table of them (faults.def), and a fault that is about to be sent. Functions
 * that find something wrong with a request return 0, or -1 with the struct fault filled.
 */
#ifndef VSMIGD_WSMAN_FAULTS_H
#define VSMIGD_WSMAN_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/err.h"

#define FAULT_DETAIL_PREFIX "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"

enum fault_id {
#define FAULT(id, code, subcode, detail, winrm, cim, text) FAULT_##id,
#include "wsman/faults.def"
#undef FAULT
	FAULT_COUNT
};

struct fault_row {
	const char *id; /* "TIMED_OUT" */
	const char *code; /* "s:Sender" */
	const char *subcode; /* "wsman:TimedOut"; NULL: the code says it all */
	const char *detail; /* behind FAULT_DETAIL_PREFIX; NULL: none */
	uint32_t winrm; /* f:WSManFault Code */
	int cim; /* CIMStatusCode, and N of OMI:MI_Result:N */
	const char *text;
};

struct fault {
	enum fault_id id;
	bool cim; /* a CIM operation failed: s:Detail has a CIM_Error, too (DSP0227) */
	int http; /* not 0: no SOAP fault but this HTTP status, with no body */
	char text[512];
	const char *detail; /* elements that the standard wants in s:Detail, as XML; or NULL */
	const char *header; /* header elements, as XML; or NULL */
};

const struct fault_row *fault_row(enum fault_id id);
/* The Action that the fault is sent with: libmi reads two of them only (CLIENTS.md, 3). */
const char *fault_action(enum fault_id id);
/* "wsman:TimedOut", or the code where there is no subcode. */
const char *fault_name(enum fault_id id);

/* Fills f with the sentence, or with the table's when fmt is NULL, and returns -1. */
int fault_set(struct fault *f, enum fault_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The fault that an error of a lower layer becomes, with its sentence. Returns -1. */
int fault_from_err(struct fault *f, const struct err *e);
/* Says of the fault just set that it comes from CIM, as fault_from_err does. Returns -1. */
int fault_of_cim(struct fault *f);
/* Refuses the request without SOAP. Returns -1. */
int fault_http(struct fault *f, int status);

#endif
