/*
 * Arguments for QEMU (<qemu:commandline>) that name files and ports of the host, as far as they are
 * common and plain: libvirt passes them on without a look, and the guest does not start where QEMU
 * finds them missing or taken.
 */
#include "checks/hypervisor/vxml.h"

#include <string.h>

/* Options that open a file, and the key before its path; NULL: the argument is the path. */
static const struct {
	const char *option, *key;
} files[] = {
	{ "-fw_cfg", "file" },
	{ "-smbios", "file" },
	{ "-acpitable", "file" },
	{ "-acpitable", "data" },
	{ "-drive", "file" },
	{ "-blockdev", "filename" },
	{ "-object", "filename" },
	{ "-object", "file" },
	{ "-device", "romfile" },
	{ "-kernel", NULL },
	{ "-initrd", NULL },
	{ "-dtb", NULL },
	{ "-bios", NULL },
	{ "-cdrom", NULL },
	{ "-hda", NULL },
	{ "-hdb", NULL },
};

/* The value of a key in "id=x,host=y", or of a flag ("server", "server=on"). */
static const char *value(struct arena *a, const char *list, const char *key)
{
	size_t n = strlen(key);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, key, n) != 0)
			continue;
		if (at[n] == '=')
			return arena_printf(a, "%.*s", (int)strcspn(at + n + 1, ","), at + n + 1);
		if (at[n] == ',' || at[n] == '\0')
			return "on";
	}
	return NULL;
}

static void port(
	struct vm_config *out, struct arena *a, const char *host, const char *number, bool udp)
{
	if (number && *number)
		*ARENA_PUSH(a, out->ports, out->n_ports) = (struct vm_port){
			.kind = "arguments for QEMU",
			.name = "-chardev",
			.host = host && *host ? host : NULL,
			.port = number,
			.udp = udp,
		};
}

static void chardev(struct vm_config *out, struct arena *a, const char *arg)
{
	const char *server = value(a, arg, "server");

	if (strncmp(arg, "socket,", 7) == 0 && server && strcmp(server, "on") == 0)
		port(out, a, value(a, arg, "host"), value(a, arg, "port"), false);
}

/* user,hostfwd=tcp:HOST:PORT-GUEST:PORT, as often as it stands there. */
static void forwards(struct vm_config *out, struct arena *a, const char *arg)
{
	for (const char *at = strstr(arg, "hostfwd="); at; at = strstr(at, "hostfwd=")) {
		bool udp = strncmp(at += 8, "udp:", 4) == 0;
		const char *host = strchr(at, ':'), *number = host ? strchr(host + 1, ':') : NULL;

		if (number)
			port(out, a, arena_printf(a, "%.*s", (int)(number - host - 1), host + 1),
				arena_printf(a, "%.*s", (int)strspn(number + 1, "0123456789"),
					number + 1),
				udp);
	}
}

static void file(struct arena *a, const char *option, const char *arg, struct vm_path **paths,
	size_t *n_paths)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *path = strcmp(files[i].option, option) != 0 ? NULL
				   : files[i].key ? value(a, arg, files[i].key)
						  : arg;

		if (path && path[0] == '/')
			*ARENA_PUSH(a, *paths, *n_paths) = (struct vm_path){ PATH_FILE,
				arena_printf(a, "QEMU's %s", option), path };
	}
}

void vxml_domain_args(const xmlNode *root, struct arena *a, struct vm_config *out,
	struct vm_path **paths, size_t *n_paths)
{
	const char *option = "";

	XML_EACH(n, vxml_child(root, "commandline"), "arg")
	{
		const char *arg = vxml_attr(a, n, "value");

		if (!arg)
			continue;
		file(a, option, arg, paths, n_paths);
		if (strcmp(option, "-chardev") == 0)
			chardev(out, a, arg);
		if (strcmp(option, "-netdev") == 0 && strncmp(arg, "user,", 5) == 0)
			forwards(out, a, arg);
		option = arg;
	}
}
