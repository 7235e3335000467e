#include "tests/support/cmocka_all.h"

#include "cmd/project.h"
#include "core/inventory/load.h"

#include <string.h>

#define MIX_HEAD                                                               \
	"defmodule Hotcode.MixProject do\n"                                    \
	"  use Mix.Project # app: :wrong\n"                                    \
	"  def project do\n"                                                   \
	"    [app: :hotcode, version: \"0.1.0\", deps: deps()"
#define MIX_END "]\n  end\nend\n"

#define REBAR(extra)                                                           \
	"%% {release, {wrong, \"1\"}, []}\n"                                   \
	"{relx, [{release, {hotcode, \"0.1.0\"}, [hotcode, sasl]},\n"          \
	"  " extra "{include_erts, true}]}.\n"

static const struct row {
	const char *about;
	struct hd_sources in;
	const char *name, *driver;
	const char *notes[3]; /* a part of each, in this order */
} rows[] = {
	{ "nothing", { 0 }, "myapp", "relx", { "no release was found" } },
	{ "relx", { .rebar = REBAR("{extended_start_script, true}, ") },
	    "hotcode", "relx", { 0 } },
	{ "relx without what is needed",
	    { .rebar = "{relx, [{release, {'hotcode', \"1\"}, [hotcode]},"
		       "{mode, dev}]}." },
	    "hotcode", "relx",
	    { "extended_start_script", "add sasl", "{mode, prod}" } },
	{ "two releases",
	    { .rebar = REBAR("{extended_start_script, true},"
			     "{release, {other, \"1\"}, [x]}, ") },
	    "hotcode", "relx", { "also a release other" } },
	{ "a library", { .rebar = "{deps, []}.\n" }, "myapp", "relx",
	    { "extended_start_script", "add sasl", "no release" } },
	{ "relx.config before rebar.config",
	    { .rebar = "{deps, []}.",
		.relx = REBAR("{extended_start_script, true}, ") },
	    "hotcode", "relx", { 0 } },
	{ "distillery by its configuration",
	    { .mix = MIX_HEAD MIX_END,
		.distillery = "set default_release: :default\n"
			      "release :shop do\n  set version: \"1\"\nend\n" },
	    "shop", "distillery", { "before 2.1" } },
	{ "distillery by its dependency",
	    { .mix = MIX_HEAD MIX_END
		"defp deps, do: [{:distillery, \"~> 2.0\"}]" },
	    "hotcode", "distillery", { "before 2.1" } },
	{ "mix release", { .mix = MIX_HEAD MIX_END }, "hotcode", "script",
	    { "cannot be upgraded hot" } },
	{ "mix release with names",
	    { .mix = MIX_HEAD ", releases: [web: [applications: [a: :b],"
			      " steps: [:assemble]], admin: []]" MIX_END },
	    "web", "script", { "also a release admin", "hot" } },
	{ "mix release with names elsewhere",
	    { .mix = MIX_HEAD
		", releases: releases()" MIX_END
		"defp releases do\n  [\n    shop: [\n quiet: true]\n ]\nend" },
	    "shop", "script", { "hot" } },
	{ "an umbrella",
	    { .mix = "[apps_path: \"apps\", deps: [{:x, app: false}]]" },
	    "myapp", "script", { "hot", "no release" } },
	{ "no end in sight", { .mix = "app: :a, releases: [\"" }, "a", "script",
	    { "hot" } },
	{ "a name in quotes that can be none",
	    { .relx = "{release, {'my-app', \"1\"}, [sasl]},"
		      "{extended_start_script, true}" },
	    "myapp", "relx", { "no release" } },
	{ "a name that can be none", { .mix = "app: :Hotcode" }, "myapp",
	    "script", { "hot", "no release" } },
};

/* Whether this driver may stand in a deploy.ini. */
static bool
driver_exists(const char *driver)
{
	HD_AUTO_ARENA a = { 0 };
	const char *text = hd_arena_fmt(&a,
	    "[app]\nname = a\ndriver = %s\nrelease = r\n"
	    "[prod]\npath = /srv/a\nhost = h\n",
	    driver);
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;
	bool exists =
	    hd_inventory_parse(&inv, text, strlen(text), &problems) == 0;

	if (exists)
		hd_inventory_free(inv);
	hd_problems_done(&problems);
	return exists;
}

static void
check_ini(const struct row *row, const struct hd_project *p)
{
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;

	hd_project_write(p, &text);
	if (hd_inventory_parse(&inv, text.ptr, text.len, &problems) < 0)
		fail_msg("%s: line %u: %s\n%s", row->about, problems.v[0].line,
		    problems.v[0].text, text.ptr);
	assert_string_equal(inv->app.name, row->name);
	assert_string_equal(inv->app.driver, row->driver);
	assert_non_null(inv->app.build);
	assert_non_null(strstr(inv->app.release, row->name));
	assert_string_equal(inv->envs.v[0].name, "prod");
	hd_inventory_free(inv);
	hd_problems_done(&problems);
}

static void
every_project_gets_a_deploy_ini_that_can_be_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const struct row *row = &rows[i];
		HD_AUTO_ARENA a = { 0 };
		struct hd_project p;
		size_t n = 0;

		hd_project_read(&p, &row->in, &a);
		if (strcmp(p.driver, row->driver) != 0 ||
		    strcmp(p.name != NULL ? p.name : "myapp", row->name) != 0)
			fail_msg("%s: %s, %s", row->about, p.driver,
			    p.name != NULL ? p.name : "-");
		while (n < HD_COUNT(row->notes) && row->notes[n] != NULL)
			n++;
		if (p.notes.n != n)
			fail_msg("%s: %zu notes", row->about, p.notes.n);
		for (size_t k = 0; k < n; k++)
			assert_non_null(strstr(p.notes.v[k], row->notes[k]));
		if (driver_exists(row->driver))
			check_ini(row, &p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_project_gets_a_deploy_ini_that_can_be_read),
	};

	return cmocka_run_group_tests_name("project", tests, NULL, NULL);
}
