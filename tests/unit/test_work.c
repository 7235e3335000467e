/*
 * The work to read foreign input grows as the input does: eight times the input
 * must not be sixty-four times the work. A sort may add its logarithm.
 */
#include "tests/support/cmocka_all.h"

#include "cmd/lanes.h"
#include "cmd/plan_groups.h"
#include "cmd/screen_json.h"
#include "cmd/screen_plain.h"
#include "cmd/screens.h"
#include "core/artifact/artifact.h"
#include "core/base/str.h"
#include "tests/fuzz/targets.h"
#include "tests/support/folder.h"
#include "tests/support/screen_case.h"
#include "tests/support/tarball.h"
#include "tests/counting/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MORE = 8, MOST = 12, UNITS = 400, INPUT_MAX = 64 * 1024 * 1024 };

/* Inputs of repeated units. Each "@" in a unit becomes a new number. */
static const struct row {
	const char *target, *head, *unit, *tail;
} rows[] = {
#define INI "[app]\nname = a\nrelease = r\n[defaults]\npath = /srv/a\n"
	{ "inventory", INI "[e]\n", "host = web@\n", "" },
	{ "inventory", INI "[e]\n", "host = web1\n", "" },
	{ "inventory", INI "[e]\n", "host = x@ web@ y\n", "" },
	{ "inventory", INI "[e]\n", "host = w@ a\n", "" },
	{ "inventory", INI, "[e@]\nhost = web\n", "" },
	{ "inventory", INI, "[e@:x]\nuser = y\n", "" },
	{ "inventory", INI "[e]\n", "host = w@\n[e:w@]\nuser = u\n[f@]\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "[e:v@]\nuser = u\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "[e]\nuser = u\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "env.A@ = b\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "env.A@ = {host}\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "user = u\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "usr@ = u\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "hook.on_failure = local x@\n",
	    "" },
	{ "inventory", INI "[e]\nhost = w\n", "health = command x@\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "hook.x@ = local x\n", "" },
	{ "inventory", "", "\n", "" },
	{ "inventory", "", "[x", "" },
	{ "inventory", "", "; c", "" },
	{ "limit", "w1\n", "w@\n", "" },
	{ "limit", "w1,w99*\n", "w@\n", "" },
	{ "limit", "", "w1,", "w1\nw1\n" },
	{ "limit", "", "!w1,", "w2\nw1\nw2\n" },
	{ "limit", "", "x@,", "x1\nw1\n" },
	{ "limit", "w", "*", "\nw1\n" },
	{ "inventory", INI "[e]\nhost = w\n", "group.g@ = w\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "group.g = w\n", "" },
	{ "inventory", INI "[e]\nhost = w\n", "canary = w\n", "" },
	{ "inventory", INI "group.g = w*\n[e]\n", "host = w@\n", "" },
	{ "inventory", INI "[e]\nhosts = srv x\n", "[e:w@]\nuser = u\n", "" },
	{ "hosts", "", "web@ me@10.0.0.1:22\n", "" },
	{ "hosts", "", "host = web@ x y\n", "" },
	{ "hosts", "", " ", "" },
	{ "srv", "", "aaaa", "" },
	{ "range", "", "w", "[1-9999]" },
	{ "range", "", "[", "" },
	{ "options", "", "-v\n", "" },
	{ "options", "", "--xx@\n", "" },
	{ "options", "", "word\n", "" },
	{ "options", "-", "v", "" },
	{ "project", "", "releases: [a@: [\n", "" },
	{ "project", "", "{release, {a@, \"1\"}}\n", "" },
	{ "project", "", "releases: ", "" },
	{ "project", "", "release :a@\n", "" },
	{ "project", "", "defp releases ", "" },
	{ "project", "", "app: \"", "" },
	{ "project", "releases: ", "[", "" },
	{ "term", "", "\"a\" ", "." },
	{ "term", "{\"", "aaaa", "\"}." },
	{ "term", "", "\"\\n\\x{e9}\"\n", "." },
	{ "term", "\"", "\\\"", "\"." },
	{ "term", "", "\"", "" },
	{ "term", "", "\"a\" %\n", "" },
	{ "term", "[", "'a\\'b',", "a]." },
	{ "term", "[", "[],", "[]]." },
	{ "term", "[", "{a@,\"b\" \"c\"},\n", "a]." },
	{ "term", "[", "$a,", "$b]." },
	{ "term", "<<", "\"a>>\" ", ">>." },
	{ "term", "", "<<", "" },
	{ "term", "", "%", "" },
	{ "term", "", "a", "." },
	{ "term", "", "1", "." },
	{ "rel", "{release,{\"hotcode\",\"0.2.0\"},{erts,\"13.1\"},[",
	    "{a@,\"1.0\"},", "{b,\"1\"}]}." },
	{ "start_data", "13.1 ", "0", "\n" },
	{ "start_data", "", " ", "" },
#define RELUP "{\"0.2.0\",[{\"0.1.0\",[],["
#define APPLY(verb) "{apply,{application," verb ",[a@]}},"
	{ "vm_args", "", "-kernel a {b} ", "" },
	{ "vm_args", "", "-env A ", "" },
	{ "vm_args", "", "+A 1 'x\\", "" },
	{ "vm_args", "'", "\\ #\n", "" },
	{ "term", "[", "fun m:f/1,${A},", "1]." },
	{ "term", "<<", "82,", "69>>." },
	{ "relup", RELUP, APPLY("stop") APPLY("start"), "a]}],[]}." },
	{ "relup", RELUP, APPLY("stop"), "a]}],[]}." },
	{ "relup", "{\"0.2.0\",[", "{\"0.1.@\",[],[]},",
	    "{\"0.1\",[],[]}],[]}." },
	{ "beam", "FOR1", "aaaa", "" },
	{ "hide", "[", "{a@,\"b\"},", "{c,1}]." },
	{ "hide", "[", "{url@,\"x://y:z@w\"},", "{c,1}]." },
	{ "hide", "\"", "a://", "\"." },
	{ "hide", "\"", "a=b&", "\"." },
	{ "hide", "'", "ab1", "'." },
	{ "hide", "", "-env A@ b ", "" },
	{ "names", "", "a/", "b" },
	{ "names", "", "..", "" },
	{ "gzip", "\x1f\x8b\x08", "aaaa", "" },
	{ "tar", "", "aaaa", "" },
	{ "key", "-----BEGIN OPENSSH PRIVATE KEY-----\n", "AAAA\n",
	    "-----END OPENSSH PRIVATE KEY-----\n" },
	{ "key", "-----BEGIN PRIVATE KEY-----\n", "AAAA\n",
	    "-----END PRIVATE KEY-----\n" },
	{ "key", "", "-----BEGIN OPENSSH PRIVATE KEY-----", "" },
	{ "key", "", "ssh-rsa AAAA\n", "" },
	{ "key", "", "ssh-rsa ", "" },
	{ "key", "-----BEGIN PRIVATE KEY-----", "\\n", "" },
	{ "agent", "\x0c", "aaaa", "" },
	{ "cert", "", "aaaa", "" },
	{ "sftp", "", "aaaa", "" },
	{ "ship", "", "1 0.1.0 tarball 1\n", "" },
	{ "ssh_config", "", "identityfile ~/.ssh/id_%h\n", "" },
	{ "ssh_config", "userknownhostsfile ", "/a ", "\n" },
	{ "ssh_config", "proxycommand ", "%h", "\n" },
	{ "preface", "", "a", "" },
	{ "preface", "", "line\n", "\nSSH-2.0-x\n" },
	{ "preface", "SSH-2.0-x\n", "\1\1\1\1\1\2aaaa", "" },
	{ "known_hosts", "", "web@ ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n", "" },
	{ "known_hosts", "", "web1.example.com ssh-rsa AAAAB3NzaC1yc2E=\n",
	    "" },
	{ "known_hosts", "", "web@,", " ssh-rsa AAAAB3NzaC1yc2E=" },
	{ "known_hosts", "w", "*w", " ssh-rsa AAAAB3NzaC1yc2E=" },
	{ "known_hosts", "",
	    "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|"
	    "3988QV0VE8wmZL7suNrYQLITLCg= ssh-rsa AAAA\n",
	    "" },
	{ "known_hosts", "", " ", "" },
	{ "known_hosts", "", "@revoked ", "" },
#define BEGIN "hdeploy-begin 0123456789abcdef\n"
	{ "answer", "\x01" BEGIN, "key@ value\n", "" },
	{ "answer", "\x01" BEGIN, "| text", "" },
	{ "answer", "\x01" BEGIN, "| text\n", "" },
	{ "answer", "\x01", "noise@\n", "" },
	{ "answer", "\x01", "noise", "" },
	{ "answer", "\x81",
	    "noise, and more noise, and a line of it that is long\n", "" },
#define HOST                                                                   \
	"user d\nroot_exists yes\ndisk_free 1\nboot 0.2.0\nscript_boot 0.2.0\n"
#define UP                                                                      \
	HOST                                                                    \
	    "vm_state up\nvm_pid 7\nvm_creation 1\nvm_apps hotcode 0.2.0 <1>\n" \
	    "vm_libraries hotcode 0.2.0\nvm_releases 0.2.0 permanent\n"
#define SAVED                                                                  \
	"# hdeploy facts 1\n[app]\nname = a\nrelease = .\n[prod]\nhost = a\n"  \
	"path = /x\n"
#define RECORD "records 0.@ i s yes no\n"
#define PAST(id, command, from, to, more)                                      \
	"history {\"id\":\"" id "\",\"command\":\"" command                    \
	"\",\"from\":\"" from "\",\"to\":\"" to "\"," more "}\n"
	{ "stored", SAVED, "[prod:@]\npath = /x\n", "" },
	{ "stored", SAVED "facts a\n" UP, "missing tool@\n", "" },
	{ "stored", SAVED, "\n", "" },
	{ "facts", UP, "missing tool@\n", "" },
	{ "facts", UP, "vm_apps a@ 1 <1>\n", "vm_libraries b 1\n" },
	{ "facts", UP, "vm_apps a@ 1 <1>\nvm_libraries a@ 1\n", "" },
	{ "facts", UP, "vm_apps a 1 <1>\nvm_libraries b@ 1\n", "" },
	{ "facts", UP, "vm_processes p@ <1> a\n", "" },
	{ "facts", UP, "vm_settings a/k@ own\n", "" },
	{ "facts", UP, "vm_modified m@\n", "" },
	{ "facts", UP, "vm_releases 0.@ old\n", "" },
	{ "facts", UP, "vm_old_code m@ 1 <1> f\n", "" },
	{ "facts", UP, RECORD "erts 0.@ 13\n", "" },
	{ "facts", UP, RECORD "relup 0.@ up 0.1 plain a,b\n", "" },
	{ "facts", UP, RECORD "libs 0.@,0.1,0.2 a-@ x\n", "" },
	{ "facts", UP, RECORD "unpacked 0.@\nvm_releases 0.@ old\n", "" },
	{ "facts", UP, RECORD "newest 0.@\n", "" },
	{ "facts", UP "records 0.1 i s yes no\n",
	    "relup 0.1 up 0.@ plain a,b\n", "" },
	{ "facts", UP "records 0.2.0 i s yes no\n",
	    "relup 0.2.0 down 0.@ plain a,b\n", "" },
	{ "facts", HOST "vm_state down\n", "unpacked 0.@\n" RECORD, "" },
	{ "facts",
	    UP "journal {\"id\":\"0123456789abcdef\",\"command\":\"upgrade\","
	       "\"from\":\"0.1.0\",\"to\":\"0.2.0\",\"going\":\"back\"}\n",
	    PAST("i@", "upgrade", "0.1.0", "0.2.0", "\"result\":\"ok\""), "" },
	{ "facts", UP,
	    PAST("a@", "upgrade", "0.1.0", "0.2.0", "\"result\":\"ok\"")
		PAST("b@", "rollback", "0.2.0", "0.1.0",
		    "\"result\":\"ok\",\"undoes\":\"a@\""),
	    "" },
	{ "facts", UP,
	    PAST("a@", "upgrade", "0.1.0", "0.2.0", "\"result\":\"ok\"") PAST(
		"a@", "upgrade", "0.1.0", "0.2.0", "\"result\":\"undone\""),
	    "" },
	{ "elf", "\177ELF\2\1", "\1", "" },
	{ "history", "", "{\"id\":\"@\"}\n", "" },
	{ "history", "{\"id\":\"", "aaaa", "\"}\n" },
	{ "json", "{", "\"k@\":1,", "\"k\":\"v\"}" },
	{ "json", "", "\xff\xc0", "" },
	{ "sanitize", "", "\x1b]", "" },
	{ "sanitize", "", "\x1b]a\x1b[", "" },
	{ "sanitize", "", "\x1b[1", "" },
	{ "sanitize", "", "\x9d", "" },
	{ "sanitize", "", "\xc2\x9d", "" },
	{ "sanitize", "", "\x1b  ", "" },
	{ "sanitize", "", "\xe2\x80\xae", "" },
	{ "sanitize", "", "\x1b]0;t\a", "" },
};

static void
grow(struct hd_str *out, const struct row *r, size_t units)
{
	hd_str_add(out, r->head);
	for (size_t i = 0; i < units; i++) {
		const char *from = r->unit, *at;

		while ((at = strchr(from, '@')) != NULL) {
			hd_str_addn(out, from, (size_t)(at - from));
			hd_str_addf(out, "%zu", i);
			from = at + 1;
		}
		hd_str_add(out, from);
	}
	hd_str_add(out, r->tail);
	assert_false(out->failed);
}

static struct work
measure(const struct row *r, size_t units)
{
	HD_AUTO_STR input = HD_STR_INIT(INPUT_MAX);
	const struct fuzz_target *t = fuzz_target_named(r->target);
	struct work before, after;

	assert_non_null(t);
	grow(&input, r, units);
	before = work_so_far();
	t->run((const uint8_t *)input.ptr, input.len);
	after = work_so_far();
	return (struct work){ after.done - before.done,
		after.allocated - before.allocated };
}

static bool
linear(const struct row *r)
{
	struct work one, many;

	(void)measure(r, 1); /* one-time initialization */
	one = measure(r, UNITS);
	many = measure(r, MORE * UNITS);
	if (many.done < MOST * one.done &&
	    many.allocated < MOST * (one.allocated + 16384))
		return true;
	print_error("%s: %d times \"%.40s\": work %zu -> %zu (%.1f), memory "
		    "%zu -> %zu\n",
	    r->target, MORE, r->unit, one.done, many.done,
	    (double)many.done / (double)one.done, one.allocated,
	    many.allocated);
	return false;
}

static void
the_work_is_counted(void **state)
{
	static const struct row row = { "term", "\"", "a", "\"." };
	struct work w = measure(&row, UNITS);

	(void)state;
	assert_true(w.done > 3 * UNITS);
	assert_true(w.allocated > UNITS);
}

static void
eight_times_the_input_is_about_eight_times_the_work(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		failed += !linear(&rows[i]);
	assert_int_equal(failed, 0);
}

/* Shows one host, from its plan to its end. */
static void
show_host(const struct hd_sink *sink, const struct hd_report *r)
{
	struct hd_event events[] = {
		{ .kind = HD_EV_PLAN, .result = "planned", .after = r->after },
		{ .kind = HD_EV_STEP, .step = "ship", .result = HD_STEP_BEGIN },
		event_output(r->host, "a line\n"),
		{ .kind = HD_EV_PROGRESS, .step = "ship", .size = 1 },
		{ .kind = HD_EV_STEP, .step = "ship", .result = HD_STEP_OK },
		{ .kind = HD_EV_NOTE, .text = "done" },
		{ .kind = HD_EV_ERROR, .text = "failed" },
		{ .kind = HD_EV_HOST, .reports = r, .nreports = 1 },
	};

	for (size_t i = 0; i < HD_COUNT(events); i++) {
		events[i].host = r->host;
		hd_emit(sink, events[i]);
	}
}

static void
show(const struct hd_sink *sink, size_t n)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_report *reports = hd_arena_alloc(&a, n * sizeof(*reports));

	for (size_t i = 0; i < n; i++) {
		reports[i] = (struct hd_report){
			.host = hd_arena_fmt(&a, "web%zu", i),
			.after = hd_arena_fmt(&a, "0.%zu", i),
			.result = "ok",
			.text = hd_arena_fmt(&a, "reason %zu", i),
		};
		show_host(sink, &reports[i]);
	}
	hd_emit(sink, event_summary(0, reports, n));
}

/* A sink that draws one frame at the end. */
struct block {
	struct hd_sink sink;
	struct hd_lanes *lanes;
	struct hd_plan_groups *plans;
};

static void
take(void *ctx, const struct hd_event *ev)
{
	struct block *b = ctx;

	(void)hd_lanes_take(b->lanes, ev, 0);
	if (ev->kind == HD_EV_PLAN)
		hd_plan_groups_take(b->plans, ev);
}

static size_t
show_work(FILE *nowhere, size_t n, bool program)
{
	struct hd_plain_opts o = HD_PLAIN_OPTS_INIT;
	struct block b = { .sink = { take, &b },
		.lanes = hd_lanes_new(),
		.plans = hd_plan_groups_new() };
	struct hd_sink json = hd_screen_json(nowhere);
	struct hd_screens *screens = hd_screens_new();
	struct hd_plain *plain;
	size_t before = work_so_far().done, after;

	o.out = o.err = nowhere;
	plain = hd_plain_new(&o);
	hd_screens_add(screens, hd_plain_sink(plain));
	hd_screens_add(screens, program ? &json : &b.sink);
	show(hd_screens_sink(screens), n);
	hd_plan_groups_print(b.plans, nowhere, false, 80);
	hd_screens_free(screens);
	hd_plain_free(plain);
	hd_lanes_free(b.lanes);
	hd_plan_groups_free(b.plans);
	after = work_so_far().done;
	return after - before;
}

static void
eight_times_the_hosts_are_about_eight_times_the_work_to_show(void **state)
{
	FILE *nowhere = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(nowhere);
	for (int program = 0; program < 2; program++) {
		size_t one = show_work(nowhere, UNITS, program);
		size_t many = show_work(nowhere, MORE * UNITS, program);

		if (many >= MOST * one)
			fail_msg("%s: work %zu -> %zu",
			    program ? "JSON" : "lines", one, many);
	}
	fclose(nowhere);
}

/* Files, folders, links, applications and their texts in one release. */
static size_t
inspect_work(const char *folder, size_t n)
{
	HD_AUTO_STR tar = TARBALL_INIT;
	struct hd_artifact *a;
	struct hd_err err = { 0 };
	size_t before, after;

	tarball_release(&tar, "demo", "1.0");
	for (size_t i = 0; i < n; i++) {
		char name[64];

		snprintf(name, sizeof(name), "lib/a-%zu", i);
		tarball_add(&tar, '5', name, "", "");
		snprintf(name, sizeof(name), "lib/a-%zu/ebin/a.app", i);
		tarball_add(&tar, '0', name, "", "{application,a,[]}.");
		snprintf(name, sizeof(name), "lib/a-%zu/link", i);
		tarball_add(&tar, '2', name, "ebin", "");
		snprintf(name, sizeof(name), "releases/2.%zu/other.rel", i);
		tarball_add(&tar, '0', name, "", "{x}.");
	}
	tarball_write(&tar, folder, "r.tar.gz");
	before = work_so_far().done;
	assert_hd_ok(hd_artifact_open(&a, folder_path(folder, "r.tar.gz"),
			 "demo", NULL, 1 << 30, &err),
	    &err);
	after = work_so_far().done;
	hd_artifact_free(a);
	return after - before;
}

static void
eight_times_the_files_are_about_eight_times_the_work_to_inspect(void **state)
{
	size_t one = inspect_work(*state, UNITS / 4);
	size_t many = inspect_work(*state, MORE * UNITS / 4);

	if (many >= MOST * one)
		fail_msg("work %zu -> %zu", one, many);
}

static void
every_target_is_measured(void **state)
{
	(void)state;
	for (size_t i = 0; fuzz_target(i) != NULL; i++) {
		size_t k = 0;

		while (k < HD_COUNT(rows) &&
		       strcmp(rows[k].target, fuzz_target(i)->name) != 0)
			k++;
		if (k == HD_COUNT(rows))
			fail_msg("no row for %s", fuzz_target(i)->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_work_is_counted),
		cmocka_unit_test(
		    eight_times_the_input_is_about_eight_times_the_work),
		cmocka_unit_test(
		    eight_times_the_hosts_are_about_eight_times_the_work_to_show),
		cmocka_unit_test_setup_teardown(
		    eight_times_the_files_are_about_eight_times_the_work_to_inspect,
		    folder_setup, folder_teardown),
		cmocka_unit_test(every_target_is_measured),
	};

	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
