#include "cmd/lanes.h"

#include "cmd/cut.h"
#include "cmd/host_table.h"
#include "cmd/units.h"
#include "cmd/wave_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 1024, NAME_LEAST = 8, SECONDS = 6, RATE_MS = 1000 };

enum state { WAITING, WORKING, DONE };

/* One host; the first is this machine (host NULL). */
struct lane {
	const char *host;
	enum state state;
	char step[LINE / 2];
	int64_t begun;
	uint64_t done, size; /* bytes */
	int64_t sent;        /* when the last progress came */
};

struct hd_lanes {
	struct hd_host_table hosts;
	size_t asking; /* hosts whose facts are being read; 0: none */
	int64_t asked;
	struct hd_wave_line waves;
};

static struct lane *
lane_of(struct hd_lanes *l, const char *host)
{
	return hd_host_table_at(&l->hosts, host, sizeof(struct lane));
}

struct hd_lanes *
hd_lanes_new(void)
{
	struct hd_lanes *l = hd_alloc(sizeof(*l));

	lane_of(l, NULL)->state = DONE;
	return l;
}

void
hd_lanes_free(struct hd_lanes *l)
{
	if (l == NULL)
		return;
	hd_host_table_done(&l->hosts);
	free(l);
}

static bool
on_start(struct hd_lanes *l, const struct hd_event *ev, int64_t now)
{
	l->asking = ev->size;
	l->asked = now;
	return false;
}

static bool
on_plan(struct hd_lanes *l, const struct hd_event *ev, int64_t now)
{
	bool planned = ev->result != NULL &&
		       strcmp(ev->result, hd_results[HD_RES_PLANNED].name) == 0;

	(void)now;
	l->asking = 0;
	if (ev->host != NULL)
		lane_of(l, ev->host)->state = planned ? WAITING : DONE;
	return false;
}

static void
work(struct lane *lane, int64_t now, const char *step, const char *more)
{
	snprintf(lane->step, sizeof(lane->step), "%s%s%s", step,
	    more != NULL ? " " : "", more != NULL ? more : "");
	lane->state = WORKING;
	lane->begun = now;
	lane->done = lane->size = 0;
}

static bool
on_step(struct hd_lanes *l, const struct hd_event *ev, int64_t now)
{
	struct lane *lane = lane_of(l, ev->host);
	const char *step = ev->step != NULL ? ev->step : "";
	const char *result = ev->result != NULL ? ev->result : "";

	if (strcmp(result, HD_STEP_BEGIN) == 0) {
		work(lane, now, step, ev->after);
		return true;
	}
	if (ev->host == NULL) {
		lane->state = DONE;
		l->asked = now;
		return false;
	}
	/* Still working: the run reads the host's state and may undo. */
	if (strcmp(result, HD_STEP_FAILED) == 0)
		work(lane, now, step, "failed: checking the host");
	else
		lane->state =
		    WAITING; /* for its next step, or for the others */
	/* An upload keeps its line: size and rate may matter later. */
	return strcmp(result, HD_STEP_OK) == 0 && lane->size == 0;
}

static bool
on_progress(struct hd_lanes *l, const struct hd_event *ev, int64_t now)
{
	struct lane *lane = lane_of(l, ev->host);

	lane->done = ev->done;
	lane->size = ev->size;
	lane->sent = now;
	return true;
}

static bool
on_end(struct hd_lanes *l, const struct hd_event *ev, int64_t now)
{
	(void)now;
	if (ev->host != NULL)
		lane_of(l, ev->host)->state = DONE;
	return false;
}

static bool
on_summary(struct hd_lanes *l, const struct hd_event *ev, int64_t now)
{
	(void)ev;
	(void)now;
	l->asking = 0;
	for (size_t i = 0; i < l->hosts.n; i++)
		((struct lane *)l->hosts.v[i])->state = DONE;
	return false;
}

bool
hd_lanes_take(struct hd_lanes *l, const struct hd_event *ev, int64_t now)
{
	static bool (*const take[HD_EV_KINDS])(
	    struct hd_lanes *, const struct hd_event *, int64_t) = {
		[HD_EV_START] = on_start,
		[HD_EV_PLAN] = on_plan,
		[HD_EV_STEP] = on_step,
		[HD_EV_PROGRESS] = on_progress,
		[HD_EV_ERROR] = on_end,
		[HD_EV_HOST] = on_end,
		[HD_EV_SUMMARY] = on_summary,
	};

	hd_wave_line_take(&l->waves, ev, now);
	return take[ev->kind] != NULL && take[ev->kind](l, ev, now);
}

/* The layout of one frame. */
struct frame {
	const struct hd_lanes *lanes;
	int64_t now;
	size_t columns;
	int name; /* width of the host column */
	struct hd_str *out;
};

/* The last column stays empty: some terminals wrap when it is written. */
static void
put(const struct frame *f, const char *line)
{
	hd_cut(f->out, line, f->columns - 1);
	hd_str_add(f->out, "\n");
}

/* ", 12.3 MiB of 20.0 MiB, 61%, 3.1 MiB/s"; no rate in the first second */
static void
sent(char out[static LINE / 4], const struct lane *lane)
{
	char done[HD_UNITS_MAX], size[HD_UNITS_MAX], rate[HD_UNITS_MAX];
	int64_t ms = lane->sent - lane->begun;

	out[0] = '\0';
	if (lane->size == 0)
		return;
	hd_units_bytes(done, lane->done);
	hd_units_bytes(size, lane->size);
	hd_units_rate(rate, lane->done, ms < RATE_MS ? 0 : ms);
	snprintf(out, LINE / 4, ", %s of %s, %d%%%s%s", done, size,
	    (int)((double)lane->done * 100 / (double)lane->size),
	    rate[0] != '\0' ? ", " : "", rate);
}

static void
put_timed(const struct frame *f, const char *what, int64_t since)
{
	char line[LINE], took[HD_UNITS_MAX];

	hd_units_seconds(took, f->now - since);
	snprintf(line, sizeof(line), "%s  %s", what, took);
	put(f, line);
}

static void
put_lane(const struct frame *f, const struct lane *lane)
{
	char line[LINE], took[HD_UNITS_MAX] = "", bytes[LINE / 4] = "";

	if (lane->host == NULL) {
		put_timed(f, lane->step, lane->begun);
		return;
	}
	if (lane->state == WORKING) {
		hd_units_seconds(took, f->now - lane->begun);
		sent(bytes, lane);
	}
	snprintf(line, sizeof(line), "%-*.*s%*s  %s%s", f->name, f->name,
	    lane->host, SECONDS, took,
	    lane->state == WORKING ? lane->step : "waiting", bytes);
	put(f, line);
}

/* Puts up to room lanes in this state (DONE: in either other state). Returns
 * their number. */
static size_t
put_lanes(const struct frame *f, enum state state, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < f->lanes->hosts.n && n < room; i++) {
		const struct lane *lane = f->lanes->hosts.v[i];

		if (lane->state == DONE ||
		    (state != DONE && lane->state != state))
			continue;
		put_lane(f, lane);
		n++;
	}
	return n;
}

static void
put_rest(const struct frame *f, size_t shown, size_t working, size_t waiting)
{
	char line[LINE], running[64] = "", idle[64] = "";

	if (working > 0)
		snprintf(running, sizeof(running), "%zu running", working);
	if (waiting > 0)
		snprintf(idle, sizeof(idle), "%s%zu waiting",
		    working > 0 ? ", " : "", waiting);
	snprintf(line, sizeof(line), "%s%zu %s: %s%s",
	    shown > 0 ? "... and " : "", working + waiting,
	    shown > 0 ? "more" : "hosts", running, idle);
	put(f, line);
}

static int
name_width(const struct hd_lanes *l, size_t columns)
{
	size_t most = columns / 3 > NAME_LEAST ? columns / 3 : NAME_LEAST;
	size_t width = 0;

	for (size_t i = 0; i < l->hosts.n; i++) {
		const struct lane *lane = l->hosts.v[i];
		size_t n = lane->host != NULL && lane->state != DONE
			       ? strlen(lane->host)
			       : 0;

		width = n > width ? n : width;
	}
	return (int)(width < most ? width : most);
}

static void
put_asking(const struct frame *f)
{
	char what[64];

	snprintf(what, sizeof(what), "asking %zu host%s", f->lanes->asking,
	    f->lanes->asking == 1 ? "" : "s");
	put_timed(f, what, f->lanes->asked);
}

/* Returns the number of lines. */
static size_t
put_waves(const struct frame *f)
{
	HD_AUTO_STR line = HD_STR_INIT(LINE);

	hd_wave_line_draw(&f->lanes->waves, f->now, &line);
	if (line.len > 0)
		put(f, line.ptr);
	return line.len > 0;
}

void
hd_lanes_draw(const struct hd_lanes *l, int64_t now,
    struct hd_lanes_screen screen, struct hd_str *out)
{
	struct frame f = {
		.lanes = l,
		.now = now,
		.columns = screen.columns > 1 ? screen.columns : 2,
		.name = name_width(l, screen.columns),
		.out = out,
	};
	size_t room =
	    screen.rows > HD_LANES_KEEP + 1 ? screen.rows - HD_LANES_KEEP : 1;
	size_t count[DONE + 1] = { 0 }, working, waiting;

	for (size_t i = 0; i < l->hosts.n; i++)
		count[((const struct lane *)l->hosts.v[i])->state]++;
	if (l->asking > 0 && count[WORKING] == 0) {
		put_asking(&f);
		return;
	}
	if (count[WORKING] + count[WAITING] > 0 && room > 1)
		room -= put_waves(&f);
	if (count[WORKING] + count[WAITING] <= room) {
		put_lanes(&f, DONE, room);
		return;
	}
	working = put_lanes(&f, WORKING, room - 1);
	waiting = put_lanes(&f, WAITING, room - 1 - working);
	put_rest(&f, working + waiting, count[WORKING] - working,
	    count[WAITING] - waiting);
}
