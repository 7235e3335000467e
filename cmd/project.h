#ifndef HD_PROJECT_H
#define HD_PROJECT_H

#include "core/base/alloc.h"
#include "core/base/str.h"

#include <stdbool.h>

/*
 * Derives a first deploy.ini from a project's build files, for `init`. Searches
 * for a few keywords instead of parsing Elixir, Erlang or TOML, and adds a note
 * where it is not certain.
 */

/* If several kinds of project are in one folder, the first one counts. */
enum hd_source {
	HD_SOURCE_MIX,        /* mix.exs */
	HD_SOURCE_DISTILLERY, /* rel/config.exs, of the same project */
	HD_SOURCE_REBAR,      /* rebar.config */
	HD_SOURCE_RELX,       /* relx.config, of the same project */
	HD_SOURCE_CARGO,      /* Cargo.toml */
	HD_SOURCE_GO,         /* go.mod */
	HD_SOURCE_PYTHON,     /* pyproject.toml */
	HD_SOURCE_NODE,       /* package.json */
	HD_SOURCES,
};
extern const char *const hd_source_files[HD_SOURCES];

struct hd_sources {
	const char *text[HD_SOURCES]; /* NULL: there is no such file */
};

struct hd_project {
	const char *name; /* of the release or program; NULL: not found */
	const char *driver, *build, *release;
	bool relup_auto;      /* hdeploy makes the relups */
	bool has_no_version;  /* the command line gives it to push */
	struct hd_strs lines; /* for [defaults] */
	struct hd_strs notes; /* things for the user to know or do */
};

/* Everything in out lives in a. */
void hd_project_read(
    struct hd_project *out, const struct hd_sources *in, struct hd_arena *a);
/* Appends a valid deploy.ini, with placeholders for hosts and for everything
 * that was not found. */
void hd_project_write(const struct hd_project *p, struct hd_str *out);

#endif
