#include "tests/support/cmocka_all.h"

#include "core/plan/ship.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A tarball of ten bytes, three chunks and ten bytes; two files of one library
 * and one of another; a module of each. */
enum { HEAD = 10, TAIL = 10, CHUNK = 100000 };

static struct hd_chunk chunks[] = {
	{ HEAD, CHUNK, "1111111111111111aa" },
	{ HEAD + CHUNK, CHUNK, "2222222222222222bb" },
	{ HEAD + 2 * CHUNK, CHUNK, "3333333333333333cc" },
};
static struct hd_entry entries[] = {
	{ .path = "lib/a-1/ebin/a.app", .sha256 = "aa" },
	{ .path = "lib/a-1/ebin/a.beam", .sha256 = "ab" },
	{ .path = "lib/b-1/ebin/b.beam", .sha256 = "ba" },
};
static struct hd_module modules[] = {
	{ .lib = "a-1", .name = "a", .digest = "da" },
	{ .lib = "b-1", .name = "b", .digest = "db" },
};
static struct hd_artifact artifact = {
	.size = HEAD + 3 * CHUNK + TAIL,
	.sha256 = "abcd",
	.chunks = { .v = chunks, .n = HD_COUNT(chunks) },
	.entries = { .v = entries, .n = HD_COUNT(entries) },
	.modules = { .v = modules, .n = HD_COUNT(modules) },
};

static void
begin(struct hd_ship *s)
{
	static bool filled;
	struct hd_err err = { 0 };

	for (size_t i = 0; i < HD_COUNT(entries) && !filled; i++)
		memset(entries[i].sha256 + 2, 'f', HD_SHA256_HEX - 3);
	filled = true;
	assert_hd_ok(hd_ship_init(s, &artifact, &err), &err);
}

/* The host has these parts of version 0.1.0. */
static void
answer(struct hd_ship *s, const char *const *answers, size_t n)
{
	struct hd_err err = { 0 };

	for (size_t i = 0; i < n; i++)
		assert_hd_ok(hd_ship_answer(s, answers[i], &err), &err);
}
#define ANSWER(s, ...)                                                         \
	answer(s, (const char *const[]){ __VA_ARGS__ },                        \
	    HD_COUNT(((const char *const[]){ __VA_ARGS__ })))

static void
expect_recipe(const struct hd_ship *s, const char *wanted)
{
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);

	hd_ship_recipe(s, &text);
	assert_string_equal(text.ptr, wanted);
}

/* The sizes of the texts in a recipe. */
static const char *
fill(const struct hd_ship *s, uint64_t before, char out[static 200])
{
	uint64_t manifest = s->files[HD_SHIP_MANIFEST].size;
	uint64_t mods = s->files[HD_SHIP_MODULES].size;

	snprintf(out, 200,
	    "manifest upload %" PRIu64 " %" PRIu64 "\n"
	    "modules upload %" PRIu64 " %" PRIu64 "\n"
	    "chunks upload %" PRIu64 " %" PRIu64 "\n",
	    before + 1, manifest, before + manifest + 1, mods,
	    before + manifest + mods + 1, s->files[HD_SHIP_CHUNKS].size);
	return out;
}

static void
a_shipment_lists_its_parts_for_later_versions(void **state)
{
	struct hd_ship s;
	HD_AUTO_STR list = HD_STR_INIT(64 * 1024);
	HD_AUTO_STR asked = HD_STR_INIT(64 * 1024);
	size_t lines = 0;

	(void)state;
	begin(&s);
	hd_ship_list(&s, &list);
	hd_ship_ask(&s, &asked);
	assert_memory_equal(list.ptr,
	    "tarball 10 100000 1111111111111111\n"
	    "tarball 100010 100000 2222222222222222\n"
	    "tarball 200010 100000 3333333333333333\n"
	    "manifest 0 171 ",
	    strlen("tarball 10 100000 1111111111111111\n") +
		2 * strlen("tarball 100010 100000 2222222222222222\n") +
		strlen("manifest 0 171 "));
	for (const char *p = list.ptr; *p != '\0'; p++)
		lines += *p == '\n';
	/* three chunks, two libraries in either text */
	assert_int_equal(lines, 7);
	assert_int_equal(asked.len, lines * (HD_SHIP_DIGEST + 1));
	assert_int_equal(s.files[HD_SHIP_CHUNKS].size, list.len);
	assert_string_equal(s.texts.ptr + s.files[HD_SHIP_CHUNKS].at, list.ptr);
	hd_ship_done(&s);
}

static void
a_host_that_has_nothing_gets_everything_in_one_piece(void **state)
{
	struct hd_ship s;
	HD_AUTO_ARENA arena = { 0 };
	struct hd_ship_ranges ranges = { 0 };
	char texts[200], wanted[400];

	(void)state;
	begin(&s);
	hd_ship_choose(&s, false);
	assert_int_equal(s.way, HD_SHIP_WHOLE);
	assert_int_equal(hd_ship_bytes(&s), s.size);
	snprintf(wanted, sizeof(wanted), "tarball upload 1 300020\n%s",
	    fill(&s, 300020, texts));
	expect_recipe(&s, wanted);
	hd_ship_ranges(&s, &ranges, &arena);
	assert_int_equal(ranges.n, 2);
	assert_false(ranges.v[0].text);
	assert_int_equal(ranges.v[0].length, 300020);
	assert_true(ranges.v[1].text);
	assert_int_equal(ranges.v[1].length, s.texts.len);
	hd_ship_done(&s);
}

static void
parts_of_kept_versions_are_not_sent(void **state)
{
	struct hd_ship s;
	HD_AUTO_ARENA arena = { 0 };
	struct hd_ship_ranges ranges = { 0 };
	char texts[200], wanted[400];

	(void)state;
	begin(&s);
	ANSWER(&s, "1 0.1.0 tarball 11", "3 0.0.9 tarball 501");
	hd_ship_choose(&s, false);
	assert_int_equal(s.way, HD_SHIP_DELTA);
	snprintf(wanted, sizeof(wanted),
	    "tarball upload 1 10\n"
	    "tarball 0.1.0/tarball 11 100000\n"
	    "tarball upload 11 100000\n"
	    "tarball 0.0.9/tarball 501 100000\n"
	    "tarball upload 100011 10\n%s",
	    fill(&s, 100020, texts));
	expect_recipe(&s, wanted);
	assert_int_equal(hd_ship_bytes(&s), 100020 + s.texts.len);
	hd_ship_ranges(&s, &ranges, &arena);
	assert_int_equal(ranges.n, 4);
	assert_int_equal(ranges.v[0].length, 10);
	assert_int_equal(ranges.v[1].offset, 100010);
	assert_int_equal(ranges.v[1].length, 100000);
	assert_int_equal(ranges.v[2].offset, 300010);
	assert_true(ranges.v[3].text);
	hd_ship_done(&s);
}

static void
neighbouring_parts_are_copied_at_once(void **state)
{
	struct hd_ship s;
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);

	(void)state;
	begin(&s);
	ANSWER(&s, "1 0.1.0 tarball 11", "2 0.1.0 tarball 100011",
	    "3 0.1.0 tarball 900001", "4 0.1.0 manifest 1",
	    "5 0.1.0 manifest 172", "6 0.1.0 modules 1");
	hd_ship_choose(&s, false);
	hd_ship_recipe(&s, &text);
	assert_non_null(
	    strstr(text.ptr, "tarball 0.1.0/tarball 11 200000\n"
			     "tarball 0.1.0/tarball 900001 100000\n"));
	assert_non_null(strstr(
	    text.ptr, "\nmanifest 0.1.0/manifest 1 257\nmodules 0.1.0/"));
	hd_ship_done(&s);
}

/* The host runs a program for each piece. */
static void
a_short_part_between_new_ones_is_sent(void **state)
{
	struct hd_chunk four[] = {
		{ HEAD, 1000, "1111111111111111aa" },
		{ HEAD + 1000, 2000, "2222222222222222bb" },
		{ HEAD + 3000, 1000, "3333333333333333cc" },
		{ HEAD + 4000, 3 * CHUNK - 4000, "4444444444444444dd" },
	};
	struct hd_artifact a = artifact;
	struct hd_ship s;
	struct hd_err err = { 0 };
	char texts[200], wanted[400];

	(void)state;
	a.chunks.v = four;
	a.chunks.n = HD_COUNT(four);
	assert_hd_ok(hd_ship_init(&s, &a, &err), &err);
	ANSWER(&s, "2 0.1.0 tarball 11", "4 0.1.0 tarball 5000");
	hd_ship_choose(&s, false);
	assert_int_equal(s.way, HD_SHIP_DELTA);
	snprintf(wanted, sizeof(wanted),
	    "tarball upload 1 4010\n"
	    "tarball 0.1.0/tarball 5000 296000\n"
	    "tarball upload 4011 10\n%s",
	    fill(&s, 4020, texts));
	expect_recipe(&s, wanted);
	hd_ship_done(&s);
}

/* A release can have the same file twice. */
static void
equal_new_parts_are_sent_once(void **state)
{
	struct hd_chunk twice[HD_COUNT(chunks)];
	struct hd_artifact a = artifact;
	struct hd_ship s;
	struct hd_err err = { 0 };
	char texts[200], wanted[400];

	(void)state;
	memcpy(twice, chunks, sizeof(twice));
	memcpy(twice[2].sha256, twice[0].sha256, HD_SHA256_HEX);
	a.chunks.v = twice;
	assert_hd_ok(hd_ship_init(&s, &a, &err), &err);
	ANSWER(&s, "2 0.1.0 tarball 100011");
	hd_ship_choose(&s, false);
	snprintf(wanted, sizeof(wanted),
	    "tarball upload 1 100010\n"
	    "tarball 0.1.0/tarball 100011 100000\n"
	    "tarball upload 11 100010\n%s", /* the last ten follow it */
	    fill(&s, 100020, texts));
	expect_recipe(&s, wanted);
	assert_int_equal(hd_ship_bytes(&s), 100020 + s.texts.len);
	/* the only copy of a whole tarball is the tarball */
	hd_ship_choose_whole(&s);
	assert_int_equal(hd_ship_bytes(&s), s.size);
	hd_ship_done(&s);
}

static void
a_delta_that_saves_little_is_not_worth_a_copy_on_the_host(void **state)
{
	struct hd_ship s;

	(void)state;
	begin(&s);
	ANSWER(&s, "4 0.1.0 manifest 1");
	hd_ship_choose(&s, false);
	assert_int_equal(s.way, HD_SHIP_WHOLE);
	assert_true(hd_ship_bytes(&s) < s.size); /* the text is not sent */
	hd_ship_done(&s);
}

static void
a_tarball_from_a_store_is_in_no_upload_and_in_no_recipe(void **state)
{
	struct hd_ship s;
	char texts[200];

	(void)state;
	begin(&s);
	ANSWER(&s, "1 0.1.0 tarball 11");
	hd_ship_choose(&s, true);
	assert_int_equal(s.way, HD_SHIP_STORE);
	assert_int_equal(hd_ship_bytes(&s), s.texts.len);
	expect_recipe(&s, fill(&s, 0, texts));
	hd_ship_done(&s);
}

static void
a_store_is_not_asked_for_a_small_delta(void **state)
{
	struct hd_ship s;

	(void)state;
	begin(&s);
	ANSWER(&s, "1 0.1.0 tarball 11", "2 0.1.0 tarball 100011",
	    "3 0.1.0 tarball 900001");
	hd_ship_choose(&s, true);
	assert_int_equal(s.way, HD_SHIP_DELTA);
	hd_ship_done(&s);
}

static void
after_a_failure_everything_is_sent(void **state)
{
	struct hd_ship s;

	(void)state;
	begin(&s);
	ANSWER(&s, "1 0.1.0 tarball 11", "4 0.1.0 manifest 1");
	hd_ship_choose(&s, false);
	hd_ship_choose_whole(&s);
	assert_int_equal(hd_ship_bytes(&s), s.size);
	hd_ship_done(&s);
}

static void
answers_of_a_hostile_host_are_refused(void **state)
{
	static const char *const bad[] = { "", "1", "0 0.1.0 tarball 1",
		"8 0.1.0 tarball 1", "-1 0.1.0 tarball 1", "1 ../x tarball 1",
		"1 0.1.0 ../../x 1", "1 0.1.0 chunks 1", "1 0.1.0 tarball 0",
		"1 0.1.0 tarball 1 2", "1 0.1.0 tarball 1x",
		"1 0.1.0 tarball 9999999999999999", "1 0.1.0 tarball -5" };
	struct hd_ship s;
	struct hd_err err = { 0 };

	(void)state;
	begin(&s);
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		assert_int_equal(hd_ship_answer(&s, bad[i], &err), -1);
		assert_int_equal(err.code, HD_EREMOTE);
	}
	hd_ship_choose(&s, false);
	assert_int_equal(hd_ship_bytes(&s), s.size);
	hd_ship_done(&s);
}

/* A release with very many folders, such as an app with node_modules. */
static void
only_the_largest_of_very_many_parts_are_asked_for(void **state)
{
	enum { MANY = 5000 };
	struct hd_chunk *many = calloc(MANY, sizeof(*many));
	struct hd_artifact a = artifact;
	HD_AUTO_STR asked = HD_STR_INIT(1024 * 1024);
	struct hd_ship s;
	struct hd_err err = { 0 };
	uint64_t end = HEAD;

	(void)state;
	assert_non_null(many);
	for (size_t i = 0; i < MANY; i++) {
		many[i].offset = end;
		many[i].length = i % 10 == 0 ? 1000000 : 100;
		snprintf(many[i].sha256, HD_SHA256_HEX, "%016zx", i);
		end += many[i].length;
	}
	a.chunks.v = many;
	a.chunks.n = MANY;
	a.size = end + TAIL;
	assert_hd_ok(hd_ship_init(&s, &a, &err), &err);
	hd_ship_ask(&s, &asked);
	/* and the longer text */
	assert_int_equal(asked.len / (HD_SHIP_DIGEST + 1), MANY / 10 + 1);
	ANSWER(&s, "2 0.1.0 tarball 77");
	assert_int_equal(s.parts.v[1 + 10].start, 76);
	assert_string_equal(s.parts.v[1 + 10].source, "0.1.0/tarball");
	free(many);
	hd_ship_done(&s);
}

/* A recipe of thousands of pieces would take the host longer than an upload. */
static void
a_delta_in_very_many_pieces_is_sent_whole(void **state)
{
	enum { MANY = 1500 };
	struct hd_chunk *many = calloc(MANY, sizeof(*many));
	struct hd_artifact a = artifact;
	struct hd_ship s;
	struct hd_err err = { 0 };
	uint64_t end = HEAD;

	(void)state;
	assert_non_null(many);
	for (size_t i = 0; i < MANY; i++, end += 100) {
		many[i] = (struct hd_chunk){ .offset = end, .length = 100 };
		snprintf(many[i].sha256, HD_SHA256_HEX, "%016zx", i);
	}
	a.chunks.v = many;
	a.chunks.n = MANY;
	a.size = end + TAIL;
	assert_hd_ok(hd_ship_init(&s, &a, &err), &err);
	for (size_t i = 1; i < MANY; i += 2) {
		char one[64];

		snprintf(one, sizeof(one), "%zu 0.1.0 tarball %zu", i, 5 * i);
		ANSWER(&s, one);
	}
	hd_ship_choose(&s, false);
	assert_int_equal(s.way, HD_SHIP_WHOLE);
	assert_int_equal(hd_ship_bytes(&s), s.size);
	free(many);
	hd_ship_done(&s);
}

static void
a_release_without_chunks_is_sent_whole(void **state)
{
	struct hd_artifact a = artifact;
	struct hd_ship s;
	struct hd_err err = { 0 };

	(void)state;
	a.chunks.n = 0;
	assert_hd_ok(hd_ship_init(&s, &a, &err), &err);
	hd_ship_choose(&s, false);
	assert_int_equal(s.way, HD_SHIP_WHOLE);
	assert_int_equal(hd_ship_bytes(&s), s.size);
	hd_ship_done(&s);
}

/* The "digest" of a range is the range, so that a test reads like a list. */
struct reading {
	uint64_t flipped; /* block */
	unsigned reads;
};

static int
digest(void *ctx, uint64_t offset, uint64_t length,
    char out[static HD_SHA256_HEX], struct hd_err *err)
{
	struct reading *r = ctx;

	(void)err;
	r->reads++;
	snprintf(out, HD_SHA256_HEX, "%" PRIu64 "+%" PRIu64 "%s", offset,
	    length, offset / 10 == r->flipped ? "!" : "");
	return 0;
}

static struct resume_row {
	const char *digests[5];
	uint64_t part, size, flipped, from;
	unsigned reads;
} resumes[] = {
	/* nothing, a whole block, a shorter one, all */
	{ { NULL }, 0, 100, 99, 0, 0 },
	{ { "0+10" }, 10, 100, 99, 10, 1 },
	{ { "0+10", "10+4" }, 14, 100, 99, 14, 2 },
	{ { "0+10", "10+5" }, 15, 15, 99, 15, 2 },
	/* a byte flipped in a block costs the rest from there */
	{ { "0+10", "10+10", "20+10" }, 30, 100, 1, 10, 2 },
	{ { "0+10", "10+10", "20+10" }, 30, 100, 0, 0, 1 },
	/* of another upload */
	{ { "x", "10+10" }, 20, 100, 99, 0, 1 },
	/* longer than this one: its last block cannot be compared */
	{ { "0+10", "10+10" }, 20, 15, 99, 10, 1 },
	/* more blocks than bytes, and none where there are bytes */
	{ { "0+10", "10+5", "20+10" }, 15, 100, 99, 15, 2 },
	{ { NULL }, 30, 100, 99, 0, 0 },
};

static void
an_upload_continues_where_its_blocks_are_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(resumes); i++) {
		struct resume_row *r = &resumes[i];
		struct hd_ship_have have = { .block = 10, .part = r->part };
		struct reading reading = { .flipped = r->flipped };
		struct hd_err err = { 0 };
		uint64_t from = 77;

		have.digests.v = r->digests;
		while (r->digests[have.digests.n] != NULL)
			have.digests.n++;
		assert_hd_ok(hd_ship_resume(
				 &have, r->size, digest, &reading, &from, &err),
		    &err);
		assert_int_equal(from, r->from);
		assert_int_equal(reading.reads, r->reads);
	}
}

static void
the_blocks_of_a_large_upload_are_larger(void **state)
{
	struct hd_ship s = { .size = 20 };

	(void)state;
	assert_int_equal(hd_ship_block(&s), 1024 * 1024);
	s.size = (uint64_t)60 * 1024 * 1024;
	assert_int_equal(hd_ship_block(&s), 1024 * 1024);
	s.size = (uint64_t)5 * 1024 * 1024 * 1024;
	assert_int_equal(hd_ship_block(&s), 32 * 1024 * 1024);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shipment_lists_its_parts_for_later_versions),
		cmocka_unit_test(
		    a_host_that_has_nothing_gets_everything_in_one_piece),
		cmocka_unit_test(parts_of_kept_versions_are_not_sent),
		cmocka_unit_test(neighbouring_parts_are_copied_at_once),
		cmocka_unit_test(a_short_part_between_new_ones_is_sent),
		cmocka_unit_test(equal_new_parts_are_sent_once),
		cmocka_unit_test(
		    a_delta_that_saves_little_is_not_worth_a_copy_on_the_host),
		cmocka_unit_test(
		    a_tarball_from_a_store_is_in_no_upload_and_in_no_recipe),
		cmocka_unit_test(a_store_is_not_asked_for_a_small_delta),
		cmocka_unit_test(after_a_failure_everything_is_sent),
		cmocka_unit_test(answers_of_a_hostile_host_are_refused),
		cmocka_unit_test(
		    only_the_largest_of_very_many_parts_are_asked_for),
		cmocka_unit_test(a_delta_in_very_many_pieces_is_sent_whole),
		cmocka_unit_test(a_release_without_chunks_is_sent_whole),
		cmocka_unit_test(
		    an_upload_continues_where_its_blocks_are_right),
		cmocka_unit_test(the_blocks_of_a_large_upload_are_larger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
