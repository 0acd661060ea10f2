/*
 * Arguments for QEMU (<qemu:commandline>) that name files and ports of the host, as far as they are
 * common and plain: libvirt passes them on without a look, and the guest does not start where QEMU
 * finds them missing or taken.
 */
#include "checks/hypervisor/vxml.h"

#include <stdlib.h>
#include <string.h>

/* Options that open a file, or make one in a folder, and the key before its path; NULL: the argument
 * is the path. */
static const struct {
	const char *option, *key;
	enum vm_path_kind kind;
	enum vm_path_owner owner;
} files[] = {
	{ "-fw_cfg", "file", PATH_FILE, PATH_KEPT },
	{ "-smbios", "file", PATH_FILE, PATH_KEPT },
	{ "-acpitable", "file", PATH_FILE, PATH_KEPT },
	{ "-acpitable", "data", PATH_FILE, PATH_KEPT },
	{ "-drive", "file", PATH_FILE, PATH_KEPT },
	{ "-blockdev", "filename", PATH_FILE, PATH_KEPT },
	{ "-object", "filename", PATH_FILE, PATH_OTHERS },
	{ "-object", "file", PATH_FILE, PATH_OTHERS },
	{ "-object", "dir", PATH_FILE, PATH_OTHERS },
	{ "-object", "mem-path", PATH_FOLDER, PATH_OTHERS },
	{ "-device", "romfile", PATH_FILE, PATH_KEPT },
	{ "-device", "file", PATH_FILE, PATH_KEPT },
	{ "-virtfs", "path", PATH_FILE, PATH_OTHERS },
	{ "-fsdev", "path", PATH_FILE, PATH_OTHERS },
	{ "-plugin", "file", PATH_FILE, PATH_OTHERS },
	{ "-trace", "events", PATH_FILE, PATH_OTHERS },
	{ "-trace", "file", PATH_FOLDER, PATH_OTHERS },
	{ "-readconfig", NULL, PATH_FILE, PATH_KEPT },
	{ "-mem-path", NULL, PATH_FILE, PATH_OTHERS },
	{ "-kernel", NULL, PATH_FILE, PATH_KEPT },
	{ "-initrd", NULL, PATH_FILE, PATH_KEPT },
	{ "-dtb", NULL, PATH_FILE, PATH_KEPT },
	{ "-bios", NULL, PATH_FILE, PATH_KEPT },
	{ "-cdrom", NULL, PATH_FILE, PATH_KEPT },
	{ "-hda", NULL, PATH_FILE, PATH_KEPT },
	{ "-hdb", NULL, PATH_FILE, PATH_KEPT },
	{ "-D", NULL, PATH_FOLDER, PATH_OTHERS },
	{ "-pidfile", NULL, PATH_FOLDER, PATH_OTHERS },
};

struct args {
	struct arena *a;
	struct vm_config *out;
	struct vm_path *paths;
	size_t n_paths;
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

static void push_path(struct args *g, enum vm_path_kind kind, const char *option, const char *path,
	enum vm_path_owner owner)
{
	if (path && path[0] == '/')
		*ARENA_PUSH(g->a, g->paths, g->n_paths) = (struct vm_path){ kind,
			arena_printf(g->a, "QEMU's %s", option), path, owner };
}

static void port(struct args *g, const char *option, const char *host, const char *number, bool udp)
{
	if (number && *number)
		*ARENA_PUSH(g->a, g->out->ports, g->out->n_ports) = (struct vm_port){
			.kind = "arguments for QEMU",
			.name = arena_strdup(g->a, option),
			.host = host && *host ? host : NULL,
			.port = number,
			.udp = udp,
		};
}

/* "HOST:PORT" and what may follow. */
static void host_port(struct args *g, const char *option, const char *text, bool udp)
{
	const char *colon = strchr(text, ':');

	if (colon)
		port(g, option, arena_printf(g->a, "%.*s", (int)(colon - text), text),
			arena_printf(g->a, "%.*s", (int)strspn(colon + 1, "0123456789"), colon + 1),
			udp);
}

static bool serves(struct args *g, const char *arg)
{
	const char *server = value(g->a, arg, "server");

	return server && strcmp(server, "on") == 0;
}

static void chardev(struct args *g, const char *option, const char *arg)
{
	const char *path = value(g->a, arg, "path");

	if (strncmp(arg, "socket,", 7) == 0 && serves(g, arg)) {
		port(g, option, value(g->a, arg, "host"), value(g->a, arg, "port"), false);
		push_path(g, PATH_FOLDER, option, path, PATH_KEPT);
	} else if (strncmp(arg, "socket,", 7) == 0 && !value(g->a, arg, "reconnect")) {
		push_path(g, PATH_FILE, option, path, PATH_OTHERS);
	} else if (strncmp(arg, "file,", 5) == 0) {
		push_path(g, PATH_FOLDER, option, path, PATH_OTHERS);
	}
}

/* A character device in one word: "tcp:HOST:PORT,server=on", "unix:PATH", "file:PATH". */
static void short_chardev(struct args *g, const char *option, const char *arg)
{
	static const char *const sockets[] = { "tcp:", "telnet:", "websocket:" };
	const char *path = strchr(arg, ':');

	for (size_t i = 0; i < ARRAY_LEN(sockets); i++)
		if (strncmp(arg, sockets[i], strlen(sockets[i])) == 0 && serves(g, arg))
			host_port(g, option, path + 1, false);
	if (!path)
		return;
	path = arena_printf(g->a, "%.*s", (int)strcspn(path + 1, ","), path + 1);
	if (strncmp(arg, "unix:", 5) == 0)
		push_path(g, serves(g, arg) ? PATH_FOLDER : PATH_FILE, option, path,
			serves(g, arg) ? PATH_KEPT : PATH_OTHERS);
	if (strncmp(arg, "file:", 5) == 0)
		push_path(g, PATH_FOLDER, option, path, PATH_OTHERS);
}

/* "HOST:DISPLAY", where display N has port 5900 + N. */
static void vnc(struct args *g, const char *option, const char *arg)
{
	const char *colon = strchr(arg, ':');

	if (strncmp(arg, "unix:", 5) == 0)
		push_path(g, PATH_FOLDER, option,
			arena_printf(g->a, "%.*s", (int)strcspn(arg + 5, ","), arg + 5), PATH_KEPT);
	else if (colon && strspn(colon + 1, "0123456789") > 0 && !value(g->a, arg, "to"))
		port(g, option, arena_printf(g->a, "%.*s", (int)(colon - arg), arg),
			arena_printf(g->a, "%d", 5900 + atoi(colon + 1)), false);
}

/* user,hostfwd=tcp:HOST:PORT-GUEST:PORT, as often as it stands there. */
static void netdev(struct args *g, const char *option, const char *arg)
{
	const char *listen = value(g->a, arg, "listen");

	if (strncmp(arg, "socket,", 7) == 0 && listen)
		host_port(g, option, listen, false);
	if (strncmp(arg, "user,", 5) != 0)
		return;
	for (const char *at = strstr(arg, "hostfwd="); at; at = strstr(at, "hostfwd=")) {
		bool udp = strncmp(at += 8, "udp:", 4) == 0;
		const char *host = strchr(at, ':');

		if (host)
			host_port(g, option, host + 1, udp);
	}
}

static const struct {
	const char *option;
	void (*read)(struct args *g, const char *option, const char *arg);
} special[] = {
	{ "-chardev", chardev },
	{ "-monitor", short_chardev },
	{ "-qmp", short_chardev },
	{ "-qmp-pretty", short_chardev },
	{ "-serial", short_chardev },
	{ "-parallel", short_chardev },
	{ "-debugcon", short_chardev },
	{ "-vnc", vnc },
	{ "-netdev", netdev },
};

static void read_arg(struct args *g, const char *option, const char *arg)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (strcmp(files[i].option, option) == 0)
			push_path(g, files[i].kind, option,
				files[i].key ? value(g->a, arg, files[i].key) : arg,
				files[i].owner);
	for (size_t i = 0; i < ARRAY_LEN(special); i++)
		if (strcmp(special[i].option, option) == 0)
			special[i].read(g, option, arg);
}

void vxml_domain_args(const xmlNode *root, struct arena *a, struct vm_config *out,
	struct vm_path **paths, size_t *n_paths)
{
	struct args g = { a, out, *paths, *n_paths };
	const char *option = "";

	XML_EACH(n, vxml_child(root, "commandline"), "arg")
	{
		const char *arg = vxml_attr(a, n, "value");

		if (!arg)
			continue;
		read_arg(&g, option, arg);
		option = arg;
	}
	*paths = g.paths;
	*n_paths = g.n_paths;
}
