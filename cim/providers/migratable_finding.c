/* A finding of a check as an instance of VSMIG_MigrationFinding. */
#include <string.h>

#include "cim/providers/migratable.h"
#include "cim/registry.h"
#include "cim/uri.h"

/* Values of CIM_Error's maps. */
enum {
	TYPE_UNKNOWN = 0,
	TYPE_OTHER = 1,
	TYPE_COMMUNICATIONS = 2,
	TYPE_SOFTWARE = 4,
	TYPE_SECURITY = 7,
	TYPE_OVERSUBSCRIPTION = 8,
	TYPE_UNAVAILABLE = 9,
	TYPE_UNSUPPORTED = 10,
	SEVERITY_MAP_INFORMATION = 2,
	SEVERITY_MAP_WARNING = 3,
	SEVERITY_MAP_MAJOR = 5,
	FORMAT_OBJECT_PATH = 2,
	STATUS_FAILED = 1,
	STATUS_ACCESS_DENIED = 2,
	STATUS_INVALID_PARAMETER = 4,
	STATUS_NOT_FOUND = 6,
	STATUS_NOT_SUPPORTED = 7,
};

/* ErrorType by the area of the reason; `other` goes with TYPE_OTHER. */
static const struct kind {
	const char *area;
	uint64_t type;
	const char *other;
} kinds[] = {
	{ "parameter", TYPE_OTHER, "Invalid parameter" },
	{ "parameters", TYPE_OTHER, "Incompatible parameters" },
	{ "state", TYPE_OTHER, "Invalid state" },
	{ "config", TYPE_OTHER, "Configuration" },
	{ "identity", TYPE_OTHER, "Identity in conflict" },
	{ "platform", TYPE_UNSUPPORTED, NULL },
	{ "cpu", TYPE_UNSUPPORTED, NULL },
	{ "device", TYPE_UNSUPPORTED, NULL },
	{ "hypervisor", TYPE_UNSUPPORTED, NULL },
	{ "version", TYPE_UNSUPPORTED, NULL },
	{ "memory", TYPE_UNAVAILABLE, NULL },
	{ "storage", TYPE_UNAVAILABLE, NULL },
	{ "network", TYPE_UNAVAILABLE, NULL },
	{ "capacity", TYPE_OVERSUBSCRIPTION, NULL },
	{ "security", TYPE_SECURITY, NULL },
	{ "service", TYPE_SOFTWARE, NULL },
};

/* Reasons that are of another kind than their area. */
static const struct {
	enum reason_id id;
	struct kind kind;
} special_kinds[] = {
	{ VSM2010, { "state", TYPE_COMMUNICATIONS, NULL } },
	{ VSM2011, { "state", TYPE_COMMUNICATIONS, NULL } },
	{ VSM2012, { "state", TYPE_SECURITY, NULL } },
	{ VSM2013, { "state", TYPE_SECURITY, NULL } },
	{ VSM2014, { "state", TYPE_COMMUNICATIONS, NULL } },
	{ VSM2020, { "state", TYPE_COMMUNICATIONS, NULL } },
};

/* What an effect is called in the property Effect, and as a CIM status where there is one. */
static const struct {
	const char *name;
	uint64_t status; /* 0: none fits */
} effects[] = {
	[EFFECT_NONE] = { "None", 0 },
	[EFFECT_FALSE] = { "False", 0 },
	[EFFECT_RC1] = { "1", STATUS_NOT_SUPPORTED },
	[EFFECT_RC2] = { "2", STATUS_FAILED },
	[EFFECT_RC3] = { "3", STATUS_FAILED },
	[EFFECT_RC4] = { "4", STATUS_INVALID_PARAMETER },
	[EFFECT_RC5] = { "5", 0 },
	[EFFECT_RC6] = { "6", 0 },
};
_Static_assert(ARRAY_LEN(effects) == EFFECT_COUNT, "a row per effect");

static const uint64_t severities[] = {
	[SEVERITY_INFO] = SEVERITY_MAP_INFORMATION,
	[SEVERITY_WARNING] = SEVERITY_MAP_WARNING,
	[SEVERITY_ERROR] = SEVERITY_MAP_MAJOR,
};

static const struct kind *kind_of(const struct finding *f, const char *area)
{
	static const struct kind unknown = { "", TYPE_UNKNOWN, NULL };

	for (size_t i = 0; i < ARRAY_LEN(special_kinds); i++)
		if (special_kinds[i].id == f->id)
			return &special_kinds[i].kind;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].area, area) == 0)
			return &kinds[i];
	return &unknown;
}

/* A policy or a setting may have turned a warning into a refusal, or back. */
static uint64_t severity_of(const struct finding *f, const struct reason *r)
{
	if (f->effect != EFFECT_NONE)
		return SEVERITY_MAP_MAJOR;
	return r->severity == SEVERITY_ERROR ? SEVERITY_MAP_WARNING : severities[r->severity];
}

static uint64_t status_of(const struct finding *f)
{
	if (f->id == VSM1003)
		return STATUS_NOT_FOUND;
	return f->id == VSM9004 ? STATUS_ACCESS_DENIED : effects[f->effect].status;
}

#define SET_STR(name, value) cim_set_str(a, i, VSMIG_MigrationFinding_p_##name, (value))
#define SET_UINT(name, value) cim_set_uint(a, i, VSMIG_MigrationFinding_p_##name, (value))

static void set_source(struct arena *a, struct cim_instance *i, const struct check *c)
{
	if (c->vm_uuid == NULL)
		return;
	SET_STR(ErrorSource, arena_printf(a,
				     "%s:CIM_ComputerSystem.CreationClassName=\"CIM_"
				     "ComputerSystem\",Name=\"%s\"",
				     CIM_NS_DEFAULT, c->vm_uuid));
	SET_UINT(ErrorSourceFormat, FORMAT_OBJECT_PATH);
}

static void set_texts(struct arena *a, struct cim_instance *i, const struct finding *f)
{
	size_t n = 0;

	while (n < ARRAY_LEN(f->args) && f->args[n] != NULL)
		n++;
	cim_set_strs(a, i, VSMIG_MigrationFinding_p_MessageArguments, f->args, n);
	SET_STR(Message, f->message);
	if (*f->remedy != '\0')
		cim_set_strs(a, i, VSMIG_MigrationFinding_p_RecommendedActions, &f->remedy, 1);
	SET_STR(Object, f->object);
	SET_STR(Found, f->found);
	SET_STR(Needed, f->needed);
	if (*f->rule != '\0')
		SET_STR(Rule, f->rule);
}

const struct cim_instance *migratable_finding(
	struct arena *a, const struct check *c, const struct finding *f)
{
	const struct reason *r = reason_get(f->id);
	const struct kind *kind = kind_of(f, r->area);
	struct cim_instance *i =
		cim_instance_new(a, &cim_class_VSMIG_MigrationFinding, CIM_NS_DEFAULT);

	SET_STR(MessageID, r->id);
	SET_STR(OwningEntity, "vsmigd");
	set_texts(a, i, f);
	SET_UINT(PerceivedSeverity, severity_of(f, r));
	SET_UINT(ErrorType, kind->type);
	SET_STR(OtherErrorType, kind->other);
	set_source(a, i, c);
	if (status_of(f) != 0)
		SET_UINT(CIMStatusCode, status_of(f));
	SET_STR(Area, r->area);
	SET_STR(Effect, effects[f->effect].name);
	cim_set_bool(a, i, VSMIG_MigrationFinding_p_Policy, f->policy);
	return i;
}
