#include "cmd/board.h"

#include "cmd/cut.h"
#include "cmd/result_words.h"
#include "cmd/screen_summary.h"
#include "cmd/units.h"
#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

/* LEAST: lines that are shown even on a screen without room. */
enum { TEXT_MAX = 1024 * 1024, LINE = 256, LEAST = 3, SLOW_MS = 1000 };

struct hd_board {
	bool color, wide;
	struct hd_arena arena; /* of the reports */
	struct hd_event pass;  /* kind HD_EV_PASS; else none */
	int64_t taken;
	/* the lines above the last one, made for this screen */
	struct hd_str lines;
	struct hd_lanes_screen made;
};

struct hd_board *
hd_board_new(bool color, bool wide)
{
	struct hd_board *b = hd_alloc(sizeof(*b));

	b->color = color;
	b->wide = wide;
	hd_str_init(&b->lines, TEXT_MAX);
	return b;
}

void
hd_board_free(struct hd_board *b)
{
	if (b == NULL)
		return;
	hd_arena_done(&b->arena);
	hd_str_done(&b->lines);
	free(b);
}

void
hd_board_clear(struct hd_board *b)
{
	hd_arena_done(&b->arena);
	b->pass = (struct hd_event){ 0 };
	b->made = (struct hd_lanes_screen){ 0 };
}

void
hd_board_take(struct hd_board *b, const struct hd_event *ev, int64_t now)
{
	hd_board_clear(b);
	b->pass = (struct hd_event){ .kind = HD_EV_PASS,
		.done = ev->done,
		.ms = ev->ms,
		.left = ev->left,
		.at = ev->at,
		.reports =
		    hd_reports_copy(&b->arena, ev->reports, ev->nreports),
		.nreports = ev->nreports };
	b->taken = now;
}

bool
hd_board_shown(const struct hd_board *b)
{
	return b->pass.kind == HD_EV_PASS;
}

/* The text of these reports, as at the end of a run. The caller frees it. */
static char *
render(const struct hd_board *b, const struct hd_report *reports, size_t n,
    size_t columns)
{
	struct hd_event ev = b->pass;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		hd_alloc_failed();
	ev.reports = reports;
	ev.nreports = n;
	hd_summary_hosts(out, &ev,
	    &(struct hd_summary_opts){
		.color = b->color, .wide = b->wide, .columns = columns });
	if (fclose(out) != 0)
		hd_alloc_failed(); /* memory is its only medium */
	while (len > 1 && text[len - 1] == '\n' && text[len - 2] == '\n')
		text[--len] = '\0';
	return text;
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

/* Adds up to room lines, cut to the columns; returns the rest of the text. */
static const char *
put_lines(struct hd_str *out, const char *text, size_t room, size_t columns)
{
	for (size_t i = 0; i < room && *text != '\0'; i++) {
		size_t n = strcspn(text, "\n");
		HD_AUTO_STR line = HD_STR_INIT(TEXT_MAX);

		hd_str_addn(&line, text, n);
		hd_cut(out, line.ptr, columns);
		hd_str_add(out, "\n");
		text += n + (text[n] == '\n');
	}
	return text;
}

static void
put_count(struct hd_str *out, const char *before, size_t n, const char *noun,
    const char *after, size_t columns)
{
	char line[LINE];

	snprintf(line, sizeof(line), "%s%zu %s%s%s", before, n, noun,
	    n == 1 ? "" : "s", after);
	hd_cut(out, line, columns);
	hd_str_add(out, "\n");
}

/* Without the hosts that nobody must look at. The last line counts what is
 * left out. */
static void
make_short(struct hd_board *b, size_t room, size_t columns)
{
	HD_AUTO_FREE struct hd_report *bad =
	    hd_alloc((b->pass.nreports + 1) * sizeof(*bad));
	HD_AUTO_FREE char *text = NULL;
	const char *rest;
	size_t n = 0;

	for (size_t i = 0; i < b->pass.nreports; i++)
		if (hd_result_is_bad(b->pass.reports[i].result))
			bad[n++] = b->pass.reports[i];
	text = render(b, bad, n, columns + 1);
	if (n == 0) {
		put_count(&b->lines, "", b->pass.nreports, "host",
		    " without a failure", columns);
		return;
	}
	if (count_lines(text + 1) + 1 <= room) {
		put_lines(&b->lines, text + 1, room, columns);
		put_count(&b->lines, "... and ", b->pass.nreports - n,
		    "more host", " without a failure", columns);
		return;
	}
	rest = put_lines(&b->lines, text + 1, room - 1, columns);
	put_count(&b->lines, "... and ", count_lines(rest), "more line",
	    ": make the window higher, or use --limit", columns);
}

/* The text begins with an empty line, which is left out: the cursor rests on
 * one. */
static void
make(struct hd_board *b, struct hd_lanes_screen screen)
{
	size_t columns = screen.columns > 1 ? screen.columns - 1 : 1;
	size_t room = screen.rows > LEAST + HD_LANES_KEEP
			  ? screen.rows - HD_LANES_KEEP
			  : LEAST;
	HD_AUTO_FREE char *text =
	    render(b, b->pass.reports, b->pass.nreports, columns + 1);

	hd_str_done(&b->lines);
	hd_str_init(&b->lines, TEXT_MAX);
	if (count_lines(text + 1) <= room)
		put_lines(&b->lines, text + 1, room, columns);
	else
		make_short(b, room, columns);
	b->made = screen;
}

/* "next in 4s", or "next pass: 7s so far" */
static void
put_next(char out[static LINE], int64_t left)
{
	char text[HD_UNITS_MAX];
	bool late = left <= -SLOW_MS;

	hd_units_seconds(text, late ? -left : left > 0 ? left + 999 : 0);
	snprintf(out, LINE, late ? "next pass: %s so far" : "next in %s", text);
}

static void
put_last(
    const struct hd_board *b, int64_t now, size_t columns, struct hd_str *out)
{
	char time[32], took[HD_UNITS_MAX], next[LINE], line[2 * LINE];

	hd_clock_text(time, b->pass.at);
	hd_units_ms(took, b->pass.ms);
	put_next(next, b->pass.left - (now - b->taken));
	snprintf(line, sizeof(line),
	    "%.8s UTC: %zu of %zu answered in %s; %s; Ctrl-C ends",
	    time + strlen("2026-01-31T"), hd_reports_answered(&b->pass),
	    b->pass.nreports, took, next);
	hd_cut(out, line, columns);
	hd_str_add(out, "\n");
}

void
hd_board_draw(struct hd_board *b, int64_t now, struct hd_lanes_screen screen,
    struct hd_str *out)
{
	if (!hd_board_shown(b))
		return;
	if (screen.columns != b->made.columns || screen.rows != b->made.rows)
		make(b, screen);
	hd_str_addn(out, b->lines.ptr, b->lines.len);
	hd_str_add(out, "\n");
	put_last(b, now, screen.columns > 1 ? screen.columns - 1 : 1, out);
}
