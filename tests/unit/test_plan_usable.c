#include "tests/support/cmocka_all.h"
#include "tests/support/facts_text.h"

#include "core/plan/plan.h"

#include <string.h>

/* What a push refuses because nothing could be done with it afterwards. */

#define HOST                                                                            \
	"user deploy\nsystem Linux\nmachine x86_64\nlibc glibc 2.36\nroot_exists yes\n" \
	"disk_free 1000000\nvm_state down\n"

static struct hd_pair running[] = { { "running", "c" } };

static const struct row {
	const char *about;
	const char *driver;
	unsigned lacks;
	const char *command; /* in deploy.ini; NULL: none */
	const char *says;    /* NULL: it can be pushed */
} rows[] = {
	{ "all there", "relx", 0, NULL, NULL },
	{ "relx without sasl", "relx", HD_LACK_SASL, NULL,
	    "0.2.0 does not start sasl, so it would have no release_handler "
	    "to report or upgrade the running version: add sasl to the "
	    "release and build it again ({release, {NAME, VERSION}, [..., "
	    "sasl]} in rebar.config)" },
	{ "Distillery without sasl", "distillery", HD_LACK_SASL, NULL,
	    "`set applications: [sasl: :permanent]` in rel/config.exs" },
	{ "script without sasl that goes cold", "script", HD_LACK_SASL, NULL,
	    NULL },
	{ "script without sasl that goes hot", "script", HD_LACK_SASL,
	    "upgrade", "mix.exs: applications: [sasl: :permanent]" },
	{ "script without sasl where no VM is asked", "script",
	    HD_LACK_SASL | HD_LACK_ERL_CALL, "running", NULL },
	{ "no erl_call", "relx", HD_LACK_ERL_CALL, NULL,
	    "0.2.0 has no executable erts-13.1/bin/erl_call" },
	{ "no control script", "distillery", HD_LACK_SCRIPT, NULL,
	    "0.2.0 has no executable bin/hotcode, and driver = distillery starts "
	    "and stops the node with it" },
	{ "relx without a script of the version's own", "relx",
	    HD_LACK_OWN_SCRIPT, "running",
	    "0.2.0 has no executable bin/hotcode-0.2.0" },
	{ "Distillery without that", "distillery", HD_LACK_OWN_SCRIPT, NULL,
	    NULL },
	{ "castle without Castle", "castle", HD_LACK_CASTLE, "running",
	    "0.2.0 was not made with Castle: it has no "
	    "releases/0.2.0/preboot.boot. Add Castle's steps to the release in "
	    "mix.exs, or set driver = mix in deploy.ini" },
	{ "castle without a script of the version's own", "castle",
	    HD_LACK_OWN_SCRIPT, NULL, NULL },
	{ "mix without sasl, which goes cold", "mix", HD_LACK_SASL, NULL,
	    NULL },
	{ "mix without erl_call", "mix", HD_LACK_ERL_CALL, NULL,
	    "0.2.0 has no executable erts-13.1/bin/erl_call" },
	{ "mix without Castle", "mix", HD_LACK_CASTLE, NULL, NULL },
	{ "script without any", "script", HD_LACK_SCRIPT | HD_LACK_OWN_SCRIPT,
	    NULL, NULL },
};

#define GLIBC                                                                  \
	"loaders /lib64/ld-linux-x86-64.so.2\nloaders /lib/ld-linux.so.2\n"
#define MUSL "loaders /lib/ld-musl-x86_64.so.1\n"
#define ON(machine, libc)                                                      \
	"user deploy\nsystem Linux\nmachine " machine "\nlibc " libc           \
	"\nroot_exists yes\ndisk_free 1000000\nvm_state down\n"

enum { X86_64 = 62, I386 = 3, AARCH64 = 183 };

static const struct runtime {
	const char *about;
	struct hd_elf runtime;
	const char *host;
	size_t commands;
	const char *says;
} runtimes[] = {
	{ "the same libc",
	    { .machine = X86_64,
		.loader = "/lib64/ld-linux-x86-64.so.2",
		.glibc = { 2, 36 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 0, NULL },
	{ "a newer glibc",
	    { .machine = X86_64,
		.loader = "/lib64/ld-linux-x86-64.so.2",
		.glibc = { 2, 38 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 0,
	    "the Erlang runtime of 0.2.0 needs glibc 2.38, and this host has "
	    "glibc 2.36: build the release on a system that is not newer" },
	{ "a version is not a decimal number",
	    { .machine = X86_64,
		.loader = "/lib64/ld-linux-x86-64.so.2",
		.glibc = { 2, 4 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 0, NULL },
	{ "a container has a libc of its own",
	    { .machine = X86_64,
		.loader = "/lib64/ld-linux-x86-64.so.2",
		.glibc = { 2, 38 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 1, NULL },
	{ "musl's on a host with glibc",
	    { .machine = X86_64,
		.loader = "/lib/ld-musl-x86_64.so.1",
		.glibc = { 0, 0 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 0,
	    "needs /lib/ld-musl-x86_64.so.1 (musl), which this host (glibc "
	    "2.36) does not have: build the release on a system like the host" },
	{ "musl's on a host that has both",
	    { .machine = X86_64,
		.loader = "/lib/ld-musl-x86_64.so.1",
		.glibc = { 0, 0 } },
	    ON("x86_64", "glibc 2.36") GLIBC MUSL, 0, NULL },
	{ "glibc's on Alpine",
	    { .machine = X86_64,
		.loader = "/lib64/ld-linux-x86-64.so.2",
		.glibc = { 2, 34 } },
	    ON("x86_64", "musl 1.2.4") MUSL, 0,
	    "needs /lib64/ld-linux-x86-64.so.2, which this host (musl 1.2.4)" },
	{ "glibc's on Alpine with gcompat",
	    { .machine = X86_64,
		.loader = "/lib64/ld-linux-x86-64.so.2",
		.glibc = { 2, 34 } },
	    ON("x86_64", "musl 1.2.4") MUSL GLIBC, 0, NULL },
	{ "another machine",
	    { .machine = AARCH64,
		.loader = "/lib/ld-linux-aarch64.so.1",
		.glibc = { 2, 34 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 0,
	    "was built for aarch64, and this host is x86_64: build the "
	    "release on a machine like the host" },
	{ "another machine, which the host can play",
	    { .machine = AARCH64,
		.loader = "/lib/ld-linux-aarch64.so.1",
		.glibc = { 2, 34 } },
	    ON("x86_64", "glibc 2.36") GLIBC
	    "loaders /lib/ld-linux-aarch64.so.1\n",
	    0, NULL },
	{ "a 32-bit runtime",
	    { .machine = I386,
		.loader = "/lib/ld-linux.so.2",
		.glibc = { 2, 34 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 0, NULL },
	{ "static", { .machine = AARCH64, .loader = "", .glibc = { 0, 0 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 0, NULL },
	{ "a loader of its own",
	    { .machine = X86_64,
		.loader = "/nix/store/abc-glibc-2.39/lib/ld-linux-x86-64.so.2",
		.glibc = { 2, 39 } },
	    ON("x86_64", "glibc 2.36") GLIBC, 0, NULL },
	{ "a host that does not say what it has",
	    { .machine = X86_64,
		.loader = "/lib/ld-musl-x86_64.so.1",
		.glibc = { 0, 0 } },
	    ON("x86_64", "unknown -"), 0, NULL },
	{ "another system",
	    { .machine = X86_64,
		.loader = "/lib64/ld-linux-x86-64.so.2",
		.glibc = { 2, 99 } },
	    "user d\nsystem FreeBSD\nmachine amd64\nlibc unknown -\nroot_exists yes\n"
	    "disk_free 1000000\nvm_state down\nloaders /lib/ld.so.1\n",
	    0, NULL },
};

static void
a_runtime_that_would_not_start_is_not_shipped(void **state)
{
	static const struct hd_app app = { .name = "hotcode",
		.driver = "relx" };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(runtimes); i++) {
		const struct runtime *r = &runtimes[i];
		const struct hd_artifact a = { .version = "0.2.0",
			.identity = "id",
			.size = 100,
			.runtime = r->runtime };
		const struct hd_goal goal = { .kind = HD_GOAL_PUSH,
			.artifact = &a };
		const struct hd_host host = { .name = "web1",
			.env_name = "prod",
			.commands = { running, r->commands, 1 } };
		struct hd_facts *f = facts_from_text(r->host);
		struct hd_plan plan;

		hd_plan_make(&plan, &app, &host, &goal, f);
		if (r->says == NULL ? plan.verdict != HD_PLAN_STEPS
				    : plan.verdict != HD_PLAN_REFUSED ||
					  strstr(plan.reason, r->says) == NULL)
			fail_msg("%s: verdict %d: %s", r->about,
			    (int)plan.verdict, plan.reason);
		hd_facts_free(f);
	}
}

static void
try_push(const struct row *r, enum hd_goal_kind kind)
{
	const struct hd_artifact a = { .version = "0.2.0",
		.identity = "id",
		.erts = "13.1",
		.size = 100,
		.lacks = r->lacks };
	const struct hd_goal goal = { .kind = kind, .artifact = &a };
	const struct hd_app app = { .name = "hotcode", .driver = r->driver };
	struct hd_pair command = { r->command, "c" };
	const struct hd_host host = { .name = "web1",
		.env_name = "prod",
		.upgrade = HD_MODE_COLD,
		.commands = { &command, r->command != NULL, 1 } };
	struct hd_facts *f = facts_from_text(HOST);
	struct hd_plan plan;

	hd_plan_make(&plan, &app, &host, &goal, f);
	if (r->says == NULL && kind == HD_GOAL_PUSH)
		assert_int_equal(plan.verdict, HD_PLAN_STEPS);
	if (r->says != NULL && (plan.verdict != HD_PLAN_REFUSED ||
				   strstr(plan.reason, r->says) == NULL))
		fail_msg("%s: verdict %d: %s", r->about, (int)plan.verdict,
		    plan.reason);
	hd_facts_free(f);
}

static void
a_configuration_that_nothing_can_read_is_not_shipped(void **state)
{
	static const struct {
		const char *driver;
		enum hd_defect_kind kind;
		const char *says; /* NULL: it can be pushed */
	} defects[] = {
		{ "relx", HD_DEFECT_CONFIG,
		    "sys.config.src of 0.2.0: line 3: it does not end: the "
		    "node would run without its settings; correct it" },
		{ "mix", HD_DEFECT_VM_ARGS,
		    "sys.config.src of 0.2.0: line 3: it does not end: the "
		    "next boot would fail; correct it" },
		{ "relx", HD_DEFECT_RELEASES, NULL },
		{ "script", HD_DEFECT_CONFIG, NULL },
	};

	(void)state;
	for (size_t i = 0; i < HD_COUNT(defects); i++) {
		struct hd_defect defect = { defects[i].kind,
			"releases/0.2.0/sys.config.src",
			"line 3: it does not end" };
		const struct hd_artifact a = { .version = "0.2.0",
			.identity = "id",
			.erts = "13.1",
			.size = 100,
			.defects = { &defect, 1, 1 } };
		const struct hd_goal goal = { .kind = HD_GOAL_PUSH,
			.artifact = &a };
		const struct hd_app app = { .name = "hotcode",
			.driver = defects[i].driver };
		const struct hd_host host = { .name = "web1",
			.env_name = "prod",
			.upgrade = HD_MODE_COLD };
		struct hd_facts *f = facts_from_text(HOST);
		struct hd_plan plan;

		hd_plan_make(&plan, &app, &host, &goal, f);
		if (defects[i].says == NULL)
			assert_int_equal(plan.verdict, HD_PLAN_STEPS);
		else
			assert_non_null(strstr(plan.reason, defects[i].says));
		hd_facts_free(f);
	}
}

/* A thousand small files are more than their bytes. */
static void
files_take_whole_blocks_of_the_disk(void **state)
{
	static const struct hd_app app = { .name = "hotcode",
		.driver = "relx" };
	static const struct hd_host host = { .name = "web1",
		.env_name = "prod" };
	struct hd_artifact a = { .version = "0.2.0",
		.identity = "id",
		.size = 100,
		.unpacked = 1000 };
	const struct hd_goal goal = { .kind = HD_GOAL_PUSH, .artifact = &a };
	struct hd_facts *f = facts_from_text(
	    "user d\nsystem Linux\nmachine x86_64\nroot_exists yes\ndisk_free 5000\nvm_state down\n");
	struct hd_plan plan;

	(void)state;
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_STEPS);
	a.entries.n = 1000; /* only counted */
	hd_plan_make(&plan, &app, &host, &goal, f);
	assert_int_equal(plan.verdict, HD_PLAN_REFUSED);
	assert_non_null(strstr(plan.reason, "0.2.0 needs 8 MiB, 4 MiB"));
	hd_facts_free(f);
}

static void
a_version_that_could_not_be_worked_with_is_not_shipped(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		try_push(&rows[i], HD_GOAL_PUSH);
		try_push(&rows[i], HD_GOAL_DEPLOY);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_version_that_could_not_be_worked_with_is_not_shipped),
		cmocka_unit_test(
		    a_configuration_that_nothing_can_read_is_not_shipped),
		cmocka_unit_test(files_take_whole_blocks_of_the_disk),
		cmocka_unit_test(a_runtime_that_would_not_start_is_not_shipped),
	};

	return cmocka_run_group_tests_name("plan_usable", tests, NULL, NULL);
}
