#ifndef HD_PAST_H
#define HD_PAST_H

#include "core/base/alloc.h"
#include "core/base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { HD_PAST_ID = 16 };    /* hex digits of an id */
enum { HD_PAST_MAX = 4096 }; /* bytes of a line */

/*
 * A line of .hdeploy/history.jsonl: one change of one host, or a failed
 * attempt. Pointers are borrowed; NULL: not recorded.
 */
struct hd_past {
	const char *id, *time, *command, *result;
	const char *from, *to; /* versions; NULL: none ran */
	const char *undoes; /* id of the change that this rollback took back */
	const char *who, *job; /* "user@machine", URL of the CI job */
	const char *mode;      /* as in struct hd_report */
	const char *sha256;    /* of the tarball of `to` */
	const char *run;       /* id of the run, the same in all its changes */
	int64_t ms;            /* duration; 0: not recorded */

	/* Only in .hdeploy/change, which has the change in progress. */
	const char *going; /* "forward" or "back" */
	const char *vm;    /* at the start, "PID CREATION"; "-": none ran;
			      NULL: not known */
	const char *sick;  /* why the node was sick at the start; "": healthy;
			      NULL: not known */
};

/* Copies the strings to a. False if the line is malformed: a full disk may have
 * cut it short. */
bool hd_past_read(struct hd_past *past, struct hd_arena *a, const char *json);
/* The same, with its texts copied to a. */
void hd_past_copy(
    struct hd_past *out, struct hd_arena *a, const struct hd_past *past);
/* Appends the line, without a newline. */
void hd_past_write(const struct hd_past *past, struct hd_str *json);

#endif
