#ifndef HD_ERLANG_H
#define HD_ERLANG_H

#include "core/base/alloc.h"
#include "core/base/err.h"

/* The .erl files of this folder, as a table that embed.sh generates. The last
 * entry has the name NULL. */
struct hd_erlang_source {
	const char *name; /* file name without .erl */
	const char *text;
	size_t len;
};
extern const struct hd_erlang_source hd_erlang_sources[];

/*
 * Runs Erlang programs of hdeploy's own (the .erl files of this folder) with
 * the `erl` of this machine.
 *
 * A program is a module with main/1. It gets [{Name, Value}], both binaries, in
 * the order of the call, and returns [{Key, Value}]: Key an atom, Value text
 * (unicode:chardata()). It may name other modules of this folder in its
 * attribute -needs([Module, ...]).
 *
 * The VM reads no .erlang, no ERL_FLAGS and no code from the current folder. It
 * starts no distribution. Its memory and its number of atoms are limited.
 */
struct hd_erlang_call {
	const char *program; /* "relup": relup.erl */
	const struct hd_pair *args;
	size_t nargs;
	const char *purpose; /* prefix of errors: "relup = auto" */
	unsigned timeout_ms;
	const struct hd_erlang_source *more; /* for tests; can be NULL */
};

/*
 * Runs the program; *answer gets the pairs that it returned, allocated in
 * arena, at most 4 MiB. Line breaks in values have become spaces. Blocks until
 * it ends. HD_ELOCAL if erl is missing, the program crashes or there is no
 * answer in time; HD_ECANCELED.
 */
int hd_erlang_run(const struct hd_erlang_call *call, struct hd_arena *arena,
    struct hd_pairs *answer, struct hd_err *err) HD_CHECK;

/* The first value of this key, or NULL. */
const char *hd_erlang_get(const struct hd_pairs *answer, const char *key);

#endif
