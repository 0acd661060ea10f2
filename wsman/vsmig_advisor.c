#include "wsman/vsmig_advisor.h"

#include <stdlib.h>
#include <string.h>

#define ADVISOR "VSMIG_MigrationAdvisor"
#define MIGRATION_SETTINGS "CIM_VirtualSystemMigrationSettingData"

struct word {
	const char *name, *value;
};

static const struct word types[] = {
	{ "live", "2" },
	{ "resume", "3" },
	{ "restart", "4" },
	{ "offline", "1" },
	{ NULL, NULL },
};

static const struct word transports[] = {
	{ "ssh", "2" },
	{ "tls", "3" },
	{ "tls-strict", "4" },
	{ "tcp", "5" },
	{ NULL, NULL },
};

/* The value of a word, or text itself when it is a number. */
static const char *word_value(const struct word *words, const char *text)
{
	for (; words->name != NULL; words++)
		if (strcmp(words->name, text) == 0)
			return words->value;
	return *text != '\0' && strspn(text, "0123456789") == strlen(text) ? text : NULL;
}

static void add_property(struct buf *out, const char *name, const char *value)
{
	const struct cim_class *c = cim_class_find(MIGRATION_SETTINGS);
	const struct cim_property *p = c != NULL ? cim_property_find(c, name) : NULL;

	buf_puts(out, "<PROPERTY NAME=\"");
	buf_xml(out, name);
	buf_printf(out, "\" TYPE=\"%s\"><VALUE>", cim_type_name(p != NULL ? p->type : CIM_STRING));
	buf_xml(out, value);
	buf_puts(out, "</VALUE></PROPERTY>");
}

static int add_settings(
	struct buf *out, const struct vsmig_options *o, const char *instead, struct err *e)
{
	const char *given = o->type != NULL ? o->type : instead;
	const char *type = given != NULL ? word_value(types, given) : NULL;
	const char *transport = o->transport != NULL ? word_value(transports, o->transport) : NULL;

	if (given != NULL && type == NULL)
		return err_set(
			e, ERR_CONFIG, "--type is live, resume, restart, offline or a number");
	if (o->transport != NULL && transport == NULL)
		return err_set(
			e, ERR_CONFIG, "--transport is ssh, tls, tls-strict, tcp or a number");
	if (o->bandwidth != NULL && strspn(o->bandwidth, "0123456789") != strlen(o->bandwidth))
		return err_set(e, ERR_CONFIG, "--bandwidth is a number of MiB per second");
	if (type != NULL)
		add_property(out, "MigrationType", type);
	if (transport != NULL)
		add_property(out, "TransportType", transport);
	if (o->bandwidth != NULL) {
		add_property(out, "Bandwidth", o->bandwidth);
		add_property(out, "BandwidthUnit", "byte / second * 2^20");
	}
	for (size_t i = 0; i < o->n_sets; i++) {
		const char *equals = strchr(o->sets[i], '=');
		auto_free char *name = NULL;

		if (equals == NULL || equals == o->sets[i])
			return err_set(e, ERR_CONFIG, "--set takes NAME=VALUE");
		name = mem_strndup(o->sets[i], (size_t)(equals - o->sets[i]));
		add_property(out, name, equals + 1);
	}
	return 0;
}

void vsmig_advisor_text(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, "<p:%s>", name);
	buf_xml(out, text);
	buf_printf(out, "</p:%s>", name);
}

static void add_embedded(
	struct buf *out, const char *name, const char *class_name, const struct buf *properties)
{
	auto_buf struct buf text = { 0 };

	if (properties->len == 0)
		return;
	buf_printf(&text, "<INSTANCE CLASSNAME=\"%s\">%s</INSTANCE>", class_name, properties->data);
	vsmig_advisor_text(out, name, text.data);
}

int vsmig_advisor_settings(
	struct buf *out, const struct vsmig_options *o, const char *type, struct err *e)
{
	auto_buf struct buf properties = { 0 };
	int r = add_settings(&properties, o, type, e);

	if (r == 0)
		add_embedded(out, "MigrationSettingData", MIGRATION_SETTINGS, &properties);
	return r;
}

void vsmig_advisor_instance(struct buf *out, const char *name, const char *class_name,
	const char *property, const char *value)
{
	auto_buf struct buf properties = { 0 };

	add_property(&properties, property, value);
	add_embedded(out, name, class_name, &properties);
}

int vsmig_advisor_find(
	struct vsmig_client *c, struct arena *a, struct vsmig_advisor *out, struct err *e)
{
	static const char *const names[VSMIG_ADVISOR_KEYS] = { "SystemCreationClassName",
		"SystemName", "CreationClassName", "Name" };
	struct vsmig_list advisors = { 0 };
	int r = vsmig_client_enumerate(c, a, ADVISOR, &advisors, e);

	if (r != 0)
		return r;
	if (advisors.n == 0)
		return err_set(e, ERR_NOT_FOUND, "The server has no " ADVISOR);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct cim_loose_property *p = cim_loose_find(&advisors.items[0], names[i]);

		if (p == NULL || p->null || p->n == 0)
			return err_set(
				e, ERR_SYNTAX, "The server's " ADVISOR " has no %s", names[i]);
		out->keys[i] = (struct vsmig_key){ names[i], p->values[0] };
	}
	return 0;
}

int vsmig_advisor_invoke(struct vsmig_client *c, struct arena *a, const struct vsmig_advisor *at,
	const char *method, const char *input, struct cim_loose *out, struct err *e)
{
	return vsmig_client_invoke(
		c, a, ADVISOR, at->keys, VSMIG_ADVISOR_KEYS, method, input, out, e);
}
