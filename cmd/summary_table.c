#include "cmd/summary_table.h"

#include "cmd/result_words.h"
#include "core/base/index.h"
#include "core/base/str.h"
#include "core/inventory/fold.h"

#include <stdint.h>
#include <string.h>

/* With more hosts than ROWS_AT_A_GLANCE, those with equal rows share one. */
enum { COLUMNS = 6, CELL = 560, ROWS_AT_A_GLANCE = 20, NAMES_WIDTH = 48 };

struct row {
	char cell[COLUMNS][CELL];
	const char *word[COLUMNS]; /* the result that has its colour; NULL */
};

/* The table of a kind of run. */
struct table {
	const char *heads[COLUMNS];
	size_t columns;
	void (*fill)(struct row *row, const struct hd_report *r);
};

static void
set(struct row *row, size_t column, const char *text)
{
	snprintf(row->cell[column], CELL, "%s", text != NULL ? text : "-");
}

static void
fill_change(struct row *row, const struct hd_report *r)
{
	set(row, 0, r->host);
	hd_summary_versions(row->cell[1], CELL, r);
	set(row, 2, hd_version_or_unknown(r->boots, r->unknown_boots));
	set(row, 3, r->result);
	set(row, 4, r->mode);
	row->word[3] = row->cell[3];
}

static void
add_count(struct hd_str *out, unsigned n, const char *noun)
{
	if (n > 0)
		hd_str_addf(out, "%s%u %s%s", out->len > 0 ? ", " : "", n, noun,
		    n == 1 ? "" : "s");
}

static void
fill_check(struct row *row, const struct hd_report *r)
{
	bool reached =
	    hd_report_is(r, HD_RES_OK) || hd_report_is(r, HD_RES_REFUSED);
	HD_AUTO_STR found = HD_STR_INIT(CELL);

	add_count(&found, r->stops, "stop");
	add_count(&found, r->warnings, "warning");
	add_count(&found, r->notes, "note");
	set(row, 0, r->host);
	set(row, 1, reached ? "yes" : "no");
	set(row, 2, hd_version_or_unknown(r->after, r->unknown_after));
	set(row, 3, hd_version_or_unknown(r->boots, r->unknown_boots));
	set(row, 4, found.len > 0 ? found.ptr : NULL);
	set(row, 5, r->verdict);
	row->word[1] = reached ? NULL : r->result;
	row->word[4] = r->stops > 0 ? r->result : NULL;
	row->word[5] = r->result;
}

static const struct table changes = {
	{ "host", "running", "boots", "result", "mode" }, 5, fill_change
};
static const struct table checks = { { "host", "reached", "running", "boots",
					 "findings", "verdict" },
	6, fill_check };

/* Without a version to check, no host has a verdict. */
static struct table
table_of(const struct hd_event *ev)
{
	struct table t = ev->check ? checks : changes;
	bool any = !ev->check;

	for (size_t i = 0; i < ev->nreports; i++)
		any = any || ev->reports[i].verdict != NULL;
	t.columns -= !any;
	return t;
}

static void
print_row(FILE *out, const struct table *t, const struct row *row,
    const int *width, const char *text, bool color)
{
	for (size_t i = 0; i < t->columns; i++) {
		const char *cell = row->cell[i];
		const char *word = row->word[i] != NULL ? row->word[i] : "";
		bool last = i + 1 == t->columns && text == NULL;

		fprintf(out, "%s%s%s%s%*s", i > 0 ? "  " : "",
		    hd_color_of(word, color), cell, hd_color_end(word, color),
		    last ? 0 : width[i] - (int)strlen(cell), "");
	}
	if (text != NULL)
		fprintf(out, "  %s", text);
	fputc('\n', out);
}

static void
widen(int *width, const struct row *row)
{
	for (int i = 0; i < COLUMNS; i++) {
		int n = (int)strlen(row->cell[i]);

		width[i] = n > width[i] ? n : width[i];
	}
}

bool
hd_reason_apart(const struct hd_reason *r, const struct hd_summary_opts *o)
{
	return r->n > 1 || (o->columns > 0 && hd_result_is_bad(r->result));
}

/* The text in the table; NULL: none. */
static const char *
text_of(const struct hd_reasons *reasons, const struct hd_event *ev, size_t i,
    const struct hd_summary_opts *o)
{
	if (reasons->of[i] == SIZE_MAX ||
	    hd_reason_apart(&reasons->v[reasons->of[i]], o))
		return NULL;
	return ev->reports[i].text;
}

/* Hosts that share a row, and the place of the first report. */
struct group {
	size_t first;
	struct hd_strs hosts;
};
struct groups {
	struct hd_arena arena;
	struct hd_index places; /* cells and text -> 1 + place in v */
	struct group *v;
	size_t n, cap;
};

static struct group *
group_of(struct groups *g, const struct row *row, const char *text)
{
	HD_AUTO_STR key = HD_STR_INIT(64 * 1024);
	size_t *place;

	for (size_t i = 1; i < COLUMNS; i++)
		hd_str_addf(&key, "%s\n", row->cell[i]);
	hd_str_add(&key, text != NULL ? text : "");
	place = hd_index_at(
	    &g->places, &g->arena, hd_arena_strdup(&g->arena, key.ptr));
	if (*place == 0) {
		(void)HD_PUSH(&g->arena, g);
		*place = g->n;
	}
	return &g->v[*place - 1];
}

/* Equal rows of a large fleet become one, unless every host is wanted. */
static void
group_rows(struct groups *g, const struct table *t, const struct hd_event *ev,
    const struct hd_reasons *reasons, const struct hd_summary_opts *o)
{
	bool each = o->wide || ev->nreports <= ROWS_AT_A_GLANCE;
	struct row row = { 0 };

	for (size_t i = 0; i < ev->nreports; i++) {
		struct group *group;

		t->fill(&row, &ev->reports[i]);
		group = each ? HD_PUSH(&g->arena, g)
			     : group_of(g, &row, text_of(reasons, ev, i, o));
		if (group->hosts.n == 0)
			group->first = i;
		*HD_PUSH(&g->arena, &group->hosts) = ev->reports[i].host;
	}
}

/* The row of a group; "web1 and 8 more" if its names are too long. */
static void
fill_group(struct row *row, const struct table *t, const struct group *group,
    const struct hd_event *ev)
{
	const struct hd_report *first = &ev->reports[group->first];
	HD_AUTO_STR names = HD_STR_INIT(NAMES_WIDTH + 1);

	t->fill(row, first);
	if (group->hosts.n < 2)
		return;
	hd_names_fold(&names, group->hosts.v, group->hosts.n, "", ", ");
	if (names.failed)
		snprintf(row->cell[0], CELL, "%.400s and %zu more", first->host,
		    group->hosts.n - 1);
	else
		set(row, 0, names.ptr);
}

void
hd_summary_table(FILE *out, const struct hd_event *ev,
    const struct hd_reasons *reasons, const struct hd_summary_opts *o)
{
	const struct table t = table_of(ev);
	int width[COLUMNS] = { 0 };
	struct groups g = { 0 };
	struct row row = { 0 };

	group_rows(&g, &t, ev, reasons, o);
	for (size_t i = 0; i < t.columns; i++)
		set(&row, i, t.heads[i]);
	widen(width, &row);
	for (size_t i = 0; i < g.n; i++) {
		fill_group(&row, &t, &g.v[i], ev);
		widen(width, &row);
	}
	for (size_t i = 0; i < t.columns; i++)
		set(&row, i, t.heads[i]);
	fputc('\n', out);
	print_row(out, &t, &row, width, NULL, false);
	for (size_t i = 0; i < g.n; i++) {
		fill_group(&row, &t, &g.v[i], ev);
		print_row(out, &t, &row, width,
		    text_of(reasons, ev, g.v[i].first, o), o->color);
	}
	hd_arena_done(&g.arena);
}
