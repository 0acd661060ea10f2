/* What libvirt and libxml2 want once per process: initialisation, and an event loop. */
#include "checks/hypervisor/hv_inner.h"
#include "checks/hypervisor/loop.h"
#include "checks/hypervisor/virt.h"
#include "daemon/base/mem.h"

#include <libxml/parser.h>
#include <string.h>
#include <strings.h>

/* Errors are read where they happen; libvirt's default would print each to standard error. */
static void silent(void *arg, virErrorPtr err)
{
	(void)arg;
	(void)err;
}

static void silent_xml(void *arg, const char *fmt, ...)
{
	(void)arg;
	(void)fmt;
}

bool hv_libvirt_init(void)
{
	if (virInitialize() < 0)
		return false;
	virSetErrorFunc(NULL, silent);
	return true;
}

int hv_global_init(struct err *e)
{
	xmlInitParser();
	xmlThrDefSetGenericErrorFunc(NULL, silent_xml);
	if (!hv_libvirt_init())
		return err_set(
			e, ERR_IO, "libvirt cannot be initialised: %s", virGetLastErrorMessage());
	if (loop_start() < 0)
		return err_set(e, ERR_IO,
			"libvirt's event loop cannot be started: no descriptor or no thread");
	return 0;
}

/* Drivers of libvirt that implement migration. The test driver does not, but stands in for one
 * that does: its answers are marked as simulated. */
bool hv_type_migrates(const char *type)
{
	static const char *const types[] = {
		"QEMU",
		"Xen",
		"Parallels",
		"Virtuozzo",
		"vz",
		"ESX",
		"CH",
		"Test",
	};

	for (size_t i = 0; type && i < ARRAY_LEN(types); i++)
		if (strcasecmp(type, types[i]) == 0)
			return true;
	return false;
}
