/*
 * The CIM schema as const tables, compiled from schemas/ by cim/schemac.c at build time.
 *
 * Tables are never written and live as long as the program; any thread may read them. Names are
 * spelled as the schema declares them; look-ups ignore case, as CIM does. A class lists all its
 * properties and methods, inherited ones included, by name; `origin` tells who declared them.
 *
 * build/schema_ids.h, generated beside the tables, gives each class a symbol
 * (cim_class_CIM_ComputerSystem), each property and method of it an index
 * (CIM_ComputerSystem_p_Name, CIM_Service_m_StartService), and each parameter one
 * (CIM_Service_m_StartService_a_Foo), so that a provider that disagrees with the schema does
 * not compile.
 */
#ifndef VSMIGD_CIM_SCHEMA_H
#define VSMIGD_CIM_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum cim_type {
	CIM_BOOLEAN,
	CIM_UINT8,
	CIM_UINT16,
	CIM_UINT32,
	CIM_UINT64,
	CIM_SINT8,
	CIM_SINT16,
	CIM_SINT32,
	CIM_SINT64,
	CIM_REAL32,
	CIM_REAL64,
	CIM_CHAR16,
	CIM_STRING,
	CIM_DATETIME,
	CIM_REFERENCE,
	CIM_TYPE_COUNT
};

/* One row of ValueMap and Values: "2" and "Enabled"; a range is "3..7", "32768..", "..". */
struct cim_valuemap {
	const char *value, *text;
};

struct cim_property {
	const char *name;
	enum cim_type type;
	bool array, key, required, writable;
	const char *ref_class; /* CIM_REFERENCE: the class referred to */
	const char *embedded; /* EmbeddedInstance: the class; EmbeddedObject: ""; else NULL */
	const char *origin; /* the class that declares it last: itself, or what it inherits from */
	const struct cim_valuemap *values;
	size_t n_values;
};

struct cim_parameter {
	const char *name;
	enum cim_type type;
	bool array, in, out, required;
	const char *ref_class, *embedded;
	const struct cim_valuemap *values;
	size_t n_values;
};

struct cim_method {
	const char *name;
	enum cim_type returns;
	const char *origin;
	const struct cim_parameter *parameters; /* in declared order */
	size_t n_parameters;
	const struct cim_valuemap *values; /* of the return value */
	size_t n_values;
};

/*
 * A part of a class document that is there when all that it needs is asked for. Documents are
 * compiled because schemac knows the hierarchy as XML anyway, and what is left for a request is
 * to add texts up; texts that classes inherit are one in memory.
 */
enum cim_document_part {
	CIM_DOCUMENT_HIERARCHY = 1, /* DERIVATION */
	CIM_DOCUMENT_INHERITED = 2, /* properties and methods that the class does not declare */
	CIM_DOCUMENT_QUALIFIERS = 4,
	CIM_DOCUMENT_ORIGIN = 8, /* CLASSORIGIN: the class that declared a member first */
	CIM_DOCUMENT_ALL = 15
};
struct cim_piece {
	unsigned needs; /* of enum cim_document_part */
	const char *text;
};

struct cim_class {
	const char *name;
	const struct cim_class *super; /* NULL at the top */
	bool abstract, association;
	const struct cim_property *properties; /* sorted by name, inherited ones included */
	size_t n_properties;
	const struct cim_method *methods; /* sorted by name, inherited ones included */
	size_t n_methods;
	const struct cim_piece *document; /* cim/document.h puts it together */
	size_t n_document;
};

extern const struct cim_class *const cim_classes[];
extern const size_t cim_class_count;
/* The WSDL of the service: before its address, and behind it. */
extern const char cim_wsdl_head[], cim_wsdl_tail[];

/* NULL when there is none. */
const struct cim_class *cim_class_find(const char *name);
const struct cim_property *cim_property_find(const struct cim_class *c, const char *name);
const struct cim_method *cim_method_find(const struct cim_class *c, const char *name);
const struct cim_parameter *cim_parameter_find(const struct cim_method *m, const char *name);
/* Whether c is `base` or derived from it. */
bool cim_class_is(const struct cim_class *c, const struct cim_class *base);
/* Whether the text of an integer value is allowed by a value map (an empty map allows all). */
bool cim_valuemap_allows(const struct cim_valuemap *values, size_t n, const char *value);
/* "uint16", for messages. */
const char *cim_type_name(enum cim_type t);

#endif
