/*
 * Errors: a code that a program acts on, and the sentence that a person reads.
 *
 * A function that can fail returns 0 or a negative ERR_* and fills the struct err given as its
 * last parameter, which is never NULL. The sentence says what, where, and what to do about it.
 * Nothing secret goes into it. A struct err is plain memory: copy it freely, from any thread.
 */
#ifndef VSMIGD_BASE_ERR_H
#define VSMIGD_BASE_ERR_H

enum err_code {
	ERR_NONE = 0,
	ERR_SYNTAX, /* input that is not well-formed, or breaks its schema */
	ERR_LIMIT, /* a stated limit would be passed */
	ERR_CONFIG, /* the configuration cannot be used */
	ERR_IO, /* a file, socket or library call failed */
	ERR_BUSY, /* no room now; the same may pass later */
	ERR_TIMEOUT, /* the deadline passed */
	ERR_UNAVAILABLE, /* a hypervisor cannot be reached now */
	ERR_ACCESS, /* known caller, not allowed */
	ERR_UNSUPPORTED, /* understood, not offered here */
	ERR_INTERNAL, /* our own failure */
	ERR_NAMESPACE, /* CIM: no such namespace */
	ERR_CLASS, /* CIM: no such class */
	ERR_NOT_FOUND, /* CIM: no such instance */
	ERR_METHOD, /* CIM: no such method in this class */
	ERR_PARAMETER, /* CIM: a method argument has the wrong type */
	ERR_KEY_MISSING, /* CIM: a key is missing in a reference */
	ERR_KEY_UNEXPECTED, /* CIM: a name that is no key of the class */
	ERR_KEY_DUPLICATE, /* CIM: a key given twice */
	ERR_KEY_VALUE, /* CIM: a key value of the wrong type */
	ERR_CODE_COUNT
};

struct err {
	int code; /* an enum err_code */
	char text[512];
};

/* Fills e and returns -code, so that callers can write: return err_set(e, ERR_IO, ...). */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the sentence in e (truncating its end), and returns -e->code. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The short name of a code, for logs: "not-found". Never NULL. */
const char *err_name(int code);

#endif
