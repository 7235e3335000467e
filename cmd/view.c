#include "cmd/view.h"

#include "cmd/screen_github.h"
#include "cmd/screen_json.h"
#include "cmd/screen_live.h"
#include "cmd/screen_plain.h"
#include "cmd/signals.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

/* stderr must be a terminal too: errors go there. */
static bool
is_terminal(FILE *out)
{
	return isatty(fileno(out)) && isatty(STDERR_FILENO) && is_set("TERM") &&
	       strcmp(getenv("TERM"), "dumb") != 0;
}

/* NO_COLOR wins; then FORCE_COLOR and CLICOLOR_FORCE, unless they are 0. */
static bool
has_color(bool terminal)
{
	static const char *const names[] = { "FORCE_COLOR", "CLICOLOR_FORCE" };

	if (is_set("NO_COLOR"))
		return false;
	for (size_t i = 0; i < HD_COUNT(names); i++)
		if (is_set(names[i]) && strcmp(getenv(names[i]), "0") != 0)
			return true;
	return terminal;
}

static struct hd_plain *
open_plain(
    FILE *out, const struct hd_options *o, const struct hd_ci *ci, bool color)
{
	struct hd_plain_opts opts = HD_PLAIN_OPTS_INIT;

	opts.out = out;
	opts.err = stderr;
	opts.quiet = o->quiet;
	opts.verbose = o->verbose;
	opts.color = color;
	opts.wide = o->wide;
	opts.ci = ci;
	return hd_plain_new(&opts);
}

void
hd_view_open(struct hd_view *v, const struct hd_options *o)
{
	FILE *text =
	    o->json || (o->html && o->output == NULL) ? stderr : stdout;
	const struct hd_ci *ci = hd_ci_find();
	bool terminal = is_terminal(text), color = has_color(terminal);
	bool still = o->json || o->quiet || o->verbose || o->plain ||
		     is_set("CI") || ci != NULL;

	*v = (struct hd_view){ .screens = hd_screens_new(), .text = text };
	if (terminal && !still) {
		v->live = hd_live_new(text, color, o->wide);
		hd_screens_add(v->screens, hd_live_sink(v->live));
	} else {
		v->plain = open_plain(text, o, ci, color);
		hd_screens_add(v->screens, hd_plain_sink(v->plain));
	}
	if (o->json) {
		v->json = hd_screen_json(stdout);
		hd_screens_add(v->screens, &v->json);
	}
	if (ci != NULL && ci->annotates) {
		v->github = hd_screen_github(text);
		hd_screens_add(v->screens, &v->github);
	}
	v->reporter = hd_reporter_new(o, ci);
	if (hd_reporter_sink(v->reporter) != NULL)
		hd_screens_add(v->screens, hd_reporter_sink(v->reporter));
}

void
hd_view_hold(struct hd_view *v)
{
	if (v->live != NULL)
		hd_live_hold(v->live, HD_LIVE_NO_BLOCK);
	else
		hd_plain_hold(v->plain);
}

void
hd_view_hush(struct hd_view *v)
{
	if (v->live != NULL)
		hd_live_hold(v->live, HD_LIVE_NOTHING);
}

void
hd_view_go_on(struct hd_view *v)
{
	if (v->live != NULL)
		hd_live_hold(v->live, HD_LIVE_ALL);
}

void
hd_view_endless(struct hd_view *v)
{
	hd_signals_usual_end();
	hd_screens_end_with(v->screens, stdout);
}

void
hd_view_close(struct hd_view *v, enum hd_status status)
{
	hd_screens_end(v->screens, status);
	hd_reporter_end(v->reporter, v->text);
	hd_reporter_free(v->reporter);
	hd_screens_free(v->screens);
	hd_live_free(v->live);
	hd_plain_free(v->plain);
}
