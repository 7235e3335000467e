#ifndef HD_PROJECT_PRIVATE_H
#define HD_PROJECT_PRIVATE_H

#include "cmd/project.h"

struct hd_project_kind;

/* For cmd/project*.c: reading one project. */
struct hd_reading {
	struct hd_project *p;
	struct hd_arena *a;
	const struct hd_project_kind *kind;
	bool program; /* no OTP release */
	/* As in struct hd_sources, but Elixir and Erlang without comments and
	 * with empty strings. */
	const char *text[HD_SOURCES];
};

/* For the user to know or do; and a line of [defaults]. text lives in r->a, or
 * for ever. */
void hd_project_note(struct hd_reading *r, const char *text);
void hd_project_line(struct hd_reading *r, const char *text);
/* Takes the first valid name; adds a note about each other one. NULL: does
 * nothing. */
void hd_project_found(struct hd_reading *r, const char *name);

/* A copy of text without comments and with empty string literals. NULL stays
 * NULL. */
const char *hd_project_code(struct hd_arena *a, const char *text, char comment);
/* Whether the word is in text, which may be NULL. */
bool hd_project_has(const char *text, const char *word);

/* These find the names of all releases or programs of a project. */
void hd_project_find_distillery(struct hd_reading *r);
void hd_project_find_mix(struct hd_reading *r);
void hd_project_find_relx(struct hd_reading *r);
void hd_project_find_cargo(struct hd_reading *r);
void hd_project_find_go(struct hd_reading *r);
void hd_project_find_python(struct hd_reading *r);
void hd_project_find_node(struct hd_reading *r);

/* Add notes about settings that hdeploy needs. */
void hd_project_advise_mix(struct hd_reading *r);
void hd_project_advise_relx(struct hd_reading *r);

#endif
