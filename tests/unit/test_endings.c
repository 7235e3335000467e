/* The words for a host that a run leaves in the middle of its plan. */
#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/rollout/endings.h"

#include <stdio.h>

/* In an upgrade from 0.1.0 to 0.2.0 that is installed and not permanent. */
#define BETWEEN                                                                \
	"boot 13.1 0.1.0\nscript_boot 0.1.0\nvm up\nvm_pid 7\n"                \
	"vm_creation 1\nvm_release 0.2.0 current\nvm_app hotcode 0.2.0 m1\n"   \
	"vm_library hotcode 0.2.0\n"

static const struct hd_env lab = { .name = "lab" };
static const struct hd_host web1 = { .name = "web1" };
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
	"it would be ended; not undone, which would end them too; 0.2.0 runs " \
	"and 0.1.0 boots: once they have ended `hdeploy resume lab` ends "     \
	"this and `hdeploy rollback lab --limit web1` goes back"

static void
a_host_between_two_versions_goes_back_by_itself_only_while_it_watches(
    void **state)
{
	static const struct {
		const char *facts, *text;
	} rows[] = {
		{ BETWEEN "watching 0123456789abcdef\n",
		    NOT_UNDONE ", as this host then does by itself" },
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_host_between_two_versions_goes_back_by_itself_only_while_it_watches),
	};

	return cmocka_run_group_tests_name("endings", tests, NULL, NULL);
}
