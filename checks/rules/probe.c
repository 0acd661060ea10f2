/*
 * A twin that needs the same things did not start there: libvirt's error, as the reason that
 * stands for it. What is not evaluated because there was none is said by the rules it is about.
 */
#include "checks/rules/rules.h"

#include <string.h>

static bool quotes(const struct facts *f, const char *name)
{
	return name && strstr(f->probe.text, name);
}

static const char *disk_object(const struct facts *f, size_t i, struct findings *out)
{
	return arena_printf(out->arena, "disk %s", rule_name(f->config.disks[i].target));
}

static void other(const struct facts *f, struct findings *out)
{
	struct finding *found = finding_add(out, VSM4901, f->probe.text);
	const char *remedy = rule_hook_remedy(f->probe.text);

	finding_detail(out, found, NULL, f->probe.text, "a guest that starts on the target host");
	if (remedy)
		found->remedy = remedy;
}

/* What QEMU could not open: its argument, before that in the message, may name more than it. */
static const char *complaint(const struct facts *f)
{
	const char *last = f->probe.text;

	for (const char *at = last; (at = strstr(at, "Could not open '")); at++)
		last = at;
	return last;
}

/* The longest of the twin's paths that the message speaks of. */
static const struct probe_path *path_of(const struct facts *f)
{
	const struct probe_path *best = NULL;

	for (size_t i = 0; i < f->probe.n_paths; i++) {
		const struct probe_path *p = &f->probe.paths[i];

		if (strstr(complaint(f), p->path) &&
			(!best || strlen(p->path) > strlen(best->path)))
			best = p;
	}
	return best;
}

static void disk_file(const struct facts *f, const struct probe_path *p, struct findings *out)
{
	const struct vm_disk *d = &f->config.disks[p->disk];
	bool medium = rule_is(d->device, "cdrom") || rule_is(d->device, "floppy");
	struct finding *found = rule_new_value_absent(f, out, p->path);

	if (!found)
		found = finding_add(out, medium ? VSM4316 : VSM4302, rule_name(d->target), p->path);
	finding_detail(out, found, disk_object(f, p->disk, out), "absent", p->path);
}

static void file(const struct facts *f, struct findings *out)
{
	const struct probe_path *p = path_of(f);

	if (p && (p->part == PROBE_DISK || p->part == PROBE_BACKING))
		disk_file(f, p, out);
	else if (p && p->part == PROBE_FIRMWARE)
		finding_detail(out, finding_add(out, VSM4114, p->path), NULL, "absent", p->path);
	else
		other(f, out);
}

static void volume(const struct facts *f, enum reason_id id, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const struct vm_disk *d = &f->config.disks[i];

		if (!quotes(f, id == VSM4302 ? d->volume : d->pool))
			continue;
		finding_detail(out,
			id == VSM4302 ? finding_add(out, id, rule_name(d->target), d->source)
				      : finding_add(out, id, d->pool, rule_name(d->target)),
			disk_object(f, i, out), f->probe.text, d->source);
		return;
	}
	other(f, out);
}

static void pool(const struct facts *f, struct findings *out)
{
	volume(f, VSM4303, out);
}

static void pool_inactive(const struct facts *f, struct findings *out)
{
	volume(f, VSM4304, out);
}

static void volume_absent(const struct facts *f, struct findings *out)
{
	volume(f, VSM4302, out);
}

static void nic(const struct facts *f, enum reason_id id, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_nics; i++) {
		const struct vm_nic *n = &f->config.nics[i];
		const char *device = rule_is(n->type, "direct") ? n->dev : n->bridge;
		const char *name = id == VSM4404 ? device : id == VSM4405 ? n->filter : n->network;
		struct finding *found;

		if (!quotes(f, name))
			continue;
		found = rule_new_value_absent(f, out, name);
		if (!found)
			found = finding_add(out, id, name, rule_name(n->mac));
		finding_detail(out, found,
			arena_printf(out->arena, "interface %s", rule_name(n->mac)), f->probe.text,
			name);
		return;
	}
	other(f, out);
}

static void device(const struct facts *f, struct findings *out)
{
	nic(f, VSM4404, out);
}

static void network(const struct facts *f, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_graphics; i++) {
		const struct vm_graphics *g = &f->config.graphics[i];

		if (!quotes(f, g->listen_network))
			continue;
		finding_detail(out,
			finding_add(out, VSM4401, g->listen_network, rule_name(g->type)),
			arena_printf(out->arena, "graphics %s", rule_name(g->type)), f->probe.text,
			g->listen_network);
		return;
	}
	nic(f, VSM4401, out);
}

static void network_inactive(const struct facts *f, struct findings *out)
{
	nic(f, VSM4402, out);
}

static void filter(const struct facts *f, struct findings *out)
{
	nic(f, VSM4405, out);
}

static void secret(const struct facts *f, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_secrets; i++) {
		const struct vm_secret *s = &f->config.secrets[i];
		const char *id = s->uuid ? s->uuid : rule_name(s->usage);

		if (f->config.n_secrets > 1 && !quotes(f, id))
			continue;
		finding_detail(out,
			finding_add(out, VSM4314, id, rule_name(s->user), f->probe.text),
			rule_name(s->user), f->probe.text, id);
		return;
	}
	other(f, out);
}

static void emulator(const struct facts *f, struct findings *out)
{
	const char *path = rule_name(f->config.emulator);

	finding_detail(out, finding_add(out, VSM4112, path), NULL, f->probe.text, path);
}

static void machine(const struct facts *f, struct findings *out)
{
	const char *name = rule_name(f->config.machine);

	finding_detail(out, finding_add(out, VSM4103, name), NULL, f->probe.text, name);
}

static void cpu(const struct facts *f, struct findings *out)
{
	finding_detail(out, finding_add(out, VSM4104, f->probe.text), NULL, f->probe.text, NULL);
}

/* Which every host has; the target's qemu.conf then puts another in its place. */
static bool everywhere(const char *address)
{
	return host_is_loopback(address) || rule_is(address, "0.0.0.0") || rule_is(address, "::");
}

static void address(const struct facts *f, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_graphics; i++) {
		const struct vm_graphics *g = &f->config.graphics[i];

		if (!g->listen || everywhere(g->listen) ||
			(f->config.n_graphics > 1 && !quotes(f, g->listen) &&
				i + 1 < f->config.n_graphics))
			continue;
		finding_detail(out, finding_add(out, VSM4511, g->listen),
			arena_printf(out->arena, "graphics %s", rule_name(g->type)), f->probe.text,
			g->listen);
		return;
	}
	other(f, out);
}

static bool port_of_device(const struct facts *f, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_ports && quotes(f, "-chardev"); i++) {
		const struct vm_port *p = &f->config.ports[i];

		if (!quotes(f, arena_printf(out->arena, "=%s", p->port)))
			continue;
		finding_detail(out, finding_add(out, VSM4512, p->port, p->name, "another process"),
			arena_printf(out->arena, "%s %s", p->kind, p->name), p->port,
			"a free port");
		return true;
	}
	return false;
}

static bool port_taken(const struct vm_graphics *g, int number, struct findings *out)
{
	const char *text = arena_printf(out->arena, "%d", number);

	if (number <= 0)
		return false;
	finding_detail(out, finding_add(out, VSM4512, text, rule_name(g->type), "another process"),
		arena_printf(out->arena, "graphics %s", rule_name(g->type)), text, "a free port");
	return true;
}

/* Libvirt's own range, of displays that leave the port to it: "'display' (5900-65535)". */
static bool range_is_full(const struct facts *f, struct findings *out)
{
	static const char range[] = "unused port in range 'display' (";
	const char *at = strstr(f->probe.text, range), *text;

	if (!at)
		return false;
	at += sizeof range - 1;
	text = arena_strndup(out->arena, at, strcspn(at, ")"));
	for (size_t i = 0; i < f->config.n_graphics; i++) {
		const char *type = rule_name(f->config.graphics[i].type);

		if (!f->config.graphics[i].autoport)
			continue;
		struct finding *found = finding_add(out, VSM4512, text, type, "others");

		finding_detail(out, found, arena_printf(out->arena, "graphics %s", type),
			"none free of these", "a free port");
		found->remedy = "Shut down other machines with displays over there, or widen "
				"remote_display_port_min and remote_display_port_max in its "
				"/etc/libvirt/qemu.conf.";
		return true;
	}
	return false;
}

static void port(const struct facts *f, struct findings *out)
{
	if (port_of_device(f, out) || range_is_full(f, out))
		return;
	for (size_t i = 0; i < f->config.n_graphics; i++)
		if (!f->config.graphics[i].autoport &&
			port_taken(&f->config.graphics[i], f->config.graphics[i].port, out))
			return;
	for (size_t i = 0; i < f->config.n_graphics; i++)
		if (port_taken(&f->config.graphics[i], f->config.graphics[i].websocket, out))
			return;
	other(f, out);
}

/* QEMU was built without. Its own words are "-device {...}: 'usb-tablet' is not a valid device model name",
 * libvirt's "This QEMU doesn't support the LSI 53C895A SCSI controller". */
static const char *missing_model(const char *text, struct arena *a)
{
	static const char lacks[] = "This QEMU doesn't support the ";
	const char *end = strstr(text, "' is not a valid device model name");
	const char *begin = end, *own = strstr(text, lacks);

	if (own)
		return arena_strdup(a, own + sizeof lacks - 1);
	while (begin && begin > text && begin[-1] != '\'')
		begin--;
	return begin && begin > text ? arena_strndup(a, begin, (size_t)(end - begin)) : NULL;
}

static void model(const struct facts *f, struct findings *out)
{
	const char *name = missing_model(f->probe.text, out->arena);

	if (name)
		finding_detail(out, finding_add(out, VSM4514, "A device", name), name,
			"not in its QEMU", name);
	else
		other(f, out);
}

/* The rule that knows the target's size may have said more. */
static void memory(const struct facts *f, struct findings *out)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->items[i].id == VSM4201 && out->items[i].effect != EFFECT_NONE)
			return;
	other(f, out);
}

/* The twin reads as what they are only the images that were newly given. */
static void format(const struct facts *f, struct findings *out)
{
	for (size_t i = 0; i < f->config.n_disks; i++) {
		const char *source = f->config.disks[i].source;
		struct finding *found = source ? rule_new_value_absent(f, out, source) : NULL;

		if (!found)
			continue;
		finding_detail(out, found, disk_object(f, i, out), f->probe.text,
			f->config.disks[i].format);
		return;
	}
	other(f, out);
}

/* In words of our own, for QEMU's are those of a twin. */
static void denied(const struct facts *f, struct findings *out)
{
	const struct probe_open *o = &f->probe.opens[f->probe.may_open];
	const char *user = rule_name(facts_user(f, &f->dst));
	bool sealed = quotes(f, "Read-only file system");
	const char *what = o->folder ? "make a file in" : o->write ? "write" : "read";
	struct finding *found = finding_add(out, VSM4901,
		arena_printf(out->arena, "QEMU, as user %s there, may not %s %s, for %s", user,
			what, o->path, o->user));

	finding_detail(out, found, o->user,
		sealed ? "a file system that is mounted read-only"
		       : arena_printf(
				 out->arena, "%s, which user %s may not %s", o->path, user, what),
		arena_printf(out->arena, "%s, which user %s may %s", o->path, user, what));
	found->remedy = arena_printf(out->arena,
		sealed	  ? "Mount the file system of %s to be written on the target."
		: o->kept ? "Give %s on the target an owner or a mode that lets QEMU's user (user "
			    "and "
			    "group in /etc/libvirt/qemu.conf) %s it; a disk with <seclabel "
			    "model='dac' "
			    "relabel='no'/> may go without that element instead."
			  : "Give %s on the target an owner or a mode that lets QEMU's user (user "
			    "and "
			    "group in /etc/libvirt/qemu.conf) %s it, or set dynamic_ownership = 1 "
			    "there.",
		o->path,
		o->folder  ? "write to"
		: o->write ? "write"
			   : "read");
}

/* A twin's name has a comma where the VM's has one. */
static void name_with_comma(const struct facts *f, struct findings *out)
{
	const char *name = rule_name(f->config.name);
	struct finding *found;

	if (!facts_name_ends_early(f)) {
		other(f, out);
		return;
	}
	found = finding_add(out, VSM4901,
		arena_printf(out->arena,
			"QEMU there does not take a name with a comma, as \"%s\" has one", name));
	finding_detail(out, found, NULL, name, "a name without a comma");
	found->remedy = "Give the virtual system a name without a comma (ElementName of "
			"NewSystemSettingData), or unset set_process_name in "
			"/etc/libvirt/qemu.conf on the target and restart its libvirtd.";
}

static void (*const reasons[])(const struct facts *f, struct findings *out) = {
	[PROBE_OTHER] = other,
	[PROBE_OWN] = other,
	[PROBE_FILE] = file,
	[PROBE_DEVICE] = device,
	[PROBE_NETWORK] = network,
	[PROBE_NETWORK_INACTIVE] = network_inactive,
	[PROBE_FILTER] = filter,
	[PROBE_POOL] = pool,
	[PROBE_POOL_INACTIVE] = pool_inactive,
	[PROBE_VOLUME] = volume_absent,
	[PROBE_SECRET] = secret,
	[PROBE_EMULATOR] = emulator,
	[PROBE_MACHINE] = machine,
	[PROBE_CPU] = cpu,
	[PROBE_PINNING] = other,
	[PROBE_ADDRESS] = address,
	[PROBE_PORT] = port,
	[PROBE_MODEL] = model,
	[PROBE_MEMORY] = memory,
	[PROBE_FORMAT] = format,
	[PROBE_DENIED] = denied,
	[PROBE_NAME] = name_with_comma,
};
_Static_assert(ARRAY_LEN(reasons) == PROBE_CAUSE_COUNT, "every cause has its reason");

/* A rule that read the facts may have said it already. */
static void say_once(struct findings *out, size_t first)
{
	for (size_t i = 0; i < first && out->n > first; i++)
		if (out->items[i].id == out->items[first].id && out->items[i].effect != EFFECT_NONE)
			out->n = first;
}

static void run(const struct facts *f, const struct check_config *c, struct findings *out)
{
	const struct fact_state *st = &f->state[FACT_DST_PROBE];
	size_t first = out->n;

	(void)c;
	if (rule_started(f)) {
		finding_add(out, VSM6001, "probe",
			arena_printf(out->arena,
				"a guest that needs the same was started on the target host, "
				"paused, and removed, in %lld ms",
				(long long)f->probe.took_ms));
	} else if (st->known && f->probe.started == TRI_NO) {
		reasons[f->probe.cause](f, out);
		say_once(out, first);
	} else if (f->probe.asked) {
		finding_unknown(out, "whether the virtual system starts there", NULL, st->why);
	}
}

const struct rule rule_probe = {
	.name = "probe",
	.what = "whether the virtual system starts on the target host",
	.moves = MOVE_ANY,
	.warns = MOVE_OFFLINE,
	.needs = FACT_BIT(FACT_VM_CONFIG) | FACT_BIT(FACT_DST_HOST),
	.run = run,
};
