#ifndef HD_PAST_H
#define HD_PAST_H

#include "core/base/alloc.h"
#include "core/base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { HD_PAST_ID = 16 };    /* hex digits of an id */
enum { HD_PAST_MAX = 4096 }; /* bytes of a line */

/*
 * A line of .hdeploy/history.jsonl: one change of one host, or an attempt at
 * one. Pointers are borrowed; NULL where it was not written down.
 */
struct hd_past {
	const char *id, *time, *command, *result;
	const char *from, *to; /* versions; NULL: none ran */
	const char *undoes;    /* id of the change that this one took back */
	const char *who, *job; /* "user@machine", address of the CI job */
	const char *mode;      /* as in struct hd_report */
	const char *sha256;    /* of the tarball of `to` */
	const char *going; /* in .hdeploy/change, of one that has no end yet:
			      "forward" or "back" */
	const char *vm;    /* likewise: the node when it began, "PID CREATION";
			      "-": none ran; NULL: not known */
	const char *sick;  /* likewise: why it was not healthy then; "": it was;
			      NULL: not known */
	const char *run;   /* id of the run, the same in all of its changes */
	int64_t ms;        /* how long it took; 0: not written down */
};

/* Strings are in a; false if the line is none: a full disk cut it short. */
bool hd_past_read(struct hd_past *past, struct hd_arena *a, const char *json);
void hd_past_write(const struct hd_past *past, struct hd_str *json);

#endif
