#include "tests/support/cmocka_all.h"

#include "transport/sftp_wire.h"

#include <string.h>

/* VERSION 3 with an extension, HANDLE "h\0x" for request 7, STATUS 4 with a
 * text for request 8. */
static const unsigned char answers[] = { 0, 0, 0, 13, 2, 0, 0, 0, 3, 0, 0, 0, 1,
	'x', 0, 0, 0, /* HANDLE */ 0, 0, 0, 12, 102, 0, 0, 0, 7, 0, 0, 0, 3,
	'h', 0, 'x', /* STATUS */ 0, 0, 0, 14, 101, 0, 0, 0, 8, 0, 0, 0, 4, 0,
	0, 0, 1, 'n' };

static void
answers_are_read_from_any_pieces(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= sizeof(answers); piece++) {
		struct sftp_reader r = { 0 };
		struct sftp_reply got[3];
		size_t n = 0;

		for (size_t at = 0; at < sizeof(answers); at += piece) {
			const unsigned char *p = answers + at;
			size_t left = sizeof(answers) - at;

			if (left > piece)
				left = piece;
			while (left > 0) {
				struct sftp_reply reply;
				int rc = sftp_read(&r, &p, &left, &reply);

				assert_true(rc >= 0 && (rc == 0 || n < 3));
				if (rc == 1)
					got[n++] = reply;
			}
		}
		assert_int_equal(n, 3);
		assert_int_equal(got[0].type, SFTP_VERSION);
		assert_int_equal(got[0].id, 3);
		assert_int_equal(got[1].type, SFTP_HANDLE);
		assert_int_equal(got[1].id, 7);
		assert_int_equal(got[1].handle.n, 3);
		assert_memory_equal(got[1].handle.bytes, "h\0x", 3);
		assert_int_equal(got[2].type, SFTP_STATUS);
		assert_int_equal(got[2].id, 8);
		assert_int_equal(got[2].code, 4);
	}
}

static void
other_answers_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = {
		{ "\0\0\0\4\2\0\0\0", 8 },                /* too short */
		{ "\0\4\0\1\2\0\0\0\3", 9 },              /* too long */
		{ "\0\0\0\5\145\0\0\0\1", 9 },            /* no code */
		{ "\0\0\0\11\147\0\0\0\1\0\0\0\0", 13 },  /* DATA */
		{ "\0\0\0\12\146\0\0\0\1\0\0\0\2h", 14 }, /* handle cut off */
		{ "\0\0\0\11\146\0\0\0\1\377\377\377\377", 13 },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(cases); i++) {
		const unsigned char *p = (const unsigned char *)cases[i].bytes;
		size_t n = cases[i].n;
		struct sftp_reader r = { 0 };
		struct sftp_reply reply;

		assert_int_equal(sftp_read(&r, &p, &n, &reply), -1);
	}
}

static void
requests_are_as_the_draft_says(void **state)
{
	static const char open[] = "\0\0\0\31\3\0\0\0\1\0\0\0\4/a b\0\0\0\32"
				   "\0\0\0\4\0\0\1\200";
	static const char write[] = "\0\0\0\33\6\0\0\0\2\0\0\0\1h"
				    "\0\0\0\1\0\0\0\2\0\0\0\5";
	const struct sftp_handle h = { "h", 1 };
	unsigned char room[128];

	(void)state;
	assert_int_equal(sftp_put_open(room, 1, "/a b", true), 29);
	assert_memory_equal(room, open, 29);
	assert_int_equal(
	    sftp_put_write(room, 2, &h, (UINT64_C(1) << 32) + 2, 5), 26);
	assert_memory_equal(room, write, 26);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read_from_any_pieces),
		cmocka_unit_test(other_answers_are_refused),
		cmocka_unit_test(requests_are_as_the_draft_says),
	};

	return cmocka_run_group_tests_name("sftp_wire", tests, NULL, NULL);
}
