#ifndef HD_PROJECT_H
#define HD_PROJECT_H

#include "core/base/alloc.h"
#include "core/base/str.h"

/*
 * Derives a first deploy.ini from a project's build files, for `init`. Searches
 * for a few keywords instead of parsing Elixir or Erlang, and adds a note where
 * it is not certain.
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
	struct hd_strs notes;    /* things for the user to know or do */
};

/* Everything in out lives in a. */
void hd_project_read(
    struct hd_project *out, const struct hd_sources *in, struct hd_arena *a);
/* Appends a valid deploy.ini, with placeholders for hosts and for everything
 * that was not found. */
void hd_project_write(const struct hd_project *p, struct hd_str *out);

#endif
