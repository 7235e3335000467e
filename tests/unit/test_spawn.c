#include "tests/support/cmocka_all.h"

#include "core/base/clock.h"
#include "core/base/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ran {
	struct hd_str out, errors;
	int status;
	struct hd_err err;
};

static int
run(struct ran *r, const char *command, unsigned ms)
{
	const char *argv[] = { "sh", "-c", command, NULL };
	const struct hd_until until = { hd_clock_ms() + ms, ms,
		HD_CANCEL_NEVER };

	*r = (struct ran){ .out = HD_STR_INIT(4096),
		.errors = HD_STR_INIT(4096) };
	return hd_capture(
	    argv, &until, &r->out, &r->errors, &r->status, &r->err);
}

static void
done(struct ran *r)
{
	hd_str_done(&r->out);
	hd_str_done(&r->errors);
}

static void
output_and_errors_are_kept_apart(void **state)
{
	struct ran r;

	(void)state;
	assert_hd_ok(
	    run(&r, "cat; echo out; echo bad >&2; exit 7", 20000), &r.err);
	assert_string_equal(r.out.ptr, "out\n");
	assert_string_equal(r.errors.ptr, "bad\n");
	assert_int_equal(r.status, 7);
	done(&r);
}

static void
a_signal_shows_in_the_status(void **state)
{
	struct ran r;

	(void)state;
	assert_hd_ok(run(&r, "kill -TERM $$", 20000), &r.err);
	assert_int_equal(r.status, 128 + 15);
	done(&r);
}

static void
a_missing_program_is_not_an_error(void **state)
{
	const char *argv[] = { "hdeploy-no-such-program", NULL };
	const struct hd_until until = { hd_clock_ms() + 20000, 20000,
		HD_CANCEL_NEVER };
	struct ran r = { .out = HD_STR_INIT(64), .errors = HD_STR_INIT(64) };

	(void)state;
	assert_hd_ok(
	    hd_capture(argv, &until, &r.out, &r.errors, &r.status, &r.err),
	    &r.err);
	assert_int_equal(r.status, HD_SPAWN_MISSING);
}

static void
endless_output_is_bounded_and_ended(void **state)
{
	int64_t began = hd_clock_ms();
	struct ran r;

	(void)state;
	assert_hd_fails(run(&r, "yes & sleep 60", 500), &r.err, HD_ETIMEOUT);
	assert_string_equal(
	    r.err.msg, "sh did not finish within 500 ms and was killed");
	assert_true(r.out.len < 4096);
	assert_true(hd_clock_ms() - began < 20000);
	done(&r);
}

static void
a_program_gets_no_other_descriptors(void **state)
{
	int secret = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char command[64];
	struct ran r;

	(void)state;
	assert_true(secret > 2);
	snprintf(
	    command, sizeof(command), "test ! -e /proc/self/fd/%d", secret);
	assert_hd_ok(run(&r, command, 20000), &r.err);
	assert_int_equal(r.status, 0);
	done(&r);
	close(secret);
}

/* Field 6 of stat(5) is the session. */
static void
a_captured_program_has_no_terminal(void **state)
{
	struct ran r;

	(void)state;
	assert_hd_ok(run(&r,
			 "read -r a b c d e sid rest </proc/$$/stat; "
			 "test $sid = $$ && ! ( : </dev/tty )",
			 20000),
	    &r.err);
	assert_int_equal(r.status, 0);
	done(&r);
}

static void
a_process_left_behind_does_not_delay_the_end(void **state)
{
	int64_t began = hd_clock_ms();
	struct ran r;

	(void)state;
	assert_hd_ok(run(&r, "sleep 30 & echo $!", 40000), &r.err);
	assert_int_equal(r.status, 0);
	assert_true(hd_clock_ms() - began < 20000);
	kill((pid_t)strtol(r.out.ptr, NULL, 10), SIGKILL);
	done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_errors_are_kept_apart),
		cmocka_unit_test(a_signal_shows_in_the_status),
		cmocka_unit_test(a_missing_program_is_not_an_error),
		cmocka_unit_test(endless_output_is_bounded_and_ended),
		cmocka_unit_test(a_program_gets_no_other_descriptors),
		cmocka_unit_test(a_captured_program_has_no_terminal),
		cmocka_unit_test(a_process_left_behind_does_not_delay_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
