#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/state.h"

#include <string.h>

#define BOOTS(v) "boot " v "\nscript_boot " v "\n"
#define UP(pid, v)                                                             \
	"vm_state up\nvm_pid " pid "\nvm_creation 1\nvm_apps hotcode " v       \
	" 1\nvm_libraries hotcode " v "\n"
#define LIST(v, s) "vm_releases " v " " s "\n"
#define OLD UP("7", "0.1.0") LIST("0.1.0", "permanent")
#define NEW UP("7", "0.2.0")

static const struct hd_vm vm_before = {
	.state = HD_VM_UP, .pid = 7, .creation = 1
};

/* In an upgrade from 0.1.0 to 0.2.0. */
static const struct row {
	enum hd_state state;
	const char *facts, *says;
} rows[] = {
	{ HD_STATE_UNTOUCHED, BOOTS("0.1.0") OLD,
	    "0.1.0 runs and boots, untouched" },
	{ HD_STATE_UNTOUCHED, BOOTS("0.1.0") OLD LIST("0.2.0", "old"),
	    "0.1.0 runs and boots, untouched" },
	{ HD_STATE_UNPACKED, BOOTS("0.1.0") OLD LIST("0.2.0", "unpacked"),
	    "0.2.0 unpacked, not installed" },
	{ HD_STATE_UNPACKED, BOOTS("0.1.0") OLD "unpacked 0.2.0\n",
	    "0.2.0 unpacked, not installed" },
	{ HD_STATE_INSTALLED,
	    BOOTS("0.1.0") NEW LIST("0.2.0", "current")
		LIST("0.1.0", "permanent"),
	    "0.2.0 installed, not permanent" },
	{ HD_STATE_INSTALLED,
	    "boot 0.2.0\nscript_boot 0.1.0\n" NEW LIST("0.2.0", "permanent"),
	    "0.2.0 installed, not permanent" },
	{ HD_STATE_PERMANENT, BOOTS("0.2.0") NEW LIST("0.2.0", "permanent"),
	    "0.2.0 permanent" },
	{ HD_STATE_HALF_BACK,
	    BOOTS("0.2.0") UP("7", "0.1.0") LIST("0.1.0", "current")
		LIST("0.2.0", "permanent"),
	    "0.1.0 runs again, not permanent" },
	{ HD_STATE_RESTARTED,
	    BOOTS("0.1.0") UP("8", "0.1.0") LIST("0.1.0", "permanent"),
	    "restarted by itself into 0.1.0" },
	{ HD_STATE_RESTARTING,
	    BOOTS(
		"0.1.0") "vm_state unreachable\nvm_why process 7 is busy\nvm_init starting\n",
	    "restarting into 0.1.0" },
	{ HD_STATE_RESTARTING,
	    BOOTS(
		"0.1.0") "vm_state unreachable\nvm_why process 7 is busy\nvm_init stopping\n",
	    "restarting into 0.1.0" },
	{ HD_STATE_UNREACHABLE,
	    BOOTS(
		"0.1.0") "vm_state unreachable\nvm_why process 7 is starting or stopping\n",
	    "is starting or stopping" },
	{ HD_STATE_DOWN, BOOTS("0.1.0") "vm_state down\n",
	    "down, 0.1.0 would boot" },
	{ HD_STATE_DOWN, "boot 0.2.0\nscript_boot 0.1.0\nvm_state down\n",
	    "down, an unknown version would boot" },
	{ HD_STATE_SWITCHING,
	    BOOTS("0.1.0") "switching 0.2.0 0.1.0\nvm_state down\n",
	    "down, in the middle of a switch to 0.2.0" },
	{ HD_STATE_ELSEWHERE,
	    BOOTS("0.3.0") UP("7", "0.3.0") LIST("0.3.0", "permanent"),
	    "0.3.0 runs" },
	{ HD_STATE_UNREACHABLE,
	    BOOTS(
		"0.1.0") "vm_state unreachable\nvm_why process 7 gave no answer within 10 s\n",
	    "gave no answer within 10 s" },
	{ HD_STATE_UNKNOWN,
	    BOOTS("0.1.0") "vm_state up\nvm_pid 7\nvm_creation 1\n" LIST(
		"0.1.0",
		"permanent") "vm_apps hotcode 0.2.0 1\nvm_libraries hotcode 0.1.0\n",
	    "contains version 0.1.0" },
};

static void
every_state_has_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_facts *f = facts_from_text(rows[i].facts);
		HD_AUTO_STR said = HD_STR_INIT(512);

		assert_int_equal(hd_state_find(f, "0.1.0", "0.2.0", &vm_before),
		    rows[i].state);
		hd_state_tell(f, "0.1.0", "0.2.0", &vm_before, &said);
		if (strstr(said.ptr, rows[i].says) == NULL)
			fail_msg("row %zu: %s", i, said.ptr);
		hd_facts_free(f);
	}
}

/* Whether it is another VM than before can only be told by who knows that. */
static void
without_the_vm_before_no_restart_is_seen(void **state)
{
	struct hd_facts *f = facts_from_text(
	    BOOTS("0.1.0") UP("8", "0.1.0") LIST("0.1.0", "permanent"));

	(void)state;
	assert_int_equal(
	    hd_state_find(f, "0.1.0", "0.2.0", NULL), HD_STATE_UNTOUCHED);
	hd_facts_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_has_its_name),
		cmocka_unit_test(without_the_vm_before_no_restart_is_seen),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
