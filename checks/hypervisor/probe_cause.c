/* libvirt's errors of a guest that does not start, and what they say is missing. */
#include <string.h>

#include "checks/hypervisor/probe_inner.h"

/* The first row that fits. `text` is part of the message; NULL: any. code 0: any. */
static const struct {
	int code;
	const char *text;
	enum probe_cause cause;
} table[] = {
	/* The twin's own troubles, or nobody's: they say nothing of the VM. */
	{ VIR_ERR_NO_SUPPORT, NULL, PROBE_OWN },
	{ VIR_ERR_NO_CONNECT, NULL, PROBE_OWN },
	{ VIR_ERR_INVALID_CONN, NULL, PROBE_OWN },
	{ VIR_ERR_RPC, NULL, PROBE_OWN },
	{ VIR_ERR_AUTH_FAILED, NULL, PROBE_OWN },
	{ VIR_ERR_AUTH_UNAVAILABLE, NULL, PROBE_OWN },
	{ VIR_ERR_ACCESS_DENIED, NULL, PROBE_OWN },
	{ VIR_ERR_OPERATION_DENIED, NULL, PROBE_OWN },
	{ VIR_ERR_OPERATION_TIMEOUT, NULL, PROBE_OWN },
	{ VIR_ERR_OPERATION_ABORTED, NULL, PROBE_OWN },
	{ VIR_ERR_NO_MEMORY, NULL, PROBE_OWN },
	{ VIR_ERR_DOM_EXIST, NULL, PROBE_OWN },
	{ 0, "already exists with uuid", PROBE_OWN },
	{ 0, "is already defined with uuid", PROBE_OWN },
	{ 0, "is already active", PROBE_OWN },
	{ 0, "Failed to bind socket: Permission denied", PROBE_OTHER }, /* a low port */
	{ 0, "credentials", PROBE_OTHER }, /* whatever file cannot be opened */
	{ 0, "failed to initialize kvm", PROBE_OTHER }, /* whoever QEMU runs as there may not */
	{ 0, "cannot initialize fsdev", PROBE_OTHER }, /* a share keeps its owner, whoever starts */
	{ 0, "Permission denied", PROBE_OWN },
	{ 0, "Operation not permitted", PROBE_OWN },
	{ 0, "Failed to get \"", PROBE_OWN }, /* an image lock */
	{ 0, "Failed to get shared \"", PROBE_OWN },
	{ 0, "Failed to lock byte", PROBE_OWN },
	{ 0, "No more available PCI", PROBE_OWN },
	{ VIR_ERR_XML_ERROR, "unsupported machine", PROBE_MACHINE },
	{ VIR_ERR_XML_ERROR, NULL, PROBE_OWN },
	{ VIR_ERR_XML_DETAIL, NULL, PROBE_OWN },

	{ VIR_ERR_NO_NETWORK, NULL, PROBE_NETWORK },
	{ VIR_ERR_OPERATION_INVALID, "network '", PROBE_NETWORK_INACTIVE },
	{ VIR_ERR_NO_STORAGE_POOL, NULL, PROBE_POOL },
	{ VIR_ERR_CONFIG_UNSUPPORTED, "storage pool", PROBE_POOL_INACTIVE },
	{ VIR_ERR_NO_STORAGE_VOL, NULL, PROBE_VOLUME },
	{ VIR_ERR_NO_SECRET, NULL, PROBE_SECRET },
	{ VIR_ERR_INVALID_SECRET, NULL, PROBE_SECRET },
	{ VIR_ERR_INVALID_ARG, "secret with uuid", PROBE_SECRET }, /* for another use */
	{ 0, "cannot unlock any keyslot", PROBE_SECRET },
	{ VIR_ERR_NO_NWFILTER, NULL, PROBE_FILTER },
	{ 0, "filter '", PROBE_FILTER },
	{ 0, "Cannot check QEMU binary", PROBE_EMULATOR },
	{ 0, "Cannot find QEMU binary", PROBE_EMULATOR },
	{ 0, "does not support machine type", PROBE_MACHINE },
	{ 0, "nsupported machine type", PROBE_MACHINE },
	{ VIR_ERR_CPU_INCOMPATIBLE, NULL, PROBE_CPU },
	{ 0, "guest CPU doesn't match", PROBE_CPU },
	{ 0, "guest and host CPU are not compatible", PROBE_CPU },
	{ 0, "annot set CPU affinity", PROBE_PINNING },
	{ 0, "binding socket to 0.0.0.0:", PROBE_PORT }, /* Spice, which says no more */
	{ 0, "binding socket to :::", PROBE_PORT },
	{ 0, "binding socket to ", PROBE_ADDRESS },
	{ 0, "annot assign requested address", PROBE_ADDRESS },
	{ 0, "ddress already in use", PROBE_PORT },
	{ 0, "ailed to reserve port", PROBE_PORT },
	{ 0, "nable to find an unused port", PROBE_PORT },
	{ 0, "Image is not in ", PROBE_FORMAT },
	{ 0, "No such file or directory", PROBE_FILE },
	{ 0, "No such device", PROBE_DEVICE },
	{ 0, "Cannot get interface", PROBE_DEVICE },
	{ 0, "-name guest=", PROBE_NAME }, /* QEMU quotes the argument that it stumbles over */
	{ 0, "annot allocate memory", PROBE_MEMORY },
	{ 0, "annot set up guest memory", PROBE_MEMORY },
	{ 0, "is not a valid device model name", PROBE_MODEL },
	{ 0, "This QEMU doesn't support the ", PROBE_MODEL },
	{ 0, "is not supported by this QEMU binary", PROBE_MODEL },
	{ 0, "is not supported in this QEMU binary", PROBE_MODEL },
};

void probe_shorten(char *text)
{
	static const char process[] = "Child process (";
	char *at = strstr(text, process), *program;

	if (!at)
		return;
	at += sizeof process - 1;
	program = strstr(at, " /");
	if (program && program < at + strcspn(at, ")"))
		memmove(at, program + 1, strlen(program + 1) + 1);
}

enum probe_cause probe_cause_of(int code, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if ((!table[i].code || table[i].code == code) &&
			(!table[i].text || (text && strstr(text, table[i].text))))
			return table[i].cause;
	return PROBE_OTHER;
}
