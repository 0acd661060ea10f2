/* A domain as facts, and its twin as text. */
#ifndef VSMIGD_TESTS_CHECKS_TWINS_H
#define VSMIGD_TESTS_CHECKS_TWINS_H

#include <check.h>
#include <stdio.h>

#include "checks/hypervisor/probe_inner.h"
#include "checks/hypervisor/twin.h"
#include "checks/hypervisor/vxml.h"

#define HOST "aaaaaaaa-0000-4000-8000-00000000000a"
#define TWIN_UUID "cccccccc-0000-4000-8000-00000000000c"

static const struct settings live = { .move = MOVE_LIVE };
static const char *const models[] = { "none", "dac" };

/* A recorded document. */
static inline const char *slurp(const char *name, struct arena *a)
{
	char path[512], *text = arena_alloc(a, 1 << 18);
	FILE *f;

	snprintf(path, sizeof path, TEST_DATA "/libvirt/%s", name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	ck_assert_uint_gt(fread(text, 1, (1 << 18) - 1, f), 0);
	fclose(f);
	return text;
}

static struct facts *facts_of(const char *xml)
{
	struct facts *f = facts_new();
	struct err e;

	f->xml = xml;
	f->settings = &live;
	ck_assert_int_eq(vxml_domain(xml, f->arena, &f->stored, &e), 0);
	f->config = f->stored;
	f->nics_there = arena_array(f->arena, f->config.n_nics, sizeof *f->nics_there);
	f->dst.caps.secmodels = models;
	f->dst.caps.n_secmodels = ARRAY_LEN(models);
	f->dst.caps.dac_label = "+64055:+64055";
	return f;
}

static inline const char *twin_of(struct facts *f, struct probe_facts *covers)
{
	static const struct twin_id id = { TWIN_PREFIX HOST, TWIN_UUID, HOST, "b/1/2/3", 1 };
	auto_doc xmlDoc *doc = NULL;
	const char *text;
	struct err e;

	ck_assert_int_eq(twin_make(f, f->arena, &doc, covers, &e), 0);
	text = twin_text(doc, &id, f->arena);
	return text;
}

#endif
