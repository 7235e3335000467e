#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/verify.h"

#include <string.h>

#define BEFORE                                                                 \
	"boot 13.1 0.1.0\nscript_boot 0.1.0\nvm up\nvm_pid 7\n"                \
	"vm_creation 1\nvm_release 0.1.0 permanent\n"                          \
	"vm_app hotcode 0.1.0 m1\nvm_library hotcode 0.1.0\n"                  \
	"vm_process demo_server p1 hotcode\nvm_env hotcode/greeting\n"         \
	"vm_env kernel/connect_all\n"
#define BOOTS_NEW "boot 13.1 0.2.0\nscript_boot 0.2.0\n"
#define VM_NEW(pid, creation)                                                  \
	"vm up\nvm_pid " pid "\nvm_creation " creation                         \
	"\nvm_release 0.2.0 permanent\nvm_release 0.1.0 old\n"                 \
	"vm_library hotcode 0.2.0\n"
#define APP(m) "vm_app hotcode 0.2.0 " m "\n"
#define PROC(p) "vm_process demo_server " p " hotcode\n"
#define ENV "vm_env hotcode/greeting\n"
#define SAME VM_NEW("7", "1") APP("m1") PROC("p1")

static const char *restarted[] = { "hotcode" };
static const struct hd_way plain = { .from = "0.1.0" };
static const struct hd_way restarting = { .from = "0.1.0",
	.restarts = { .v = restarted, .n = 1 } };
static const struct hd_way down = { .from = "0.1.0", .down = true };

static const struct row {
	const char *about, *now;
	const struct hd_way *way;
	bool cold_is_fine;
	const char *fails; /* part of the reason, NULL: passes */
	enum hd_grade grade;
} rows[] = {
	{ "all as it should be", BOOTS_NEW SAME ENV, &plain, false, NULL,
	    HD_GRADE_HOT },
	{ "still the old version", BEFORE, &plain, false, "the node runs 0.1.0",
	    HD_GRADE_HOT },
	{ "down", BOOTS_NEW "vm down\n", &plain, false, "the node is down",
	    HD_GRADE_HOT },
	{ "an application of another version",
	    BOOTS_NEW VM_NEW("7", "1") "vm_app hotcode 0.1.0 m1\n" ENV, &plain,
	    false, "hotcode 0.1.0 runs", HD_GRADE_HOT },
	{ "old code runs on", BOOTS_NEW SAME ENV "vm_modified demo_server\n",
	    &plain, false, "old code still runs: not loaded by the relup: demo",
	    HD_GRADE_HOT },
	{ "a reboot would start the old one",
	    "boot 13.1 0.1.0\nscript_boot 0.1.0\n" SAME ENV, &plain, false,
	    "would start 0.1.0", HD_GRADE_HOT },
	{ "boot pointers disagree",
	    "boot 13.1 0.2.0\nscript_boot 0.1.0\n" SAME ENV, &plain, false,
	    "would start 0.2.0 or 0.1.0", HD_GRADE_HOT },
	{ "restarted in process",
	    BOOTS_NEW VM_NEW("7", "2") APP("m1") PROC("p1") ENV, &plain, false,
	    "restarted in process", HD_GRADE_COLD },
	{ "another process of the system",
	    BOOTS_NEW VM_NEW("8", "2") APP("m1") PROC("p1") ENV, &plain, false,
	    "pid 7 -> 8", HD_GRADE_COLD },
	{ "another process where that is fine",
	    BOOTS_NEW VM_NEW("8", "2") APP("m2") PROC("p2") ENV, &plain, true,
	    NULL, HD_GRADE_COLD },
	{ "application restarted as the relup says",
	    BOOTS_NEW VM_NEW("7", "1") APP("m2") PROC("p2") ENV, &restarting,
	    false, NULL, HD_GRADE_PARTIAL },
	{ "application restarted by nobody's order",
	    BOOTS_NEW VM_NEW("7", "1") APP("m2") PROC("p1") ENV, &plain, false,
	    "application hotcode was restarted", HD_GRADE_HOT },
	{ "process crashed",
	    BOOTS_NEW VM_NEW("7", "1") APP("m1") PROC("p2") ENV, &plain, false,
	    "process demo_server was restarted", HD_GRADE_HOT },
	{ "process crashed, relup unknown",
	    BOOTS_NEW VM_NEW("7", "1") APP("m1") PROC("p2") ENV, NULL, false,
	    "process demo_server was restarted", HD_GRADE_HOT },
	{ "configuration lost", BOOTS_NEW SAME, &plain, false,
	    "hotcode/greeting is no longer set", HD_GRADE_HOT },
	{ "configuration of the newer version goes on the way down",
	    BOOTS_NEW SAME, &down, false, NULL, HD_GRADE_HOT },
};

/* No VM to ask: a version is all that is known. */
static void
a_word_proves_a_version_and_no_more(void **state)
{
	struct hd_facts *asked = facts_from_text(BEFORE);
	struct hd_facts *word =
	    facts_from_text("boot - 0.2.0\nvm up\nvm_word 0.2.0\n");
	struct hd_expect x = { .version = "0.2.0",
		.permanent = true,
		.hot = true,
		.before = &asked->vm };
	HD_AUTO_STR why = HD_STR_INIT(1024);
	enum hd_grade grade;

	(void)state;
	assert_true(hd_verify(&x, word, &grade, &why));
	assert_int_equal(grade, HD_GRADE_UNKNOWN);
	x.before = &word->vm;
	assert_true(hd_verify(&x, word, &grade, &why));
	assert_int_equal(grade, HD_GRADE_UNKNOWN);
	x.version = "0.3.0";
	assert_false(hd_verify(&x, word, &grade, &why));
	assert_string_equal(why.ptr, "the node runs 0.2.0");
	hd_facts_free(asked);
	hd_facts_free(word);
}

static void
a_change_worked_only_if_the_vm_says_so(void **state)
{
	struct hd_facts *before = facts_from_text(BEFORE);

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct hd_facts *now = facts_from_text(r->now);
		struct hd_expect x = { .version = "0.2.0",
			.permanent = true,
			.hot = !r->cold_is_fine,
			.before = &before->vm,
			.way = r->way };
		HD_AUTO_STR why = HD_STR_INIT(1024);
		enum hd_grade grade;
		bool ok = hd_verify(&x, now, &grade, &why);

		if (ok != (r->fails == NULL) || grade != r->grade ||
		    (!ok && strstr(why.ptr, r->fails) == NULL))
			fail_msg("%s: %s, grade %s: %s", r->about,
			    ok ? "passed" : "failed", hd_grade_names[grade],
			    why.ptr);
		hd_facts_free(now);
	}
	hd_facts_free(before);
}

static void
facts_that_make_no_sense_are_an_error(void **state)
{
	static const struct hd_pair bad[] = {
		{ "vm", "upside" },
		{ "vm_pid", "12x" },
		{ "vm_release", "one" },
		{ "boot", "13.1 ../../etc" },
		{ "disk", "-1" },
		{ "way", "9.9.9 up 0.1.0 plain -" },
		{ "vm_app", "a b c d e f g h i j k" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		struct hd_pair said[] = { { "vm", "down" }, bad[i] };
		struct hd_pairs list = { .v = said, .n = 2 };
		struct hd_err err = { 0 };
		struct hd_facts *f;

		assert_hd_fails(
		    hd_facts_read(&f, &list, &err), &err, HD_EREMOTE);
		assert_non_null(strstr(err.msg, bad[i].name));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_proves_a_version_and_no_more),
		cmocka_unit_test(a_change_worked_only_if_the_vm_says_so),
		cmocka_unit_test(facts_that_make_no_sense_are_an_error),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
