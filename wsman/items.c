#include "wsman/items.h"

#include <string.h>
#include <strings.h>

#include "cim/document.h"
#include "wsman/classes.h"

static bool is_selected(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* c with the selected properties only; names that it does not have are nobody's fault here. */
static const struct cim_class *projection(
	struct arena *a, const struct cim_class *c, const struct enumeration *en)
{
	struct cim_property *properties = arena_array(a, c->n_properties, sizeof *properties);
	struct cim_class *part = arena_alloc(a, sizeof *part);

	*part = *c;
	part->properties = properties;
	part->n_properties = 0;
	for (size_t i = 0; i < c->n_properties; i++) {
		if (is_selected(en->selected, en->n_selected, c->properties[i].name))
			properties[part->n_properties++] = c->properties[i];
	}
	return part;
}

/*
 * A selection of properties stands in wsman:XmlFragment (DSP0226 8.6): the element of the
 * instance under another name, with the declaration of its prefix and without its type.
 */
static void write_fragment(
	struct buf *out, const struct enumeration *en, const struct cim_instance *i)
{
	auto_buf struct buf whole = { 0 };
	auto_arena struct arena *scratch = arena_new();
	const struct cim_class *as = projection(scratch, en->as ? en->as : i->class, en);
	const char *declaration, *type, *inner, *close;

	cim_instance_to_xml(&whole, &en->style, i, as);
	declaration = strchr(whole.data, ' ');
	inner = strchr(whole.data, '>');
	type = strstr(whole.data, " xsi:type=");
	close = strrchr(whole.data, '<');
	buf_puts(out, "<wsman:XmlFragment");
	if (declaration < inner)
		buf_add(out, declaration,
			(size_t)((type && type < inner ? type : inner) - declaration));
	buf_add(out, inner, (size_t)(close - inner));
	buf_puts(out, "</wsman:XmlFragment>");
}

static void write_whole(struct buf *out, const struct enumeration *en, const struct cim_instance *i)
{
	cim_instance_to_xml(out, &en->style, i, en->as);
}

static void write_object(struct buf *out, const struct enumeration *en, size_t item)
{
	if (en->classes)
		cim_document_to_xml(out, en->classes[item], en->parts);
	else
		(en->n_selected ? write_fragment : write_whole)(out, en, en->items[item]);
}

static void write_epr(struct buf *out, struct arena *a, const struct enumeration *en, size_t item)
{
	if (en->classes)
		classes_epr(out, &en->style, en->ns, en->classes[item]);
	else
		cim_epr_to_xml(out, &en->style, cim_ref_of(a, en->items[item]));
}

static void write_item(struct buf *out, struct arena *a, const struct enumeration *en, size_t item)
{
	if (en->mode == ITEMS_OBJECT_AND_EPR)
		buf_puts(out, "<wsman:Item>");
	if (en->mode != ITEMS_EPR)
		write_object(out, en, item);
	if (en->mode != ITEMS_OBJECT)
		write_epr(out, a, en, item);
	if (en->mode == ITEMS_OBJECT_AND_EPR)
		buf_puts(out, "</wsman:Item>");
}

static size_t count_characters(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += ((unsigned char)b->data[i] & 0xc0) != 0x80;
	return n;
}

size_t items_write(struct buf *out, struct arena *a, const struct enumeration *en,
	const struct items_limit *limit)
{
	auto_buf struct buf one = { 0 };
	uint64_t characters = 0;
	size_t octets = 0, done = 0;
	bool last;

	while (done < limit->items && en->next + done < en->n) {
		buf_clear(&one);
		write_item(&one, a, en, en->next + done);
		octets += charset_size(limit->charset, one.data, one.len);
		characters += count_characters(&one);
		last = en->next + done + 1 == en->n;
		if (octets > (last ? limit->octets_end : limit->octets) ||
			(done && characters > limit->characters))
			break;
		if (limit->libmi && !libmi_add(limit->libmi, one.data) && done)
			break;
		buf_add(out, one.data, one.len);
		done++;
	}
	return done;
}
