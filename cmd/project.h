#ifndef HD_PROJECT_H
#define HD_PROJECT_H

#include "core/base/alloc.h"
#include "core/base/str.h"

/*
 * What `init` makes of a project: the texts of its files in, a first
 * deploy.ini out. It looks for a few words and understands neither Elixir nor
 * Erlang: what it is not sure of it says.
 */

/* NULL: there is no such file. */
struct hd_sources {
	const char *mix;        /* mix.exs */
	const char *distillery; /* rel/config.exs */
	const char *rebar;      /* rebar.config */
	const char *relx;       /* relx.config */
};

struct hd_project {
	const char *name; /* of the release; NULL: not found */
	const char *driver, *build, *release;
	struct hd_strs commands; /* lines for [defaults] */
	struct hd_strs notes;    /* what a person should know or do */
};

/* Everything in out lives in a. */
void hd_project_read(
    struct hd_project *out, const struct hd_sources *in, struct hd_arena *a);
/* Appends a deploy.ini that can be read, with placeholders for the hosts and
 * for what was not found. */
void hd_project_write(const struct hd_project *p, struct hd_str *out);

#endif
