#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/verify.h"

#include <string.h>

#define BEFORE                                                                 \
	"boot 0.1.0\nscript_boot 0.1.0\nvm_state up\nvm_pid 7\n"               \
	"vm_creation 1\nvm_releases 0.1.0 permanent\n"                         \
	"vm_apps hotcode 0.1.0 m1\nvm_libraries hotcode 0.1.0\n"               \
	"vm_processes demo_server p1 hotcode\n"                                \
	"vm_settings hotcode/greeting planned\n"                               \
	"vm_settings kernel/connect_all own\nvm_absent never\n"
#define BOOTS_NEW "boot 0.2.0\nscript_boot 0.2.0\n"
#define VM_NEW(pid, creation)                                                  \
	"vm_state up\nvm_pid " pid "\nvm_creation " creation                   \
	"\nvm_releases 0.2.0 permanent\nvm_releases 0.1.0 old\n"               \
	"vm_libraries hotcode 0.2.0\n"
#define APP(m) "vm_apps hotcode 0.2.0 " m "\n"
#define PROC(p) "vm_processes demo_server " p " hotcode\n"
#define ENV "vm_settings hotcode/greeting planned\n"
#define SAME VM_NEW("7", "1") APP("m1") PROC("p1")

static const char *restarted[] = { "hotcode" };
static const struct hd_relup_entry plain = { .from = "0.1.0" };
static const struct hd_relup_entry restarting = { .from = "0.1.0",
	.restarts = { .v = restarted, .n = 1 } };
static const struct hd_relup_entry down = { .from = "0.1.0", .down = true };

static const struct row {
	const char *about, *now;
	const struct hd_relup_entry *relup;
	bool cold_is_fine;
	const char *fails; /* part of the reason, NULL: passes */
	enum hd_actual_mode mode;
} rows[] = {
	{ "all as it should be", BOOTS_NEW SAME ENV, &plain, false, NULL,
	    HD_ACTUAL_HOT },
	{ "still the old version", BEFORE, &plain, false, "the node runs 0.1.0",
	    HD_ACTUAL_HOT },
	{ "down", BOOTS_NEW "vm_state down\n", &plain, false,
	    "the node is down", HD_ACTUAL_HOT },
	{ "an application of another version",
	    BOOTS_NEW VM_NEW("7", "1") "vm_apps hotcode 0.1.0 m1\n" ENV, &plain,
	    false, "hotcode 0.1.0 runs", HD_ACTUAL_HOT },
	{ "old code runs on", BOOTS_NEW SAME ENV "vm_modified demo_server\n",
	    &plain, false,
	    "old code still runs: modules that the relup did not load: demo",
	    HD_ACTUAL_HOT },
	{ "code of before runs on", BOOTS_NEW SAME ENV "vm_gone demo_extra\n",
	    &plain, false, "that the relup did not remove: demo_extra",
	    HD_ACTUAL_HOT },
	{ "new code is not loaded", BOOTS_NEW SAME ENV "vm_absent demo_new\n",
	    &plain, false, "the relup does not add demo_new", HD_ACTUAL_HOT },
	{ "code was not loaded before either",
	    BOOTS_NEW SAME ENV "vm_absent never\n", &plain, false, NULL,
	    HD_ACTUAL_HOT },
	{ "release_handler hangs", "vm_state up\nvm_blocked a:b\n" APP("m1"),
	    &plain, false, "release_handler is blocked in a:b", HD_ACTUAL_HOT },
	{ "a reboot would start the old one",
	    "boot 0.1.0\nscript_boot 0.1.0\n" SAME ENV, &plain, false,
	    "would start 0.1.0", HD_ACTUAL_HOT },
	{ "boot pointers disagree", "boot 0.2.0\nscript_boot 0.1.0\n" SAME ENV,
	    &plain, false, "would start 0.2.0 or 0.1.0", HD_ACTUAL_HOT },
	{ "restarted in process",
	    BOOTS_NEW VM_NEW("7", "2") APP("m1") PROC("p1") ENV, &plain, false,
	    "restarted in process", HD_ACTUAL_COLD },
	{ "another process of the system",
	    BOOTS_NEW VM_NEW("8", "2") APP("m1") PROC("p1") ENV, &plain, false,
	    "pid 7 -> 8", HD_ACTUAL_COLD },
	{ "another process where that is fine",
	    BOOTS_NEW VM_NEW("8", "2") APP("m2") PROC("p2") ENV, &plain, true,
	    NULL, HD_ACTUAL_COLD },
	{ "application restarted as the relup says",
	    BOOTS_NEW VM_NEW("7", "1") APP("m2") PROC("p2") ENV, &restarting,
	    false, NULL, HD_ACTUAL_PARTIAL },
	{ "application restarted by nobody's order",
	    BOOTS_NEW VM_NEW("7", "1") APP("m2") PROC("p1") ENV, &plain, false,
	    "application hotcode was restarted", HD_ACTUAL_HOT },
	{ "process crashed",
	    BOOTS_NEW VM_NEW("7", "1") APP("m1") PROC("p2") ENV, &plain, false,
	    "process demo_server was restarted", HD_ACTUAL_HOT },
	{ "process crashed, relup unknown",
	    BOOTS_NEW VM_NEW("7", "1") APP("m1") PROC("p2") ENV, NULL, false,
	    "process demo_server was restarted", HD_ACTUAL_HOT },
	{ "configuration lost",
	    BOOTS_NEW SAME "vm_settings hotcode/greeting missing\n", &plain,
	    false, "hotcode/greeting", HD_ACTUAL_HOT },
	{ "configuration lost on the way down",
	    BOOTS_NEW SAME "vm_settings hotcode/greeting fallen\n", &down,
	    false, "hotcode/greeting", HD_ACTUAL_HOT },
	{ "configuration that the version gives up", BOOTS_NEW SAME, &plain,
	    false, NULL, HD_ACTUAL_HOT },
};

/* No VM to ask: a version is all that is known. */
static void
a_word_proves_a_version_and_no_more(void **state)
{
	struct hd_facts *asked = facts_from_text(BEFORE);
	struct hd_facts *word =
	    facts_from_text("boot 0.2.0\nvm_state up\nvm_word 0.2.0\n");
	struct hd_expect x = { .version = "0.2.0",
		.permanent = true,
		.hot = true,
		.before = &asked->vm };
	HD_AUTO_STR why = HD_STR_INIT(1024);
	enum hd_actual_mode mode;

	(void)state;
	assert_true(hd_verify(&x, word, &mode, &why));
	assert_int_equal(mode, HD_ACTUAL_UNKNOWN);
	x.before = &word->vm;
	assert_true(hd_verify(&x, word, &mode, &why));
	assert_int_equal(mode, HD_ACTUAL_UNKNOWN);
	x.version = "0.3.0";
	assert_false(hd_verify(&x, word, &mode, &why));
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
			.relup = r->relup };
		HD_AUTO_STR why = HD_STR_INIT(1024);
		enum hd_actual_mode mode;
		bool ok = hd_verify(&x, now, &mode, &why);

		if (ok != (r->fails == NULL) || mode != r->mode ||
		    (!ok && strstr(why.ptr, r->fails) == NULL))
			fail_msg("%s: %s, mode %s: %s", r->about,
			    ok ? "passed" : "failed",
			    hd_actual_mode_names[mode], why.ptr);
		hd_facts_free(now);
	}
	hd_facts_free(before);
}

/* Somebody loaded that by hand before the change. */
static void
code_that_was_modified_before_is_fine_on_the_way_back_alone(void **state)
{
	struct hd_facts *was =
	    facts_from_text(BEFORE "vm_modified demo\nvm_gone tool\n");
	struct hd_facts *more = facts_from_text(
	    BEFORE "vm_modified demo\nvm_gone tool\nvm_gone two\n");
	struct hd_expect x = { .version = "0.1.0", .before = &was->vm };
	HD_AUTO_STR why = HD_STR_INIT(1024);
	enum hd_actual_mode mode;

	(void)state;
	assert_false(hd_verify(&x, was, &mode, &why));
	x.back = true;
	assert_true(hd_verify(&x, was, &mode, &why));
	assert_false(hd_verify(&x, more, &mode, &why));
	x.before = NULL;
	assert_false(hd_verify(&x, was, &mode, &why));
	hd_facts_free(was);
	hd_facts_free(more);
}

/* Whatever was done, and whichever version runs now. */
static void
what_ran_was_kept_only_if_the_same_vm_answers(void **state)
{
	static const struct {
		const char *about, *before, *now;
		bool known;
		enum hd_actual_mode mode;
	} kept[] = {
		{ "untouched", BEFORE, BEFORE, true, HD_ACTUAL_HOT },
		{ "the other version, in the same VM", BEFORE, SAME, true,
		    HD_ACTUAL_HOT },
		{ "a process is another", BEFORE,
		    VM_NEW("7", "1") APP("m1") PROC("p2"), true,
		    HD_ACTUAL_PARTIAL },
		{ "an application is another", BEFORE,
		    VM_NEW("7", "1") APP("m2") PROC("p1"), true,
		    HD_ACTUAL_PARTIAL },
		{ "restarted in process", BEFORE,
		    VM_NEW("7", "2") APP("m1") PROC("p1"), true,
		    HD_ACTUAL_COLD },
		{ "another process of the system", BEFORE,
		    VM_NEW("8", "1") APP("m1") PROC("p1"), true,
		    HD_ACTUAL_COLD },
		{ "died", BEFORE, "vm_state down\n", true, HD_ACTUAL_COLD },
		{ "does not answer", BEFORE,
		    "vm_state unreachable\nvm_why process 7\n", true,
		    HD_ACTUAL_UNKNOWN },
		{ "told by a command", BEFORE, "vm_state up\nvm_word 0.2.0\n",
		    true, HD_ACTUAL_UNKNOWN },
		{ "nothing ran", "vm_state down\n", SAME, false,
		    HD_ACTUAL_HOT },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(kept); i++) {
		struct hd_facts *before = facts_from_text(kept[i].before);
		struct hd_facts *now = facts_from_text(kept[i].now);
		enum hd_actual_mode mode = HD_ACTUAL_HOT;
		bool known = hd_actual_mode_find(&mode, &before->vm, now);

		if (known != kept[i].known || mode != kept[i].mode)
			fail_msg("%s: %s", kept[i].about,
			    known ? hd_actual_mode_names[mode] : "nothing");
		hd_facts_free(before);
		hd_facts_free(now);
	}
}

/* The run that ends a change may meet another VM than the one that began it. */
static void
a_journal_tells_which_vm_a_change_began_in(void **state)
{
	static const struct {
		const char *vm;
		enum hd_vm_state state;
		int64_t pid;
		size_t processes; /* known only if it is the one that is met */
		bool word;
	} notes[] = {
		{ "7 1", HD_VM_UP, 7, 1, false },
		{ "7 2", HD_VM_UP, 7, 0, false },
		{ "-", HD_VM_DOWN, 0, 0, false },
		{ "?", HD_VM_UP, 0, 0, true },
		{ "7", HD_VM_UP, 7, 0, true },
		{ NULL, HD_VM_UP, 0, 0, true },
	};
	struct hd_facts *met = facts_from_text(BEFORE);
	HD_AUTO_STR note = HD_STR_INIT(64);

	(void)state;
	hd_vm_note(&met->vm, &note);
	assert_string_equal(note.ptr, "7 1");
	for (size_t i = 0; i < HD_COUNT(notes); i++) {
		const struct hd_past change = { .vm = notes[i].vm };
		struct hd_vm vm = hd_vm_began(&change, &met->vm);

		assert_int_equal(vm.state, notes[i].state);
		assert_int_equal(vm.pid, notes[i].pid);
		assert_int_equal(vm.processes.n, notes[i].processes);
		assert_int_equal(vm.word != NULL, notes[i].word);
	}
	hd_facts_free(met);
}

static void
facts_that_make_no_sense_are_an_error(void **state)
{
	static const struct hd_pair bad[] = {
		{ "vm_state", "upside" },
		{ "vm_pid", "12x" },
		{ "vm_releases", "one" },
		{ "boot", "../../etc" },
		{ "disk_free", "-1" },
		{ "relup", "9.9.9 up 0.1.0 plain -" },
		{ "vm_apps", "a b c d e f g h i j k" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(bad); i++) {
		struct hd_pair said[] = { { "vm_state", "down" }, bad[i] };
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
		cmocka_unit_test(
		    code_that_was_modified_before_is_fine_on_the_way_back_alone),
		cmocka_unit_test(what_ran_was_kept_only_if_the_same_vm_answers),
		cmocka_unit_test(a_journal_tells_which_vm_a_change_began_in),
		cmocka_unit_test(facts_that_make_no_sense_are_an_error),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
