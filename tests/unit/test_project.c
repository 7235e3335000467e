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

/* As rebar3 3.19 writes it. */
#define TEMPLATE                                                               \
	"{erl_opts, [debug_info]}.\n{deps, []}.\n\n"                           \
	"{relx, [{release, {hotcode, \"0.1.0\"},\n"                            \
	"         [hotcode,\n          sasl]},\n\n"                            \
	"        {mode, dev},\n\n"                                             \
	"        %% automatically picked up if the files\n"                    \
	"        %% exist but can be set manually, which\n"                    \
	"        {sys_config, \"./config/sys.config\"},\n"                     \
	"        {vm_args, \"./config/vm.args\"}\n"                            \
	"        %% {vm_args_src, \"./config/vm.args.src\"}\n]}.\n\n"
#define PROFILE                                                                \
	"{profiles, [{prod, [{relx,\n"                                         \
	"                     [%% prod is the default mode when prod\n"        \
	"                      {mode, prod}\n\n"                               \
	"                      %% use minimal mode to exclude ERTS\n"          \
	"                      %% {mode, minimal}\n"                           \
	"                     ]\n            }]}]}.\n"

static const struct row {
	const char *about;
	struct hd_sources in;
	const char *name, *driver;
	const char *notes[3]; /* a part of each, in this order */
} rows[] = {
	{ "nothing", { { 0 } }, "myapp", "relx", { "no project found" } },
	{ "relx",
	    { { [HD_SOURCE_REBAR] =
		    REBAR("{extended_start_script, true}, ") } },
	    "hotcode", "relx", { 0 } },
	{ "relx without its required settings",
	    { { [HD_SOURCE_REBAR] =
		    "{relx, [{release, {'hotcode', \"1\"}, [hotcode]},"
		    "{extended_start_script, false}, {mode, dev}]}." } },
	    "hotcode", "relx",
	    { "remove {extended_start_script, false} from", "add sasl",
		"{mode, prod}" } },
	{ "the template of rebar3 new release",
	    { { [HD_SOURCE_REBAR] = TEMPLATE PROFILE } }, "hotcode", "relx",
	    { 0 } },
	{ "the same without its profile", { { [HD_SOURCE_REBAR] = TEMPLATE } },
	    "hotcode", "relx", { "{mode, prod}" } },
	{ "dev in the profile",
	    { { [HD_SOURCE_REBAR] = TEMPLATE
		"{profiles, [{test, [{mode, prod}]},\n"
		"  {prod, [{relx, [{mode,  dev}]}]}, {x, [{mode, prod}]}]}." } },
	    "hotcode", "relx", { "{mode, prod}" } },
	{ "dev_mode that the profile overrides",
	    { { [HD_SOURCE_REBAR] = REBAR(
		    "{dev_mode, true}, ") "{profiles, [{prod, [{relx, [{dev_mode, false}]}]}]}." } },
	    "hotcode", "relx", { 0 } },
	{ "dev_mode", { { [HD_SOURCE_REBAR] = REBAR("{dev_mode, true}, ") } },
	    "hotcode", "relx", { "{mode, prod}" } },
	{ "no runtime in the profile",
	    { { [HD_SOURCE_REBAR] = TEMPLATE
		"{profiles, [{prod, [{relx, [{mode, minimal}]}]}]}." } },
	    "hotcode", "relx", { "must include its Erlang runtime" } },
	{ "no runtime at all",
	    { { [HD_SOURCE_REBAR] =
		    "{relx, [{release, {hotcode, \"1\"}, [sasl]},"
		    "{include_erts, false}]}." } },
	    "hotcode", "relx", { "must include its Erlang runtime" } },
	{ "two releases",
	    { { [HD_SOURCE_REBAR] =
		    REBAR("{extended_start_script, true},"
			  "{release, {other, \"1\"}, [x]}, ") } },
	    "hotcode", "relx", { "also a release other" } },
	{ "a library", { { [HD_SOURCE_REBAR] = "{deps, []}.\n" } }, "myapp",
	    "relx", { "add sasl", "no release" } },
	{ "relx.config before rebar.config",
	    { { [HD_SOURCE_REBAR] = "{deps, []}.",
		[HD_SOURCE_RELX] = REBAR("{extended_start_script, true}, ") } },
	    "hotcode", "relx", { 0 } },
	{ "distillery by its configuration",
	    { { [HD_SOURCE_MIX] = MIX_HEAD MIX_END,
		[HD_SOURCE_DISTILLERY] =
		    "set default_release: :default\n"
		    "release :shop do\n  set version: \"1\"\nend\n" } },
	    "shop", "distillery", { "before 2.1" } },
	{ "distillery by its dependency",
	    { { [HD_SOURCE_MIX] = MIX_HEAD MIX_END
		"defp deps, do: [{:distillery, \"~> 2.0\"}]" } },
	    "hotcode", "distillery", { "before 2.1" } },
	{ "mix release", { { [HD_SOURCE_MIX] = MIX_HEAD MIX_END } }, "hotcode",
	    "mix", { "for hot upgrades add" } },
	{ "mix release with sasl",
	    { { [HD_SOURCE_MIX] = MIX_HEAD
		", extra_applications: [:logger, :sasl]" MIX_END } },
	    "hotcode", "mix", { 0 } },
	{ "mix release with names",
	    { { [HD_SOURCE_MIX] =
		    MIX_HEAD ", releases: [web: [applications: [a: :b],"
			     " steps: [:assemble]], admin: []]" MIX_END } },
	    "web", "mix", { "also a release admin", "hot" } },
	{ "mix release with names in a function",
	    { { [HD_SOURCE_MIX] = MIX_HEAD
		", releases: releases()" MIX_END
		"defp releases do\n  [\n    shop: [\n quiet: true]\n ]\nend" } },
	    "shop", "mix", { "hot" } },
	{ "castle 0.3",
	    { { [HD_SOURCE_MIX] = MIX_HEAD
		", releases: [shop: [steps: [&Forecastle.pre_assemble/1]]]" MIX_END } },
	    "shop", "castle", { 0 } },
	{ "castle 1",
	    { { [HD_SOURCE_MIX] = MIX_HEAD
		", releases: [shop: Castle.customize([])]" MIX_END } },
	    "shop", "castle", { 0 } },
	{ "castle for its appups only",
	    { { [HD_SOURCE_MIX] = MIX_HEAD MIX_END
		"defp deps, do: [{:castle, \"~> 1.0\", runtime: false}]" } },
	    "hotcode", "mix", { "hot" } },
	{ "an umbrella",
	    { { [HD_SOURCE_MIX] =
		    "[apps_path: \"apps\", deps: [{:x, app: false}]]" } },
	    "myapp", "mix", { "hot", "no release found in mix.exs" } },
	{ "a string without an end",
	    { { [HD_SOURCE_MIX] = "app: :a, releases: [\"" } }, "a", "mix",
	    { "hot" } },
	{ "an invalid name in quotes",
	    { { [HD_SOURCE_RELX] = "{release, {'my-app', \"1\"}, [sasl]},"
				   "{extended_start_script, true}" } },
	    "myapp", "relx", { "no release" } },
	{ "an invalid name", { { [HD_SOURCE_MIX] = "app: :Hotcode" } }, "myapp",
	    "mix", { "hot", "no release" } },
	{ "Rust",
	    { { [HD_SOURCE_CARGO] = "# [package]\n[package]\n"
				    "name = \"my-shop\" # a shop\n"
				    "[dependencies]\nname = \"x\"\n" } },
	    "my-shop", "app", { "a unit my-shop.service" } },
	{ "Rust with programs of other names",
	    { { [HD_SOURCE_CARGO] = "[package]\nname='shop'\n[[bin]]\n"
				    "  name = \"web\"\n[[bin]]\n"
				    "name = \"job\"" } },
	    "web", "app", { "also a program job", "unit web.service" } },
	{ "a workspace of Rust",
	    { { [HD_SOURCE_CARGO] = "[workspace]\nmembers = [\"a\"]\n" } },
	    "myapp", "app", { "unit", "no program found in Cargo.toml" } },
	{ "Go", { { [HD_SOURCE_GO] = "// x\nmodule example.com/shop\n" } },
	    "shop", "app", { "ExecStart=/srv/shop/current/shop" } },
	{ "Go, second major version",
	    { { [HD_SOURCE_GO] = "module \"example.com/Shop/v2\"\r\n" } },
	    "Shop", "app", { "unit" } },
	{ "Go, a file without a module",
	    { { [HD_SOURCE_GO] = "go 1.22\nmodules" } }, "myapp", "app",
	    { "unit", "no program found in go.mod" } },
	{ "Node", { { [HD_SOURCE_NODE] = "{\"name\": \"@me/shop\"}" } }, "shop",
	    "app", { "unit" } },
	{ "Node, not in JSON", { { [HD_SOURCE_NODE] = "{name: \"shop\"}" } },
	    "myapp", "app", { "unit", "no program" } },
	{ "Python",
	    { { [HD_SOURCE_PYTHON] = "[build-system]\nname = \"x\"\n"
				     "[project]\nname = \"shop\"\n" } },
	    "shop", "app", { "same version of Python", "unit" } },
	{ "Python with poetry",
	    { { [HD_SOURCE_PYTHON] = "[tool.poetry]\nname = \"shop\"" } },
	    "shop", "app", { "same version of Python", "unit" } },
	{ "several projects",
	    { { [HD_SOURCE_REBAR] = REBAR(""),
		[HD_SOURCE_RELX] = REBAR(""),
		[HD_SOURCE_GO] = "module shop",
		[HD_SOURCE_NODE] = "{\"name\": \"assets\"}" } },
	    "hotcode", "relx",
	    { "go.mod in the same folder was not used",
		"package.json in the same folder" } },
};

static void
check_ini(const struct row *row, const struct hd_project *p)
{
	HD_AUTO_STR text = HD_STR_INIT(64 * 1024);
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;
	bool made; /* by hdeploy */

	hd_project_write(p, &text);
	if (hd_inventory_parse(&inv, text.ptr, text.len, &problems) < 0)
		fail_msg("%s: line %u: %s\n%s", row->about, problems.v[0].line,
		    problems.v[0].text, text.ptr);
	assert_string_equal(inv->app.name, row->name);
	assert_string_equal(inv->app.driver, row->driver);
	made = strcmp(row->driver, "app") != 0 &&
	       strcmp(row->driver, "distillery") != 0;
	assert_int_equal(inv->app.relup, made ? HD_RELUP_AUTO : HD_RELUP_CHECK);
	assert_non_null(inv->app.build);
	assert_true(strcmp(inv->app.release, ".") == 0 ||
		    strstr(inv->app.release, row->name) != NULL);
	assert_string_equal(inv->envs.v[0].name, "prod");
	hd_inventory_free(inv);
	hd_problems_done(&problems);
}

static void
every_project_gets_a_valid_deploy_ini(void **state)
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
		check_ini(row, &p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_project_gets_a_valid_deploy_ini),
	};

	return cmocka_run_group_tests_name("project", tests, NULL, NULL);
}
