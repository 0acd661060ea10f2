#include "cim/codec.h"
#include "cim/query_node.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	DEPTH_LIMIT = 64,
	TERM_LIMIT = 1000,
	SELECT_LIMIT = 256,
	LIKE_LIMIT = 2048, /* octets of all patterns together: see like() for what they cost */
};

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_NUMBER, TOKEN_SIGN, TOKEN_BAD };

struct reader {
	struct arena *a;
	struct err *e;
	struct cim_query *q;
	const char *start, *p;
	enum token_kind kind; /* the token that comes next */
	const char *token;
	size_t len;
	unsigned depth, terms;
	size_t patterns; /* octets of those behind LIKE */
	bool cql;
};

static int complain(struct reader *r, const char *wanted)
{
	return err_set(r->e, ERR_SYNTAX,
		"the query cannot be read: %s expected at character %zu, "
		"not \"%.*s\"",
		wanted, (size_t)(r->token - r->start) + 1, r->len > 40 ? 40 : (int)r->len,
		r->token);
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Whether what is at s inside quoted text stands for the character behind it. */
static bool is_escape(const char *s, char quote)
{
	return (*s == '\\' && s[1]) || (*s == quote && s[1] == quote);
}

/* Quoted text ends at its quote, unless that is escaped. */
static size_t text_length(const char *p)
{
	size_t n = 1;

	while (p[n] && (p[n] != p[0] || is_escape(p + n, p[0])))
		n += is_escape(p + n, p[0]) ? 2 : 1;
	return p[n] ? n + 1 : 0;
}

/* Names joined by dots are one word, with a "*" perhaps for the last of them. */
static size_t word_length(const char *p)
{
	size_t n = 0;

	do {
		n += n > 0;
		while (is_word(p[n]))
			n++;
	} while (p[n] == '.' && is_word(p[n + 1]));
	return n + (p[n] == '.' && p[n + 1] == '*' ? 2 : 0);
}

static size_t number_length(const char *p)
{
	size_t n = p[0] == '-' || p[0] == '+';

	while (isalnum((unsigned char)p[n]) || p[n] == '.' ||
		((p[n] == '-' || p[n] == '+') && (p[n - 1] == 'e' || p[n - 1] == 'E')))
		n++;
	return n;
}

static size_t sign_length(const char *p)
{
	static const char *const signs[] = { "<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", ",",
		"*" };

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		if (strncmp(p, signs[i], strlen(signs[i])) == 0)
			return strlen(signs[i]);
	}
	return 0;
}

static bool starts_number(const char *p)
{
	p += *p == '-' || *p == '+';
	return isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]));
}

static void advance(struct reader *r)
{
	r->p += strspn(r->p, " \t\r\n");
	r->token = r->p;
	r->len = 0;
	if (*r->p == '\0') {
		r->kind = TOKEN_END;
	} else if (starts_number(r->p)) {
		r->kind = TOKEN_NUMBER;
		r->len = number_length(r->p);
	} else if (is_word(*r->p)) {
		r->kind = TOKEN_WORD;
		r->len = word_length(r->p);
	} else if (*r->p == '"' || *r->p == '\'') {
		r->len = text_length(r->p);
		r->kind = r->len ? TOKEN_TEXT : TOKEN_BAD;
	} else {
		r->len = sign_length(r->p);
		r->kind = r->len ? TOKEN_SIGN : TOKEN_BAD;
	}
	if (r->kind == TOKEN_BAD)
		r->len = strlen(r->p);
	r->p += r->len;
}

static bool is_token(const struct reader *r, enum token_kind kind, const char *text)
{
	return r->kind == kind && r->len == strlen(text) &&
	       strncasecmp(r->token, text, r->len) == 0;
}

static bool accept(struct reader *r, enum token_kind kind, const char *text)
{
	if (!is_token(r, kind, text))
		return false;
	advance(r);
	return true;
}

static const char *take_word(struct reader *r)
{
	const char *word;

	if (r->kind != TOKEN_WORD)
		return NULL;
	word = arena_strndup(r->a, r->token, r->len);
	advance(r);
	return word;
}

static struct node *new_node(struct reader *r, enum node_kind kind)
{
	struct node *n = arena_alloc(r->a, sizeof *n);

	n->kind = kind;
	n->next = r->q->nodes;
	r->q->nodes = n;
	return n;
}

static const char *unquote(struct reader *r)
{
	char *text = arena_alloc(r->a, r->len), *at = text;

	for (size_t i = 1; i + 1 < r->len; i++) {
		i += is_escape(r->token + i, r->token[0]);
		*at++ = r->token[i];
	}
	return text;
}

/* Of a literal that is an object path, for comparison with references. */
static void note_reference(struct reader *r, struct literal *l)
{
	struct cim_ref *ref;
	struct err why;

	if (strchr(l->text, '=') && cim_ref_from_text(r->a, l->text, &ref, &why) == 0)
		l->ref = ref;
}

void query_read_number(struct literal *l)
{
	char *end = NULL;

	if (l->text)
		l->number = strtold(l->text, &end);
	l->numeric = l->text && end != l->text && *end == '\0';
}

static int read_literal(struct reader *r, struct literal *l)
{
	if (r->kind == TOKEN_TEXT) {
		l->kind = LITERAL_TEXT;
		l->text = unquote(r);
		note_reference(r, l);
		query_read_number(l);
	} else if (r->kind == TOKEN_NUMBER) {
		l->kind = LITERAL_NUMBER;
		l->text = arena_strndup(r->a, r->token, r->len);
		query_read_number(l);
		if (!l->numeric)
			return complain(r, "a number");
	} else if (is_token(r, TOKEN_WORD, "true") || is_token(r, TOKEN_WORD, "false")) {
		l->kind = LITERAL_BOOLEAN;
		l->boolean = r->len == 4;
	} else if (is_token(r, TOKEN_WORD, "null")) {
		l->kind = LITERAL_NULL;
	} else {
		return complain(r, "a value");
	}
	advance(r);
	return 0;
}

static const struct sign {
	enum token_kind kind;
	const char *text;
	enum compare compare;
} signs_of[] = {
	{ TOKEN_SIGN, "=", CMP_EQ },
	{ TOKEN_SIGN, "<>", CMP_NE },
	{ TOKEN_SIGN, "!=", CMP_NE },
	{ TOKEN_SIGN, "<", CMP_LT },
	{ TOKEN_SIGN, "<=", CMP_LE },
	{ TOKEN_SIGN, ">", CMP_GT },
	{ TOKEN_SIGN, ">=", CMP_GE },
	{ TOKEN_WORD, "like", CMP_LIKE },
};

static const struct sign *take_sign(struct reader *r)
{
	for (size_t i = 0; i < ARRAY_LEN(signs_of); i++) {
		if (accept(r, signs_of[i].kind, signs_of[i].text))
			return &signs_of[i];
	}
	return NULL;
}

static const struct node *negate(struct reader *r, const struct node *inner)
{
	struct node *n = new_node(r, NODE_NOT);

	n->left = inner;
	return n;
}

/* "IS [NOT] NULL" behind a property. */
static int read_is_null(struct reader *r, const char *property, const struct node **out)
{
	bool inverted = accept(r, TOKEN_WORD, "not");
	struct node *n;

	if (!accept(r, TOKEN_WORD, "null"))
		return complain(r, "NULL");
	n = new_node(r, NODE_NULL);
	n->path.property = property;
	*out = inverted ? negate(r, n) : n;
	return 0;
}

static int check_pattern(struct reader *r)
{
	if (r->kind != TOKEN_TEXT)
		return complain(r, "text in quotes");
	r->patterns += r->len;
	if (r->patterns > LIKE_LIMIT)
		return err_set(r->e, ERR_SYNTAX,
			"the patterns behind LIKE are longer than %d characters together",
			LIKE_LIMIT);
	return 0;
}

/* "ISA class" behind a property, or behind what stands for the instance itself. */
static int read_isa(struct reader *r, const char *property, const struct node **out)
{
	struct node *n = new_node(r, NODE_ISA);

	n->path.property = property;
	n->literal.kind = LITERAL_TEXT;
	if (r->kind == TOKEN_TEXT) {
		n->literal.text = unquote(r);
		advance(r);
	} else {
		n->literal.text = take_word(r);
	}
	*out = n;
	return n->literal.text ? 0 : complain(r, "a class");
}

/* A word that is no literal. */
static bool names_property(const struct reader *r)
{
	return r->kind == TOKEN_WORD && !is_token(r, TOKEN_WORD, "true") &&
	       !is_token(r, TOKEN_WORD, "false") && !is_token(r, TOKEN_WORD, "null");
}

static int read_value(struct reader *r, struct node *n, const struct node **out)
{
	if (n->compare == CMP_LIKE && check_pattern(r) < 0)
		return -ERR_SYNTAX;
	if (names_property(r)) {
		n->literal.kind = LITERAL_PROPERTY;
		n->other.property = take_word(r);
		return 0;
	}
	if (read_literal(r, &n->literal) < 0)
		return -ERR_SYNTAX;
	if (n->literal.kind != LITERAL_NULL)
		return 0;
	if (n->compare != CMP_EQ && n->compare != CMP_NE)
		return err_set(
			r->e, ERR_SYNTAX, "the query compares with NULL by other than = and <>");
	n->kind = NODE_NULL;
	if (n->compare == CMP_NE)
		*out = negate(r, n);
	return 0;
}

/* A literal first: the same as the property first, with the sign turned round. */
static int read_reversed(struct reader *r, const struct node **out)
{
	static const enum compare turned[CMP_COUNT] = { [CMP_EQ] = CMP_EQ,
		[CMP_NE] = CMP_NE,
		[CMP_LT] = CMP_GT,
		[CMP_LE] = CMP_GE,
		[CMP_GT] = CMP_LT,
		[CMP_GE] = CMP_LE };
	struct node *n = new_node(r, NODE_COMPARE);
	const struct sign *sign;

	*out = n;
	if (read_literal(r, &n->literal) < 0)
		return -ERR_SYNTAX;
	sign = take_sign(r);
	if (!sign || sign->compare == CMP_LIKE)
		return complain(r, "a comparison");
	n->compare = turned[sign->compare];
	n->path.property = take_word(r);
	return n->path.property ? 0 : complain(r, "a property");
}

static int read_comparison(struct reader *r, const struct node **out)
{
	const struct sign *sign;
	const char *property;
	struct node *n;

	if (r->kind == TOKEN_TEXT || r->kind == TOKEN_NUMBER)
		return read_reversed(r, out);
	property = take_word(r);
	if (!property)
		return complain(r, "a property");
	if (accept(r, TOKEN_WORD, "is"))
		return read_is_null(r, property, out);
	if (accept(r, TOKEN_WORD, "isa"))
		return read_isa(r, property, out);
	sign = take_sign(r);
	if (!sign)
		return complain(r, "a comparison");
	if (sign->compare == CMP_LIKE && r->cql)
		return err_set(r->e, ERR_SYNTAX, "the basic form of CQL has no LIKE");
	n = new_node(r, NODE_COMPARE);
	n->path.property = property;
	n->compare = sign->compare;
	*out = n;
	return read_value(r, n, out);
}

static int read_or(struct reader *r, const struct node **out);

static int read_term(struct reader *r, const struct node **out)
{
	int ret;

	if (++r->depth > DEPTH_LIMIT || ++r->terms > TERM_LIMIT)
		return err_set(
			r->e, ERR_SYNTAX, "the query is longer, or nested deeper, than is read");
	if (accept(r, TOKEN_WORD, "not")) {
		ret = read_term(r, out);
		if (ret == 0)
			*out = negate(r, *out);
	} else if (accept(r, TOKEN_SIGN, "(")) {
		ret = read_or(r, out);
		if (ret == 0 && !accept(r, TOKEN_SIGN, ")"))
			ret = complain(r, "\")\"");
	} else {
		ret = read_comparison(r, out);
	}
	r->depth--;
	return ret;
}

/* A chain of terms joined by one operator; it leans to the left. */
static int read_chain(struct reader *r, const char *word, enum node_kind kind,
	int (*read_part)(struct reader *r, const struct node **out), const struct node **out)
{
	if (read_part(r, out) < 0)
		return -ERR_SYNTAX;
	while (accept(r, TOKEN_WORD, word)) {
		struct node *n = new_node(r, kind);

		n->left = *out;
		*out = n;
		if (read_part(r, &n->right) < 0)
			return -ERR_SYNTAX;
	}
	return 0;
}

static int read_and(struct reader *r, const struct node **out)
{
	return read_chain(r, "and", NODE_AND, read_term, out);
}

static int read_or(struct reader *r, const struct node **out)
{
	return read_chain(r, "or", NODE_OR, read_and, out);
}

static int read_selection(struct reader *r)
{
	struct cim_query *q = r->q;

	if (accept(r, TOKEN_SIGN, "*"))
		return 0;
	do {
		const char *name = take_word(r);

		if (!name)
			return complain(r, "* or a property");
		if (q->n_selected == SELECT_LIMIT)
			return err_set(r->e, ERR_SYNTAX, "the query selects too many properties");
		*ARENA_PUSH(r->a, q->selected, q->n_selected) = name;
	} while (accept(r, TOKEN_SIGN, ","));
	return 0;
}

/* "FROM class", and an alias behind it. */
static int read_from(struct reader *r)
{
	if (!accept(r, TOKEN_WORD, "from"))
		return complain(r, "FROM");
	r->q->class_name = take_word(r);
	if (!r->q->class_name)
		return complain(r, "a class");
	if (accept(r, TOKEN_WORD, "as") && r->kind != TOKEN_WORD)
		return complain(r, "an alias");
	if (!is_token(r, TOKEN_WORD, "where"))
		r->q->alias = take_word(r);
	return 0;
}

/* The name without the class, or its alias, before it. */
static const char *unqualified(const struct cim_query *q, const char *name)
{
	const char *const whole[] = { q->class_name, q->alias };

	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		size_t len = whole[i] ? strlen(whole[i]) : 0;

		if (len && strncasecmp(name, whole[i], len) == 0 && name[len] == '.')
			return name + len + 1;
	}
	return name;
}

static bool names_instance(const struct cim_query *q, const char *name)
{
	return strcasecmp(name, QUERY_CLASS) == 0 || strcasecmp(name, "__this") == 0 ||
	       strcasecmp(name, q->class_name) == 0 ||
	       (q->alias && strcasecmp(name, q->alias) == 0);
}

static int resolve_selected(struct reader *r)
{
	struct cim_query *q = r->q;

	for (size_t i = 0; i < q->n_selected; i++) {
		q->selected[i] = unqualified(q, q->selected[i]);
		if (strcmp(q->selected[i], "*") == 0)
			q->n_selected = 0;
		else if (strchr(q->selected[i], '.'))
			return err_set(r->e, ERR_SYNTAX,
				"the query selects a part of a property, %.200s", q->selected[i]);
	}
	return 0;
}

/* "NAME" or "EMBEDDED.NAME", as it was read. */
static struct path split(struct reader *r, const char *name)
{
	const char *dot = strchr(name, '.');

	if (!dot)
		return (struct path){ name, NULL };
	return (struct path){ arena_strndup(r->a, name, (size_t)(dot - name)), dot + 1 };
}

/* Once the class and its alias are known: what the names are that were read before. */
static int resolve_names(struct reader *r)
{
	struct cim_query *q = r->q;

	for (struct node *n = q->nodes; n; n = n->next) {
		const char *name = n->path.property ? unqualified(q, n->path.property) : NULL;

		if (!name || (n->kind == NODE_ISA && names_instance(q, name)))
			n->path.property = NULL;
		else
			n->path = split(r, name);
		if (n->other.property)
			n->other = split(r, unqualified(q, n->other.property));
	}
	return resolve_selected(r);
}

static int read_query(struct reader *r)
{
	if (!accept(r, TOKEN_WORD, "select"))
		return complain(r, "SELECT");
	if (read_selection(r) < 0 || read_from(r) < 0)
		return -ERR_SYNTAX;
	if (accept(r, TOKEN_WORD, "where") && read_or(r, &r->q->condition) < 0)
		return -ERR_SYNTAX;
	return r->kind == TOKEN_END ? resolve_names(r) : complain(r, "the end");
}

static int parse(struct reader *r, const char *text, struct cim_query **q)
{
	r->start = r->p = text;
	r->q = arena_alloc(r->a, sizeof *r->q);
	advance(r);
	if (read_query(r) < 0)
		return -ERR_SYNTAX;
	*q = r->q;
	return 0;
}

int cim_query_parse(struct arena *a, const char *text, struct cim_query **q, struct err *e)
{
	struct reader r = { .a = a, .e = e };

	return parse(&r, text, q);
}

int cim_query_parse_cql(struct arena *a, const char *text, struct cim_query **q, struct err *e)
{
	struct reader r = { .a = a, .e = e, .cql = true };

	return parse(&r, text, q);
}
