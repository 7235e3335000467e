/* The words for a host that a run leaves in the middle of its plan. */
#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/rollout/outcomes.h"

#include <stdio.h>
#include <string.h>

/* After an upgrade from 0.1.0 to 0.2.0, and before it is permanent. */
#define ONE RUNS_020("0.2.0")
#define BETWEEN RUNS_020("0.1.0")
#define RUNS_020(boots)                                                        \
	"boot " boots "\nscript_boot " boots "\nvm_state up\nvm_pid 7\n"       \
	"vm_creation 1\nvm_releases 0.2.0 current\nvm_apps hotcode 0.2.0 m1\n" \
	"vm_libraries hotcode 0.2.0\n"

static const struct hd_env lab = { .name = "lab" };
static const struct hd_host web1 = { .name = "web1", .env_name = "lab" };
static const struct hd_run lab_run = { .env = &lab };

static const struct hd_err busy = { .code = HD_EBUSY,
	.msg = "it would be ended" };

static void
site_init(struct hd_site *s, const char *facts)
{
	hd_site_init(s, &lab_run, &web1);
	snprintf(s->change, sizeof(s->change), "0123456789abcdef");
	s->goal.kind = HD_GOAL_UPGRADE;
	s->plan.back = "0.1.0";
	s->now = facts_from_text(facts);
}

static void
check(struct hd_site *s, enum hd_result result, enum hd_status status,
    const char *text)
{
	assert_string_equal(s->text, text);
	assert_int_equal(s->result, result);
	assert_int_equal(s->status, status);
	hd_site_done(s);
}

#define NOT_UNDONE                                                             \
	"it would be ended; not undone: that would end those processes too; "  \
	"0.2.0 runs and 0.1.0 boots: once those processes have ended, "        \
	"`hdeploy resume lab --limit web1` ends the change and `hdeploy "      \
	"rollback lab --limit web1` goes back"

static void
a_host_between_two_versions_goes_back_by_itself_only_while_it_watches(
    void **state)
{
	static const struct {
		const char *facts, *text;
	} rows[] = {
		{ BETWEEN "watching 0123456789abcdef\n", NOT_UNDONE
		    "; without either, the host goes back by itself" },
		{ BETWEEN "watching fedcba9876543210\n", NOT_UNDONE },
		{ BETWEEN, NOT_UNDONE },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_site s;

		site_init(&s, rows[i].facts);
		hd_end_between(&s, &busy, &busy);
		check(&s, HD_RES_BROKEN, HD_STATUS_BROKEN, rows[i].text);
	}
}

/* The exit status 1 promises that every host runs and boots one version. */
static void
what_stays_between_two_versions_is_broken_though_nothing_was_changed(
    void **state)
{
	static const struct hd_err hook = { .code = HD_EREMOTE,
		.msg = "a hook failed" };
	static const struct {
		const char *facts;
		enum hd_goal_kind goal;
		const struct hd_err *why;
		enum hd_result result;
		enum hd_status status;
		const char *text;
	} rows[] = {
		{ BETWEEN, HD_GOAL_ROLLBACK, &busy, HD_RES_BROKEN,
		    HD_STATUS_BROKEN,
		    "it would be ended; nothing was changed: 0.2.0 runs and "
		    "0.1.0 boots; try again when those processes have ended" },
		{ BETWEEN, HD_GOAL_RESUME, &hook, HD_RES_BROKEN,
		    HD_STATUS_BROKEN,
		    "a hook failed; nothing was changed: 0.2.0 runs and "
		    "0.1.0 boots; try again" },
		{ BETWEEN, HD_GOAL_PUSH, &hook, HD_RES_FAILED, HD_STATUS_FAILED,
		    "a hook failed; nothing was changed: try again" },
		{ ONE, HD_GOAL_ROLLBACK, &busy, HD_RES_FAILED, HD_STATUS_FAILED,
		    "it would be ended; nothing was changed: try again when "
		    "those processes have ended" },
		{ "boot 0.1.0\nvm_state down\n", HD_GOAL_UPGRADE, &hook,
		    HD_RES_FAILED, HD_STATUS_FAILED,
		    "a hook failed; nothing was changed: try again" },
		{ "vm_state up\nvm_word 0.1.0\n", HD_GOAL_UPGRADE, &hook,
		    HD_RES_FAILED, HD_STATUS_FAILED,
		    "a hook failed; nothing was changed: try again" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_site s;

		site_init(&s, rows[i].facts);
		s.goal.kind = rows[i].goal;
		hd_end_unchanged(&s, rows[i].why);
		check(&s, rows[i].result, rows[i].status, rows[i].text);
	}
}

/* What was insisted on came before the way back had a journal, or after. */
static void
a_way_back_that_was_cut_short_names_what_ends_it_either_way(void **state)
{
	struct hd_site s;

	(void)state;
	site_init(&s, ONE);
	hd_end_undo_pending(&s);
	check(&s, HD_RES_LEFT, HD_STATUS_INTERRUPTED,
	    "going back to 0.1.0 was about to begin: if `hdeploy status lab "
	    "--limit web1` shows that it began, `hdeploy resume lab --limit "
	    "web1` ends it; otherwise `hdeploy rollback lab --limit web1` "
	    "goes back");
}

#define VM_010(pid)                                                            \
	"boot 0.1.0\nscript_boot 0.1.0\nvm_state up\nvm_pid " pid              \
	"\nvm_creation 1\nvm_releases 0.1.0 permanent\n"                       \
	"vm_apps hotcode 0.1.0 m1\nvm_libraries hotcode 0.1.0\n"
#define JOURNAL(vm)                                                            \
	"journal {\"id\":\"0123456789abcdef\",\"command\":\"upgrade\","        \
	"\"from\":\"0.1.0\",\"to\":\"0.2.0\",\"going\":\"forward\"" vm "}\n"

/* However a host ends and whichever run it is: only its state counts. */
static void
a_report_says_whether_the_state_of_the_node_was_kept(void **state)
{
	static const struct {
		const char *about, *before, *now;
		bool ends, disturbed, disturbed_since_look;
		const char *mode;
	} rows[] = {
		{ "nothing was done to it", VM_010("7"), VM_010("7"), false,
		    false, false, NULL },
		{ "and it is gone all the same", VM_010("7"), "vm_state down\n",
		    false, false, false, "cold" },
		{ "installed and taken back", VM_010("7"), VM_010("7"), false,
		    true, false, "hot" },
		{ "stopped and started", VM_010("7"), VM_010("8"), false, true,
		    false, "cold" },
		{ "not asked afterwards", VM_010("7"), VM_010("7"), false, true,
		    true, "unknown" },
		{ "gone is gone, asked or not", VM_010("7"), VM_010("8"), false,
		    true, true, "cold" },
		{ "started", "vm_state down\n", VM_010("8"), false, true, false,
		    NULL },
		{ "started after its death in a change",
		    "vm_state down\n" JOURNAL(",\"vm\":\"7 1\""), VM_010("8"),
		    true, true, false, "cold" },
		{ "resumed in the same VM",
		    VM_010("7") JOURNAL(",\"vm\":\"7 1\""), VM_010("7"), true,
		    false, false, "hot" },
		{ "resumed in another VM",
		    VM_010("8") JOURNAL(",\"vm\":\"7 1\""), VM_010("8"), true,
		    true, false, "cold" },
		{ "resumed, and nobody wrote down which VM it was",
		    VM_010("7") JOURNAL(""), VM_010("7"), true, true, false,
		    "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_site s;
		const char *mode;

		site_init(&s, rows[i].now);
		s.before = facts_from_text(rows[i].before);
		s.begun = true;
		s.disturbed = rows[i].disturbed;
		s.disturbed_since_look = rows[i].disturbed_since_look;
		s.plan.ends = rows[i].ends ? hd_facts_change(s.before) : NULL;
		mode = hd_site_report(&s).mode;
		if (mode != rows[i].mode &&
		    (mode == NULL || rows[i].mode == NULL ||
			strcmp(mode, rows[i].mode) != 0))
			fail_msg("%s: %s", rows[i].about, mode ? mode : "-");
		hd_site_done(&s);
	}
}

/* What it runs again is not what is wrong: it was sick, or fell sick. */
static void
a_host_that_went_back_is_undone_if_it_is_no_worse_than_before(void **state)
{
	static const struct hd_past healthy = { .sick = "" },
				    ill = { .sick = "no disk" },
				    unknown = { 0 };
	static const struct {
		const struct hd_past *ends;
		bool health_known;
		const char *sick;
		enum hd_result result;
		enum hd_status status;
		const char *text;
	} rows[] = {
		{ NULL, true, "no disk", HD_RES_UNDONE, HD_STATUS_FAILED,
		    "a hook failed; found: x; undone: runs and boots 0.1.0, "
		    "which is not healthy, as before: no money" },
		{ NULL, true, "", HD_RES_BROKEN, HD_STATUS_BROKEN,
		    "a hook failed; found: x; undone: runs and boots 0.1.0, "
		    "which is no longer healthy: no money; a person is "
		    "needed: see the node's log on the host" },
		{ NULL, false, "", HD_RES_BROKEN, HD_STATUS_BROKEN,
		    "a hook failed; found: x; undone: runs and boots 0.1.0, "
		    "which is not healthy: no money; a person is needed: see "
		    "the node's log on the host" },
		/* the run that began it has asked, not this one */
		{ &ill, false, "", HD_RES_UNDONE, HD_STATUS_FAILED,
		    "a hook failed; found: x; undone: runs and boots 0.1.0, "
		    "which is not healthy, as before: no money" },
		{ &healthy, false, "", HD_RES_BROKEN, HD_STATUS_BROKEN,
		    "a hook failed; found: x; undone: runs and boots 0.1.0, "
		    "which is no longer healthy: no money; a person is "
		    "needed: see the node's log on the host" },
		{ &unknown, false, "", HD_RES_BROKEN, HD_STATUS_BROKEN,
		    "a hook failed; found: x; undone: runs and boots 0.1.0, "
		    "which is not healthy: no money; a person is needed: see "
		    "the node's log on the host" },
	};
	static const struct hd_err hook = { .code = HD_EREMOTE,
		.msg = "a hook failed" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_site s;

		site_init(&s, ONE);
		s.plan.ends = rows[i].ends;
		s.health_known = rows[i].health_known;
		snprintf(
		    s.sick_before, sizeof(s.sick_before), "%s", rows[i].sick);
		snprintf(s.sick_now, sizeof(s.sick_now), "no money");
		hd_end_undone(&s, &hook, "; found: x");
		check(&s, rows[i].result, rows[i].status, rows[i].text);
	}
}

static void
a_run_does_not_advise_what_it_has_just_tried_in_vain(void **state)
{
	static const struct {
		enum hd_goal_kind goal;
		bool cold;
		const char *advice;
	} rows[] = {
		{ HD_GOAL_UPGRADE, false,
		    ", then `hdeploy resume lab --limit web1`" },
		{ HD_GOAL_UPGRADE, true,
		    ", then `hdeploy resume lab --limit web1`" },
		{ HD_GOAL_RESUME, false,
		    ", then `hdeploy resume lab --cold --limit web1` tries it "
		    "by stop and start" },
		{ HD_GOAL_RESUME, true, "" },
	};
	static const struct hd_err why = { .code = HD_EREMOTE, .msg = "a" },
				   err = { .code = HD_EREMOTE, .msg = "b" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		HD_AUTO_STR text = HD_STR_INIT(1024);
		struct hd_site s;

		site_init(&s, ONE);
		s.goal.kind = rows[i].goal;
		s.goal.cold = rows[i].cold;
		hd_end_broken(&s, &why, "; not undone", &err);
		hd_str_addf(&text,
		    "a; not undone: b; a person is needed: see `hdeploy status "
		    "lab --limit web1`%s",
		    rows[i].advice);
		check(&s, HD_RES_BROKEN, HD_STATUS_BROKEN, text.ptr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_host_between_two_versions_goes_back_by_itself_only_while_it_watches),
		cmocka_unit_test(
		    what_stays_between_two_versions_is_broken_though_nothing_was_changed),
		cmocka_unit_test(
		    a_way_back_that_was_cut_short_names_what_ends_it_either_way),
		cmocka_unit_test(
		    a_report_says_whether_the_state_of_the_node_was_kept),
		cmocka_unit_test(
		    a_host_that_went_back_is_undone_if_it_is_no_worse_than_before),
		cmocka_unit_test(
		    a_run_does_not_advise_what_it_has_just_tried_in_vain),
	};

	return cmocka_run_group_tests_name("outcomes", tests, NULL, NULL);
}
