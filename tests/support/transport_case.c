#include "tests/support/cmocka_all.h"
#include "tests/support/transport_case.h"

#include <string.h>

int
run_script(struct hd_transport *t, const char *script, unsigned ms,
    struct output *o, int *status, struct hd_err *err)
{
	struct hd_exec x = { script, strlen(script), ms, output_take, o, false,
		false, NULL };

	*status = 99;
	return hd_tp_exec(t, &x, status, err);
}

int
upload_file(struct hd_transport *t, int fd, size_t size, const char *path,
    struct hd_err *err)
{
	struct hd_upload u = {
		.fd = fd, .size = size, .path = path, .stall_ms = LONG_MS
	};

	return hd_tp_upload(t, &u, err);
}

void
assert_exec_is_true(struct hd_transport *t)
{
	static const struct {
		const char *script, *out, *err;
		int status;
	} cases[] = {
		{ "", "", "", 0 },
		{ "echo hello", "hello\n", "", 0 },
		{ "echo o; echo e >&2; exit 7", "o\n", "e\n", 7 },
		{ "main() { echo \"$1\"; cat; }\n{ main 'a b' </dev/null; "
		  "exit; }\nthis is never read",
		    "a b\n", "", 0 },
		{ "kill -9 $$", "", "", -1 },
		{ "kill -TERM $$", "", "", -1 },
		{ "exit 255", "", "", 255 },
		{ "exec >&- 2>&-; exit 4", "", "", 4 },
	};

	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		AUTO_OUTPUT o = OUTPUT_INIT;
		struct hd_err err = { 0 };
		int status;

		assert_hd_ok(
		    run_script(t, cases[i].script, LONG_MS, &o, &status, &err),
		    &err);
		assert_int_equal(status, cases[i].status);
		assert_string_equal(o.out.ptr, cases[i].out);
		assert_string_equal(o.err.ptr, cases[i].err);
	}
}
