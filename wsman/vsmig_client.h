/*
 * A WS-Management client over HTTPS: gSOAP writes the request and carries it, libxml2 reads the
 * reply.
 *
 * Nothing waits for ever: connecting, each read and write, and the whole transfer have limits,
 * and so has the size of a reply. The server's certificate is verified against the CAs given (or
 * the system's), and its names against the host asked for, unless the options say insecure.
 */
#ifndef VSMIGD_WSMAN_VSMIG_CLIENT_H
#define VSMIGD_WSMAN_VSMIG_CLIENT_H

#include <libxml/tree.h>

#include "cim/codec.h"
#include "wsman/vsmig.h"

struct vsmig_client;

/* One property of an instance is found with cim_loose_find. Values are text as sent. */
struct vsmig_list {
	struct cim_loose *items;
	size_t n;
};

struct vsmig_key {
	const char *name, *value;
};

/* The password is copied, and cleared with the client. -ERR_CONFIG, -ERR_IO. */
struct vsmig_client *vsmig_client_new(
	const struct vsmig_options *o, const char *password, struct err *e);
/* Another connection of the same user, for another thread. */
struct vsmig_client *vsmig_client_another(
	const struct vsmig_client *c, const struct vsmig_options *o, struct err *e);
void vsmig_client_free(struct vsmig_client *c);

/* All below: a fault or a refusal of the server is an error too, its reason the sentence. */

/* The properties of IdentifyResponse. Without a user in the options it is asked anonymously. */
int vsmig_client_identify(
	struct vsmig_client *c, struct arena *a, struct cim_loose *out, struct err *e);
/* All instances of a class. */
int vsmig_client_enumerate(struct vsmig_client *c, struct arena *a, const char *class_name,
	struct vsmig_list *out, struct err *e);
/*
 * Calls a method of the instance with these keys. `input` is the inside of the input element,
 * its children under the prefix p. `out` gets the out parameters and ReturnValue.
 */
int vsmig_client_invoke(struct vsmig_client *c, struct arena *a, const char *class_name,
	const struct vsmig_key *keys, size_t n_keys, const char *method, const char *input,
	struct cim_loose *out, struct err *e);

#endif
