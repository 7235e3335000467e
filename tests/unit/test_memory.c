/*
 * Each allocation of a run fails in turn. The run must then end with status 7
 * and say why, or do everything that it does with memory. It must not crash or
 * blame a file or a host.
 */
#include "tests/support/cmocka_all.h"

#include "cmd/screen_live.h"
#include "cmd/signals.h"
#include "core/artifact/artifact.h"
#include "core/artifact/gunzip.h"
#include "core/base/digest.h"
#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/base/str.h"
#include "core/plan/plan.h"
#include "core/status.h"
#include "tests/support/folder.h"
#include "tests/support/screen_case.h"
#include "tests/support/tarball.h"
#include "tests/counting/fail.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 8, OUTPUT_MAX = 1024 * 1024, UNPACKED_MAX = 1 << 30 };
#define SAYS_WHY "out of memory"

int hdeploy_main(int argc, char **argv); /* cmd/main.c */

/* The end of one run. */
struct outcome {
	int status;   /* of wait() */
	size_t asked; /* allocations; 0: it died before it could count them */
	struct hd_str said;
};

struct run {
	const char *about;
	const char *words[WORDS_MAX]; /* a command line; none: call */
	int (*call)(void);
	const char *advice; /* of a run that looks at a host: only a sample of
			       its allocations fails, and some runs must end
			       with this */
};

static char *folder;

static int
run_words(const char *const *words)
{
	char *argv[WORDS_MAX + 2] = { strdup("hdeploy") };
	int argc = 1;

	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = strdup(words[argc - 1]);
	return hdeploy_main(argc, argv);
}

static void
child(const struct run *run, size_t k, int count)
{
	size_t asked;
	int out = open(folder_path(folder, "out"),
	    O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	int status;

	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (chdir(folder) < 0)
		_exit(99);
	hd_signals_install();
	fail_at(k);
	status = run->call != NULL ? run->call() : run_words(run->words);
	asked = fail_seen();
	fflush(NULL);
	if (write(count, &asked, sizeof(asked)) != sizeof(asked))
		status = 99;
	_exit(status);
}

static void
happen(struct outcome *o, const struct run *run, size_t k)
{
	struct hd_err err;
	int count[2];
	pid_t pid;

	fflush(NULL);
	assert_int_equal(pipe(count), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		child(run, k, count[1]);
	close(count[1]);
	if (read(count[0], &o->asked, sizeof(o->asked)) <= 0)
		o->asked = 0;
	close(count[0]);
	assert_int_equal(waitpid(pid, &o->status, 0), pid);
	hd_str_init(&o->said, OUTPUT_MAX);
	assert_hd_ok(
	    hd_fs_read(folder_path(folder, "out"), &o->said, &err), &err);
}

static bool
ends_well(const struct outcome *o, const struct outcome *usual)
{
	if (!WIFEXITED(o->status))
		return false;
	if (strstr(o->said.ptr, SAYS_WHY) != NULL)
		return WEXITSTATUS(o->status) == HD_STATUS_LOCAL;
	return o->status == usual->status &&
	       strcmp(o->said.ptr, usual->said.ptr) == 0;
}

/* Every allocation of a short run; the first hundreds of a long run, and then
 * a sample. */
static size_t
step(const struct run *run, size_t k, size_t n)
{
	if (run->advice != NULL)
		return 1 + n / 12;
	return k < 300 ? 1 : k / 100;
}

static void
fail_each(const struct run *run)
{
	struct outcome usual;
	bool advised = run->advice == NULL;
	size_t n;

	happen(&usual, run, 0);
	n = usual.asked;
	assert_true(WIFEXITED(usual.status) && n > 0);
	for (size_t k = 1; k <= n; k += step(run, k, n)) {
		struct outcome o;

		happen(&o, run, k);
		if (!ends_well(&o, &usual))
			fail_msg("%s, allocation %zu of %zu: status %x: %s",
			    run->about, k, n, (unsigned)o.status, o.said.ptr);
		advised = advised || strstr(o.said.ptr, run->advice) != NULL;
		hd_str_done(&o.said);
	}
	hd_str_done(&usual.said);
	if (!advised)
		fail_msg("%s: never advised %s", run->about, run->advice);
}

/* Facts, a plan and history: a lost part must not go unnoticed. */
static int
make_plan(void)
{
	static const struct hd_app app = { .name = "hotcode",
		.driver = "relx" };
	static const struct hd_host host = {
		.name = "web1", .path = "/srv/h", .env_name = "prod"
	};
	const struct hd_goal goal = { .kind = HD_GOAL_ROLLBACK };
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);
	HD_AUTO_STR said = HD_STR_INIT(4096);
	struct hd_pairs pairs = { 0 };
	struct hd_plan *plan = hd_alloc(sizeof(*plan));
	struct hd_facts *f;
	struct hd_err err;
	char *save = NULL;

	if (hd_fs_read("facts", &text, &err) < 0)
		return 99;
	for (char *line = strtok_r(text.ptr, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		char *space = strchr(line, ' ');

		*space = '\0';
		*HD_PUSH(&arena, &pairs) = (struct hd_pair){ line, space + 1 };
	}
	if (hd_facts_read(&f, &pairs, &err) < 0)
		return 99;
	hd_plan_make(plan, &app, &host, &goal, f);
	if (plan->verdict == HD_PLAN_STEPS)
		hd_plan_describe(plan, &said);
	printf("%d %s %s\n", plan->verdict, plan->reason, said.ptr);
	hd_facts_free(f);
	free(plan);
	return 0;
}

static int
inspect(void)
{
	struct hd_artifact *a;
	struct hd_err err = { 0 };

	if (hd_artifact_open(&a, "r.tar.gz", "demo", NULL, UNPACKED_MAX, &err) <
	    0) {
		printf("%s\n", err.msg);
		return (int)hd_status_of(err.code);
	}
	printf("%s %s %s\n", a->name, a->version, a->identity);
	hd_artifact_free(a);
	return 0;
}

static int
show_live(void)
{
	static const struct hd_report reports[] = { UPGRADED };
	const struct hd_event events[] = {
		{ .kind = HD_EV_START, .size = 2, .text = "upgrade prod" },
		{ .kind = HD_EV_STEP,
		    .host = "web1",
		    .step = "ship",
		    .result = "begin" },
		event_output("web1", "a line\n"),
		event_summary(0, reports, 1),
	};
	struct hd_live *l = hd_live_new(stdout, true, false);

	for (size_t i = 0; i < HD_COUNT(events); i++)
		hd_emit(hd_live_sink(l), events[i]);
	hd_live_free(l);
	return 0;
}

#define LINE(what, ...) .about = what, .words = { __VA_ARGS__ }

static const struct run runs[] = {
	{ LINE("help", "help") },
	{ LINE("help on a command", "help", "upgrade") },
	{ LINE("an unknown command", "upgrad") },
	{ LINE("a bad option", "status", "--limt", "x") },
	{ LINE("no file", "-f", "none.ini", "status", "prod") },
	{ LINE("a bad file", "-f", "bad.ini", "status", "prod") },
	{ LINE("JSON", "--json", "-f", "bad.ini", "status", "prod") },
	{ LINE("an unknown environment", "status", "prd") },
	{ LINE("a limit without a host", "status", "prod", "--limit", "wbe1") },
	{ LINE("build", "build") },
	{ LINE("build, as JSON", "--json", "build") },
	{ LINE("a damaged release", "-f", "damaged.ini", "build") },
	{ LINE("init", "-f", "new.ini", "--dry-run", "init") },
	{ .about = "a plan", .call = make_plan },
	{ .about = "a release", .call = inspect },
	{ .about = "a live screen", .call = show_live },
	{ LINE("a host that refuses", "-q", "-f", "here.ini", "rollback",
	      "here"),
	    .advice = "status here -f here.ini` shows the state of the hosts" },
};

static void
every_failed_allocation_is_reported_as_such(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(runs); i++)
		fail_each(&runs[i]);
}

/* Otherwise they would report a failed allocation as a fault of their input. */
static void
libraries_get_their_memory_from_hdeploy(void **state)
{
	static const unsigned char zlib[] = { 0x78, 0x9c, 0x4b, 0x04, 0x00,
		0x00, 0x62, 0x00, 0x62 };
	struct hd_sha256 *digest;
	unsigned char *plain;
	struct hd_json *o;
	size_t n, own;

	(void)state;
	fail_at(0);
	o = hd_json_parse("{\"a\":1}");
	assert_true(o != NULL && fail_seen() >= 2);
	hd_json_free(o);
	fail_at(0);
	plain = hd_inflate(zlib, sizeof(zlib), 16, &n);
	own = 1; /* the buffer that it returns */
	assert_true(plain != NULL && n == 1 && fail_seen() > own);
	free(plain);
	fail_at(0);
	digest = hd_sha256_new();
	own = 1; /* the digest itself */
	assert_true(fail_seen() > own);
	hd_sha256_free(digest);
}

#define INI(release, host)                                                     \
	"[app]\nname = demo\nrelease = " release                               \
	"\n[defaults]\npath = /srv/{host}\nenv.A = b\nhook.on_failure = "      \
	"local true\n[prod]\nhost = " host "\n[prod:web1]\nuser = u\n"
#define WRITE(name, text) folder_write(folder, name, text, strlen(text))

static int
setup(void **state)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	HD_AUTO_STR facts = HD_STR_INIT(64 * 1024);
	HD_AUTO_STR here = HD_STR_INIT(64 * 1024);
	struct hd_err err;

	if (folder_setup(state) != 0)
		return -1;
	folder = *state;
	tarball_release(&tar, "demo", "1.0");
	tarball_write(&tar, folder, "r.tar.gz");
	hd_str_addf(&here,
	    "[app]\nname = demo\nrelease = r\n[here]\nhost = localhost\n"
	    "connection = local\npath = %s/none\n",
	    folder);
	WRITE("here.ini", here.ptr);
	WRITE("damaged.tar.gz", "not gzip");
	WRITE("deploy.ini", INI("r.tar.gz", "web[1-3]"));
	WRITE("damaged.ini", INI("damaged.tar.gz", "web1"));
	WRITE("bad.ini", INI("r", "a b c") "usr = x\n[prod]\n");
	assert_hd_ok(
	    hd_fs_read("tests/fuzz/corpus/facts/up", &facts, &err), &err);
	folder_write(folder, "facts", facts.ptr, facts.len);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_failed_allocation_is_reported_as_such),
		cmocka_unit_test(libraries_get_their_memory_from_hdeploy),
	};

	hd_digest_init();
	return cmocka_run_group_tests_name(
	    "memory", tests, setup, folder_teardown);
}
