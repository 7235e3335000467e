#include "tests/support/cmocka_all.h"
#include "tests/support/transport_case.h"

#include "core/base/alloc.h"
#include "core/base/fs.h"

#include <string.h>
#include <unistd.h>

int
run_script(struct hd_transport *t, const char *script, unsigned ms,
    struct output *o, int *status, struct hd_err *err)
{
	struct hd_exec x = { .script = script,
		.len = strlen(script),
		.deadline_ms = ms,
		.out = output_take,
		.ctx = o };

	*status = 99;
	return hd_tp_exec(t, &x, status, err);
}

int
upload_over(struct hd_transport *t, unsigned channels, int fd, size_t size,
    const char *path, struct hd_err *err)
{
	const struct hd_piece piece = { fd, 0, size };
	const struct hd_upload u = { .pieces = &piece,
		.n = 1,
		.size = size,
		.path = path,
		.channels = channels,
		.stall_ms = LONG_MS };

	return hd_tp_upload(t, &u, err);
}

int
upload_file(struct hd_transport *t, int fd, size_t size, const char *path,
    struct hd_err *err)
{
	return upload_over(t, 0, fd, size, path, err);
}

/* A file of size bytes, the first of them zero. */
static int
begin_with_zeros(int from, uint64_t zeros, size_t size)
{
	HD_AUTO_FREE char *room = hd_alloc(size);
	struct hd_err err = { 0 };
	int fd = -1;

	assert_int_equal(pread(from, room, size, 0), size);
	memset(room, 0, zeros);
	assert_hd_ok(hd_fs_temp(&fd, room, size, &err), &err);
	return fd;
}

void
assert_rest_arrives(struct hd_transport *t, unsigned channels, const char *path)
{
	enum { SIZE = 3000000, LONGER = 4000000 };
	static const uint64_t froms[] = { 0, 1, 70000, SIZE - 1, SIZE };
	HD_AUTO_FD fd = files_random(LONGER);
	HD_AUTO_FD zeros = begin_with_zeros(fd, LONGER, LONGER);
	const struct hd_piece pieces[] = { { fd, 0, 1 }, { fd, 1, 29999 },
		{ zeros, 7, 0 }, { fd, 30000, SIZE - 30000 }, { fd, 0, 0 } };

	for (size_t i = 0; i < HD_COUNT(froms); i++) {
		HD_AUTO_FD want = begin_with_zeros(fd, froms[i], SIZE);
		struct hd_upload u = { .pieces = pieces,
			.n = HD_COUNT(pieces),
			.size = SIZE,
			.from = froms[i],
			.path = path,
			.channels = channels,
			.stall_ms = LONG_MS };
		struct hd_err err = { 0 };

		assert_hd_ok(upload_file(t, zeros, LONGER, path, &err), &err);
		assert_hd_ok(hd_tp_upload(t, &u, &err), &err);
		assert_true(files_equal(want, path));
	}
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
