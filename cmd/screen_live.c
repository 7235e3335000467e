#include "cmd/screen_live.h"

#include "cmd/board.h"
#include "cmd/changes.h"
#include "cmd/findings.h"
#include "cmd/fold.h"
#include "cmd/lanes.h"
#include "cmd/plan_groups.h"
#include "cmd/screen_plain.h"
#include "cmd/screen_summary.h"
#include "cmd/signals.h"
#include "core/base/alloc.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define UP "\033[%zuA"
#define CLEAR_LINE "\033[K"

enum {
	FRAME_MS = 100,
	FRAME_MAX = 1024 * 1024,
	TEXT_MAX = 32 * 1024, /* more is written before the next frame */
	BUFFER = 64 * 1024,   /* so that a frame is one write */
	FOLD_INDENT = 6,
};

struct hd_live {
	FILE *out;
	bool color, wide;
	struct hd_sink sink, ticks;
	struct hd_plain *plain;
	FILE *memory; /* buffers the output of plain */
	char *text;
	size_t ntext, kept;
	struct hd_plan_groups *plans;
	struct hd_finding_list *findings;
	struct hd_lanes *lanes;
	struct hd_board *board; /* takes the place of lanes */
	struct hd_changes *changes;
	struct hd_str block; /* as last drawn */
	struct hd_lanes_screen size;
	int64_t drawn;
	bool announced; /* the interruption */
	enum hd_live_show show;
	bool ticking;
	atomic_bool ending;
	pthread_t ticker;
};

static struct hd_lanes_screen
ask_size(const struct hd_live *l)
{
	struct winsize w = { 0 };

	if (ioctl(fileno(l->out), TIOCGWINSZ, &w) < 0 || w.ws_col == 0 ||
	    w.ws_row == 0)
		return (struct hd_lanes_screen){ .columns = 80, .rows = 24 };
	return (
	    struct hd_lanes_screen){ .columns = w.ws_col, .rows = w.ws_row };
}

/* After ^Z and bg the terminal belongs to the shell. */
static bool
in_background(const struct hd_live *l)
{
	pid_t group = tcgetpgrp(fileno(l->out));

	return group > 0 && group != getpgrp();
}

static void
put_block(const struct hd_live *l)
{
	size_t lines = 0;

	for (const char *p = l->block.ptr, *end; *p != '\0'; p = end + 1) {
		end = strchr(p, '\n');
		fprintf(l->out, CLEAR_LINE "\n%.*s", (int)(end - p), p);
		lines++;
	}
	fprintf(l->out, CLEAR_LINE HD_ERASE_BELOW UP "\r", lines);
}

/* Marks everything that plain wrote so far as text to show. */
static void
keep_text(struct hd_live *l)
{
	if (fflush(l->memory) != 0)
		hd_alloc_failed(); /* memory is its only medium */
	l->kept = (size_t)ftello(l->memory);
}

static void
drop_text(struct hd_live *l, size_t to)
{
	fflush(l->memory);
	fseeko(l->memory, (off_t)to, SEEK_SET);
	l->kept = to;
}

static void
write_frame(struct hd_live *l, bool over_block)
{
	/* Overwrite the block in place rather than erase it: no flicker. */
	bool in_place = l->kept == 0 && l->block.len > 0;

	if (over_block)
		fputs(in_place ? "\r" : HD_ERASE_BLOCK, l->out);
	fwrite(l->text, 1, l->kept, l->out);
	if (l->block.len > 0)
		put_block(l);
	fflush(l->out);
	drop_text(l, 0);
}

static void
draw_block(
    const struct hd_live *l, struct hd_lanes_screen size, struct hd_str *block)
{
	if (hd_board_shown(l->board))
		hd_board_draw(l->board, l->drawn, size, block);
	else
		hd_lanes_draw(l->lanes, l->drawn, size, block);
}

/* Writes a frame only if it differs from the screen. */
static void
draw(struct hd_live *l)
{
	HD_AUTO_STR block = HD_STR_INIT(FRAME_MAX);
	struct hd_lanes_screen size = ask_size(l);
	bool resized =
	    size.columns != l->size.columns || size.rows != l->size.rows;
	bool was_there, same;

	if (l->show == HD_LIVE_NOTHING)
		return;
	l->drawn = hd_clock_ms();
	if (l->show == HD_LIVE_ALL && !in_background(l))
		draw_block(l, size, &block);
	was_there = hd_signals_block(block.len > 0);
	same = was_there == (block.len > 0) && !resized &&
	       strcmp(block.ptr, l->block.ptr) == 0;
	l->size = size;
	hd_str_done(&l->block);
	hd_str_init(&l->block, FRAME_MAX);
	hd_str_addn(&l->block, block.ptr, block.len);
	if (l->kept > 0 || (!same && (was_there || block.len > 0)))
		write_frame(l, was_there);
}

/* The signal handler does not print it while the block is shown. */
static void
announce_interruption(struct hd_live *l)
{
	if (l->announced || !hd_cancel_requested())
		return;
	l->announced = true;
	if (hd_signals_told())
		return;
	fputs(HD_INTERRUPTED "\n", l->memory);
	keep_text(l);
}

/* Plans and findings come one by one; any later event or tick ends them. */
static void
show_plans(struct hd_live *l)
{
	size_t columns = ask_size(l).columns - 1;

	hd_plan_groups_print(l->plans, l->memory, l->color, columns);
	hd_finding_list_print(l->findings, l->memory,
	    &(struct hd_finding_show){ .color = l->color, .columns = columns });
	keep_text(l);
}

static void
on_tick(void *ctx, const struct hd_event *ev)
{
	struct hd_live *l = ctx;

	(void)ev;
	announce_interruption(l);
	show_plans(l);
	draw(l);
}

static void *
tick(void *arg)
{
	struct hd_live *l = arg;

	while (!atomic_load(&l->ending)) {
		hd_clock_rest(FRAME_MS, HD_CANCEL_NEVER);
		hd_emit(&l->ticks, (struct hd_event){ .kind = HD_EV_NOTE });
	}
	return NULL;
}

/* Blocks all signals in the ticker: other threads must receive them, so that
 * their waits are interrupted. */
static void
start_ticking(struct hd_live *l)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	l->ticking = pthread_create(&l->ticker, NULL, tick, l) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
on_hold(void *ctx, const struct hd_event *ev)
{
	struct hd_live *l = ctx;

	const enum hd_live_show wanted = (enum hd_live_show)ev->size;

	/* pending text must appear before the question */
	l->show = wanted == HD_LIVE_ALL ? HD_LIVE_ALL : HD_LIVE_NO_BLOCK;
	show_plans(l);
	draw(l);
	l->show = wanted;
}

/* hd_emit() holds the lock of the screens while it calls on_hold(). */
void
hd_live_hold(struct hd_live *l, enum hd_live_show show)
{
	const struct hd_sink sink = { .emit = on_hold, .ctx = l };

	hd_emit(&sink, (struct hd_event){ .kind = HD_EV_NOTE, .size = show });
}

/* Folds the last line that plain wrote. Output of hosts comes before that line
 * and stays unfolded. */
static void
fold_last(struct hd_live *l)
{
	HD_AUTO_FREE char *line = NULL;
	size_t end, from;

	fflush(l->memory);
	end = (size_t)ftello(l->memory);
	if (end <= l->kept + 1)
		return;
	from = end - 1;
	while (from > l->kept && l->text[from - 1] != '\n')
		from--;
	line = hd_strdup(l->text + from);
	line[end - 1 - from] = '\0';
	fseeko(l->memory, (off_t)from, SEEK_SET);
	hd_fold(l->memory, line, 0, FOLD_INDENT, ask_size(l).columns - 1);
}

/* False: it is not an event of `status --watch`. */
static bool
print_pass(struct hd_live *l, const struct hd_event *ev)
{
	if (ev->kind == HD_EV_CHANGE)
		hd_changes_take(l->changes, ev);
	if (ev->kind == HD_EV_PASS) {
		hd_changes_print(
		    l->changes, l->memory, ev, ask_size(l).columns - 1);
		hd_board_take(l->board, ev, hd_clock_ms());
	}
	return ev->kind == HD_EV_CHANGE || ev->kind == HD_EV_PASS;
}

static void
print_event(struct hd_live *l, const struct hd_event *ev)
{
	const struct hd_sink *plain = hd_plain_sink(l->plain);

	if (ev->kind == HD_EV_PROOF && !ev->wanted)
		return;
	if (ev->kind == HD_EV_PLAN || ev->kind == HD_EV_PROOF) {
		hd_plan_groups_take(l->plans, ev);
		return;
	}
	if (ev->kind == HD_EV_FINDING || ev->kind == HD_EV_SETTING) {
		hd_finding_list_take(l->findings, ev);
		return;
	}
	show_plans(l);
	if (print_pass(l, ev))
		return;
	if (ev->kind == HD_EV_SUMMARY) {
		hd_board_clear(l->board);
		hd_summary_print(l->memory, ev,
		    &(struct hd_summary_opts){ .color = l->color,
			.wide = l->wide,
			.columns = ask_size(l).columns });
		return;
	}
	plain->emit(plain->ctx, ev);
	/* tools also read "deploy.ini:12: ...": do not fold it */
	if (ev->kind != HD_EV_OUTPUT &&
	    (ev->kind != HD_EV_ERROR || ev->host != NULL))
		fold_last(l);
}

static void
emit(void *ctx, const struct hd_event *ev)
{
	struct hd_live *l = ctx;
	bool in_block = hd_lanes_take(l->lanes, ev, hd_clock_ms());

	announce_interruption(l);
	print_event(l, ev);
	if (in_block)
		drop_text(l, l->kept);
	else
		keep_text(l);
	if (!l->ticking || ev->kind == HD_EV_SUMMARY || l->kept > TEXT_MAX ||
	    hd_clock_ms() - l->drawn >= FRAME_MS)
		draw(l);
	if (!l->ticking && l->block.len > 0)
		start_ticking(l);
}

struct hd_live *
hd_live_new(FILE *out, bool color, bool wide)
{
	struct hd_live *l = hd_alloc(sizeof(*l));
	struct hd_plain_opts o = HD_PLAIN_OPTS_INIT;

	setvbuf(out, NULL, _IOFBF, BUFFER);
	l->out = out;
	l->color = color;
	l->wide = wide;
	l->memory = open_memstream(&l->text, &l->ntext);
	if (l->memory == NULL)
		hd_alloc_failed();
	o.out = o.err = l->memory;
	o.color = color;
	l->plain = hd_plain_new(&o);
	l->plans = hd_plan_groups_new();
	l->findings = hd_finding_list_new();
	l->lanes = hd_lanes_new();
	l->board = hd_board_new(color, wide);
	l->changes = hd_changes_new(color);
	hd_str_init(&l->block, FRAME_MAX);
	l->sink = (struct hd_sink){ .emit = emit, .ctx = l };
	l->ticks = (struct hd_sink){ .emit = on_tick, .ctx = l };
	return l;
}

void
hd_live_free(struct hd_live *l)
{
	if (l == NULL)
		return;
	atomic_store(&l->ending, true);
	if (l->ticking)
		pthread_join(l->ticker, NULL);
	draw(l);
	hd_plain_free(l->plain);
	hd_plan_groups_free(l->plans);
	hd_finding_list_free(l->findings);
	hd_lanes_free(l->lanes);
	hd_board_free(l->board);
	hd_changes_free(l->changes);
	fclose(l->memory);
	free(l->text);
	hd_str_done(&l->block);
	free(l);
}

const struct hd_sink *
hd_live_sink(const struct hd_live *l)
{
	return &l->sink;
}
