/* Lines of at most 80 columns. */
#include "cmd/inspect.h"

#include "cmd/sanitize.h"
#include "cmd/units.h"

#include <string.h>

enum {
	COLUMNS = 80,
	SHOWN = 20,     /* rows of one part, unless all are wanted */
	LEFT_MAX = 28,  /* widest left column */
	TEXT_MAX = 300, /* bytes of a text; the rest is cut */
	INDENT = 4,     /* of continued lines */
	LINE_LIMIT = 4096,
};

struct page {
	const struct hd_sink *sink;
	bool all;
	struct hd_arena arena;
	size_t left; /* width of the left column */
};

static void
put(struct page *p, const char *line)
{
	hd_emit(p->sink, (struct hd_event){ .kind = HD_EV_ITEM, .text = line });
}

/* Columns of UTF-8 text: continuation bytes have none. */
static size_t
width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static const char *
clean(struct page *p, const char *text, size_t max)
{
	HD_AUTO_STR out = HD_STR_INIT(LINE_LIMIT);

	hd_sanitize(&out, text, strlen(text), max);
	return hd_arena_strdup(&p->arena, out.ptr);
}

/* The length of the first line of text that fits into columns: up to a blank,
 * else up to the end of a character. */
static size_t
line_len(const char *text, size_t columns)
{
	size_t n = 0, blank = 0, used = 0;

	while (text[n] != '\0') {
		size_t next = n + 1;

		while (((unsigned char)text[next] & 0xc0) == 0x80)
			next++;
		if (++used > columns)
			return blank > 0 ? blank : n;
		if (text[n] == ' ')
			blank = n;
		n = next;
	}
	return n;
}

/* Writes text from column at of a line that begins with head. */
static void
fold(struct page *p, const char *head, const char *text)
{
	size_t at = width(head);

	do {
		size_t n = line_len(text, COLUMNS - 1 - at);

		put(p, hd_arena_fmt(&p->arena, "%s%.*s", head, (int)n, text));
		text += n + (text[n] == ' ');
		head = hd_arena_fmt(&p->arena, "%*s", INDENT, "");
		at = INDENT;
	} while (*text != '\0');
}

/* A row of two columns. The left one gets a line of its own if it is too wide.
 */
static void
row(struct page *p, const char *left, const char *right)
{
	left = clean(p, left, TEXT_MAX);
	right = clean(p, right, TEXT_MAX);
	if (*right == '\0') {
		fold(p, "  ", left);
	} else if (width(left) <= p->left) {
		fold(p,
		    hd_arena_fmt(&p->arena, "  %s%*s", left,
			(int)(p->left - width(left) + 2), ""),
		    right);
	} else {
		fold(p, "  ", left);
		fold(p, hd_arena_fmt(&p->arena, "%*s", INDENT, ""), right);
	}
}

static void
title(struct page *p, const char *text)
{
	put(p, "");
	put(p, text);
	p->left = 0;
}

/* Makes the left column wide enough for text. */
static void
widen(struct page *p, const char *text)
{
	size_t n = width(clean(p, text, TEXT_MAX));

	if (n <= LEFT_MAX && n > p->left)
		p->left = n;
}

static bool
is_shown(const struct page *p, size_t i)
{
	return p->all || i < SHOWN;
}

static void
put_rest(struct page *p, size_t n)
{
	if (!p->all && n > SHOWN)
		put(p, hd_arena_fmt(&p->arena,
			   "  and %zu more (--verbose shows all)", n - SHOWN));
}

static void
put_sizes(struct page *p, const struct hd_artifact *a)
{
	char size[HD_UNITS_MAX], unpacked[HD_UNITS_MAX];

	hd_units_bytes(size, a->size);
	hd_units_bytes(unpacked, a->unpacked);
	row(p, "size",
	    hd_arena_fmt(&p->arena, "%s, unpacked %s in %zu files", size,
		unpacked, a->entries.n));
	row(p, "identity", a->identity);
	row(p, "sha256", a->sha256);
}

static void
put_release(struct page *p, const struct hd_artifact *a)
{
	put(p, hd_arena_fmt(
		   &p->arena, "%s %s, ERTS %s", a->name, a->version, a->erts));
	p->left = strlen("identity");
	put_sizes(p, a);
}

static void
put_problems(struct page *p, const struct hd_inspection *x)
{
	title(p, x->problems.n > 0 ? "problems" : "no problems found");
	for (size_t i = 0; i < x->problems.n && is_shown(p, i); i++) {
		const struct hd_flaw *one = &x->problems.v[i];
		bool versioned = one->version != NULL &&
				 (x->old != NULL || one->path == NULL);
		const char *text = hd_arena_fmt(&p->arena, "%s%s%s%s%s",
		    versioned ? one->version : "", versioned ? " " : "",
		    one->path != NULL ? one->path : "",
		    one->path != NULL ? " " : "", one->text);

		fold(p, "  ", clean(p, text, LINE_LIMIT / 2));
	}
	put_rest(p, x->problems.n);
}

static const char *
effect(struct page *p, const struct hd_relup_entry *e)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_WAY_MAX);

	if (e == NULL)
		return "no relup leads there";
	hd_way_describe(&text, e);
	return hd_arena_strdup(&p->arena, text.ptr);
}

static const char *
direction(struct page *p, const struct hd_relup_entry *e)
{
	return hd_arena_fmt(
	    &p->arena, "%s %s", e->down ? "down to" : "up from", e->from);
}

static void
put_relup(struct page *p, const struct hd_artifact *a)
{
	title(p, a->relup.n > 0 ? "relup" : "no relup");
	for (size_t i = 0; i < a->relup.n; i++)
		widen(p, direction(p, &a->relup.v[i]));
	for (size_t i = 0; i < a->relup.n && is_shown(p, i); i++)
		row(p, direction(p, &a->relup.v[i]), effect(p, &a->relup.v[i]));
	put_rest(p, a->relup.n);
}

static void
put_applications(struct page *p, const struct hd_inspection *x)
{
	title(p, hd_area_words[HD_AREA_APPLICATION].title);
	for (size_t i = 0; i < x->applications.n; i++)
		widen(p, x->applications.v[i]->name);
	for (size_t i = 0; i < x->applications.n && is_shown(p, i); i++) {
		const struct hd_application *app = x->applications.v[i];

		row(p, app->name,
		    hd_arena_fmt(&p->arena, "%s%s", app->version,
			app->appup ? ", has an appup" : ""));
	}
	put_rest(p, x->applications.n);
}

static void
put_needs(struct page *p, const struct hd_demands *list)
{
	if (list->n == 0)
		return;
	title(p, hd_area_words[HD_AREA_NEED].title);
	for (size_t i = 0; i < list->n; i++)
		widen(p, list->v[i].name);
	for (size_t i = 0; i < list->n && is_shown(p, i); i++)
		row(p, list->v[i].name,
		    hd_arena_fmt(&p->arena, "%s%s(%s)", list->v[i].value,
			list->v[i].value[0] != '\0' ? " " : "",
			list->v[i].path));
	put_rest(p, list->n);
}

static const char *
or_none(const char *instruction)
{
	return instruction != NULL ? instruction : "no relup";
}

/* "load", "up: load; down: remove"; "" if no relup leads anywhere. */
static const char *
both_directions(struct page *p, const struct hd_difference *d)
{
	if (d->up == NULL && d->down == NULL)
		return "";
	if (d->up != NULL && d->down != NULL && strcmp(d->up, d->down) == 0)
		return d->up;
	return hd_arena_fmt(
	    &p->arena, "up: %s; down: %s", or_none(d->up), or_none(d->down));
}

/* "80 -> 90"; for a part that only one of the releases has, its value. */
static const char *
change(struct page *p, const struct hd_difference *d)
{
	const char *before = d->before, *after = d->after;

	if (before == NULL || after == NULL)
		return before != NULL ? before : after;
	if (strcmp(before, after) == 0)
		return hd_arena_fmt(&p->arena, "%s, differs", before);
	return hd_arena_fmt(&p->arena, "%s -> %s",
	    clean(p, before, TEXT_MAX / 2 - 8),
	    clean(p, after, TEXT_MAX / 2 - 8));
}

static const char *
describe(struct page *p, const struct hd_difference *d)
{
	if (d->area == HD_AREA_MODULE)
		return both_directions(p, d);
	if (d->note != NULL)
		return hd_arena_fmt(&p->arena, "%s, %s", change(p, d), d->note);
	return change(p, d);
}

/* "+ worker", "- oldie", "~ counter" */
static const char *
signed_name(struct page *p, const struct hd_difference *d)
{
	return hd_arena_fmt(&p->arena, "%c %s",
	    d->before == NULL  ? '+'
	    : d->after == NULL ? '-'
			       : '~',
	    d->name);
}

/* The n differences of one area. */
static void
put_area(struct page *p, const struct hd_difference *v, size_t n)
{
	title(p, hd_area_words[v->area].title);
	for (size_t i = 0; i < n; i++)
		widen(p, signed_name(p, &v[i]));
	for (size_t i = 0; i < n && is_shown(p, i); i++)
		row(p, signed_name(p, &v[i]), describe(p, &v[i]));
	put_rest(p, n);
}

static void
put_differences(struct page *p, const struct hd_comparison *c)
{
	const struct hd_difference *v = c->differences.v;

	for (size_t i = 0, n; i < c->differences.n; i += n) {
		n = 1;
		while (i + n < c->differences.n && v[i + n].area == v[i].area)
			n++;
		put_area(p, v + i, n);
	}
	if (c->differences.n == 0)
		title(p, "no differences");
}

static void
put_change(struct page *p, const struct hd_inspection *x)
{
	if (hd_inspect_builds(x)) {
		fold(p, "",
		    hd_arena_fmt(&p->arena, "%s %s, two builds", x->new->name,
			x->new->version));
		return;
	}
	put(p, hd_arena_fmt(&p->arena, "%s %s -> %s", x->new->name,
		   x->old->version, x->new->version));
	p->left = strlen("down");
	row(p, "up", effect(p, x->changes.up));
	row(p, "down", effect(p, x->changes.down));
}

void
hd_inspect_text(
    const struct hd_inspection *x, const struct hd_sink *sink, bool all)
{
	struct page p = { .sink = sink, .all = all };

	if (x->old != NULL) {
		put_change(&p, x);
		put_problems(&p, x);
		put_differences(&p, &x->changes);
	} else {
		put_release(&p, x->new);
		put_problems(&p, x);
		put_relup(&p, x->new);
		put_applications(&p, x);
		put_needs(&p, &x->demands);
	}
	hd_arena_done(&p.arena);
}
