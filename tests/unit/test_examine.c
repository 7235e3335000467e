#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/examine.h"

#include <string.h>

#define BOOTS(v) "boot 13.1 " v "\nscript_boot " v "\n"
#define UP                                                                     \
	"vm up\nvm_pid 7\nvm_creation 1\nvm_release 0.1.0 permanent\n"         \
	"vm_app hotcode 0.1.0 m1\nvm_library hotcode 0.1.0\n"

static const struct row {
	const char *about, *facts;
	const char *says; /* part of it; NULL: all is well */
} rows[] = {
	{ "runs what boots", BOOTS("0.1.0") UP, NULL },
	{ "refused", "refusal no way in\n" BOOTS("0.1.0") UP, "no way in" },
	{ "down", BOOTS("0.1.0") "vm down\n",
	    "the node is down: `hdeploy start` it" },
	{ "nothing there", "vm down\n", "`hdeploy push` one" },
	{ "boot file lost", "unpacked 0.1.0\nvm down\n", "start_erl.data" },
	{ "does not answer",
	    BOOTS("0.1.0") "vm unreachable process 7 is busy\n",
	    "does not answer" },
	{ "another would boot", BOOTS("0.2.0") UP,
	    "`hdeploy upgrade` to 0.1.0 makes it permanent" },
	{ "old code", BOOTS("0.1.0") UP "vm_modified demo\n",
	    "old code still runs" },
	{ "something goes on",
	    BOOTS("0.1.0") UP "unfinished a-install install\n",
	    "an operation still runs: a-install install" },
};

static void
status_says_what_is_not_as_it_should_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR why = HD_STR_INIT(512);
		bool fine = hd_examine(f, &why);

		if (fine != (rows[i].says == NULL) ||
		    (!fine && strstr(why.ptr, rows[i].says) == NULL))
			fail_msg("%s: %d: %s", rows[i].about, fine, why.ptr);
		hd_facts_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_says_what_is_not_as_it_should_be),
	};

	return cmocka_run_group_tests_name("examine", tests, NULL, NULL);
}
