#include "core/erlang/erlang.h"

#include "core/base/fs.h"
#include "core/base/last.h"
#include "core/base/scratch.h"
#include "core/base/spawn.h"

#include <string.h>

enum {
	ARGS_MAX = 4 * 1024 * 1024,
	ANSWER_MAX = 4 * 1024 * 1024,
	OUTPUT_MAX = 64 * 1024,
	NOT_FOUND = 127, /* by the shell */
};

/*
 * The flags of the user's environment could start distribution or a shell, or
 * change how modules are compiled. "." is in the code path: the folder has only
 * sources. +hmax: words, 512 MiB. +t is the default of OTP. A crash dump would
 * only fill the disk.
 */
static const char script[] =
    "cd \"$1\" || exit\n"
    "unset ERL_FLAGS ERL_AFLAGS ERL_ZFLAGS ERL_LIBS ERL_COMPILER_OPTIONS\n"
    "ERL_CRASH_DUMP_BYTES=0; export ERL_CRASH_DUMP_BYTES\n"
    "exec erl -boot no_dot_erlang -noshell -noinput +fnu +S 2:2 "
    "+hmax 67108864 +t 1048576 -eval \"$2\"\n";

static const char start[] =
    "{ok,run,B}=compile:file(\"run.erl\",[binary]),"
    "{module,run}=code:load_binary(run,\"run.erl\",B),run:start().";

static int
write_file(const char *folder, const char *name, const char *text, size_t n,
    struct hd_err *err)
{
	HD_AUTO_ARENA arena = { 0 };

	return hd_fs_replace(
	    hd_arena_fmt(&arena, "%s/%s", folder, name), text, n, err);
}

static int
write_sources(
    const char *folder, const struct hd_erlang_source *s, struct hd_err *err)
{
	for (; s != NULL && s->name != NULL; s++) {
		HD_AUTO_ARENA arena = { 0 };

		if (write_file(folder, hd_arena_fmt(&arena, "%s.erl", s->name),
			s->text, s->len, err) < 0)
			return -1;
	}
	return 0;
}

static void
add_with_nul(struct hd_str *out, const char *text)
{
	hd_str_addn(out, text, strlen(text) + 1);
}

/* The program, then names and values, each ended by a NUL. */
static int
write_call(
    const char *folder, const struct hd_erlang_call *call, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(ARGS_MAX);

	add_with_nul(&text, call->program);
	for (size_t i = 0; i < call->nargs; i++) {
		add_with_nul(&text, call->args[i].name);
		add_with_nul(&text, call->args[i].value);
	}
	if (hd_str_check(&text, err) < 0)
		return -1;
	return write_file(folder, "call", text.ptr, text.len, err);
}

static int
no_erlang(const struct hd_erlang_call *call, struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL,
	    "%s: there is no erl in PATH on this machine; install Erlang/OTP "
	    "with its applications sasl and compiler here, the version that "
	    "the release is built with",
	    call->purpose);
}

/* Quotes the last line of the output. */
static int
failed(const struct hd_erlang_call *call, int status,
    const struct hd_str *output, struct hd_err *err)
{
	struct hd_last last = { 0 };

	hd_last_add(&last, output->ptr, output->len);
	return hd_err_set(err, HD_ELOCAL,
	    "%s: erl ended with status %d and no answer: %s", call->purpose,
	    status, hd_last_line(&last));
}

static int
run_erl(const char *folder, const struct hd_erlang_call *call,
    struct hd_str *output, int *status, struct hd_err *err)
{
	const char *argv[] = { "/bin/sh", "-c", script, "sh", folder, start,
		NULL };
	const struct hd_until until = { hd_clock_ms() + call->timeout_ms,
		call->timeout_ms, HD_CANCEL_SOON };

	if (hd_capture(argv, &until, output, output, status, err) == 0)
		return 0;
	if (err->code == HD_ECANCELED)
		return hd_err_set(
		    err, HD_ECANCELED, "%s: interrupted", call->purpose);
	err->code = HD_ELOCAL; /* HD_ETIMEOUT would mean a host */
	return hd_err_prefix(err, "%s: erl", call->purpose);
}

/* "key value" lines; the last one is "end". */
static int
parse(const struct hd_erlang_call *call, char *text, struct hd_arena *arena,
    struct hd_pairs *answer, struct hd_err *err)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *space = strchr(line, ' ');

		if (strcmp(line, "end") == 0)
			return 0;
		if (space == NULL)
			break;
		*space = '\0';
		if (strcmp(line, "crash") == 0)
			return hd_err_set(
			    err, HD_ELOCAL, "%s: %s", call->purpose, space + 1);
		*HD_PUSH(arena, answer) = (struct hd_pair){ line, space + 1 };
	}
	return hd_err_set(err, HD_ELOCAL,
	    "%s: the answer of the Erlang program is not whole", call->purpose);
}

static int
run_in(const char *folder, const struct hd_erlang_call *call,
    struct hd_arena *arena, struct hd_pairs *answer, struct hd_err *err)
{
	HD_AUTO_STR output = HD_STR_INIT(OUTPUT_MAX);
	HD_AUTO_STR text = HD_STR_INIT(ANSWER_MAX);
	HD_AUTO_ARENA own = { 0 };
	int status = 0, found;

	if (write_sources(folder, hd_erlang_sources, err) < 0 ||
	    write_sources(folder, call->more, err) < 0 ||
	    write_call(folder, call, err) < 0 ||
	    run_erl(folder, call, &output, &status, err) < 0)
		return -1;
	found = hd_fs_read_regular(
	    hd_arena_fmt(&own, "%s/answer", folder), &text, err);
	if (found < 0)
		return hd_err_prefix(err, "%s", call->purpose);
	if (found > 0)
		return status == NOT_FOUND ? no_erlang(call, err)
					   : failed(call, status, &output, err);
	return parse(call, hd_arena_strndup(arena, text.ptr, text.len), arena,
	    answer, err);
}

int
hd_erlang_run(const struct hd_erlang_call *call, struct hd_arena *arena,
    struct hd_pairs *answer, struct hd_err *err)
{
	char folder[HD_SCRATCH_PATH] = "";
	int status = hd_scratch_make(folder, err);

	if (status == 0)
		status = run_in(folder, call, arena, answer, err);
	hd_scratch_remove(folder);
	return status;
}

const char *
hd_erlang_get(const struct hd_pairs *answer, const char *key)
{
	for (size_t i = 0; i < answer->n; i++)
		if (strcmp(answer->v[i].name, key) == 0)
			return answer->v[i].value;
	return NULL;
}
