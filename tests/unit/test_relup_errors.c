/* Each error of systools, and its sentence. */
#include "tests/support/cmocka_all.h"

#include "core/erlang/erlang.h"
#include "tests/support/folder.h"

#include <stdbool.h>
#include <string.h>

/* clang-format off */
#define APP(vsn, more) "{application,demo,[{description,\"\"},{vsn,\"" vsn \
	"\"},{registered,[]},{applications,[kernel,stdlib]}" more "]}."
#define OTP(name, vsn) "{application," name ",[{description,\"\"},{vsn,\"" \
	vsn "\"}," \
	"{modules,[]},{registered,[]},{applications,[]}]}."
#define REL(vsn, erts, apps) "{release,{\"demo\",\"" vsn "\"},{erts,\"" erts \
	"\"},[{kernel,\"1\"},{stdlib,\"1\"}" apps "]}."
#define SASL ",{sasl,\"4\"}" /* 2.2 came with R15 */
#define WAYS(up, down) "{\"2\",[{\"1\",[" up "]}],[{\"1\",[" down "]}]}."
#define UP(up) WAYS(up, "")
#define MODULES ",{modules,[m,n]}"

/* A release that the row changes in one file of it; systools then refuses. */
static const struct row {
	const char *path, *text; /* text NULL: the file is missing */
	const char *says;
} rows[] = {
	/* finding the appups */
	{ "to/lib/demo-2/ebin/demo.appup", "{\"2\",[],[]}.",
	  "demo 1 -> 2: lib/demo-2/ebin/demo.appup of the release has no entry "
	  "for 1: add {\"1\", [...]} to both of its lists" },
	{ "to/lib/demo-2/ebin/demo.appup", "{\"2\",[{\"1\",[]}],[]}.",
	  "has no entry for 1" },
	{ "to/lib/demo-2/ebin/demo.appup", "{\"3\",[{\"1\",[]}],[{\"1\",[]}]}.",
	  "lib/demo-2/ebin/demo.appup of the release is for version \"3\", but "
	  "the release has demo 2: write \"2\" as its first element" },
	{ "to/lib/demo-2/ebin/demo.appup", "{\"2\",[{\"1\",[]}]",
	  "lib/demo-2/ebin/demo.appup of the release is not valid Erlang at "
	  "line 1: syntax error" },
	{ "to/lib/demo-2/ebin/demo.appup", "{\"2\",oops}.",
	  "lib/demo-2/ebin/demo.appup of the release is not an appup: write "
	  "{\"2\", [{\"1\", UP}], [{\"1\", DOWN}]}." },
	{ "to/lib/demo-2/ebin/demo.appup", NULL,
	  "demo 1 -> 2 has no appup: write appup/demo.appup (ADVICE)" },
	{ "appup/demo.appup", "{\"2\",[{\"1\",[]}],[{\"1\",[]}]}.\n%% draft\n",
	  "appup/demo.appup is a draft: review it, then remove its line "
	  "\"%% draft\"" },
	{ "appup/demo.appup", "{\"1\",[],[]}.",
	  "appup/demo.appup is for version \"1\", but the release has demo 2" },
	{ "appup/demo.appup", "{\"2\",[],[]}.",
	  "appup/demo.appup has no entry for 1" },
	{ "appup/demo.appup", "{\n\"2\" [],[]}.",
	  "appup/demo.appup is not valid Erlang at line 2: syntax error" },

	/* entries that no appup makes hot */
	{ "to/releases/2/demo.rel", REL("2", "9", SASL ",{demo,\"2\"}"),
	  "no relup leads hot from 1 to 2: the Erlang runtime changes (erts 1, "
	  "9); hosts on 1 need a stop and start (--cold)" },
	{ "to/lib/demo-2/ebin/demo.appup", UP("restart_new_emulator"),
	  "no relup leads hot from 1 to 2: an appup restarts the emulator; "
	  "hosts on 1 need a stop and start (--cold)" },
	{ "to/lib/demo-2/ebin/demo.appup", WAYS("", "restart_emulator"),
	  "no relup leads hot back from 2 to 1: an appup restarts the emulator" },

	/* .rel and .app files */
	{ "to/releases/2/demo.rel", REL("2", "1", ",{demo,\"2\"}"),
	  "1 -> 2: demo 2 does not contain sasl, whose release_handler upgrades "
	  "a node: add sasl to the applications of the release (rebar.config: "
	  "relx; mix.exs: `applications: [sasl: :permanent]` in the release)" },
	{ "0/releases/1/demo.rel", REL("1", "1", ",{demo,\"1\"}"),
	  "1 -> 2: demo 1 does not contain sasl" },
	{ "to/releases/2/demo.rel", "{release,{\"demo\",\"2\"},{erts,\"1\"},"
	  "[{kernel,\"1\",load},{stdlib,\"1\"},{sasl,\"4\"},{demo,\"2\"}]}.",
	  "1 -> 2: the release has kernel as load: make it permanent in the "
	  "release's list of applications" },
	{ "to/releases/2/demo.rel", "{release,{\"demo\",\"2\"},{erts,\"1\"},"
	  "[{stdlib,\"1\"},{sasl,\"4\"},{demo,\"2\"}]}.",
	  "1 -> 2: the release does not contain kernel: build the release "
	  "again" },
	{ "to/releases/2/demo.rel", "{release,{\"demo\",\"2\"}}.",
	  "demo 2 has no valid .rel file" },
	{ "to/releases/2/demo.rel", REL("2", "1", SASL ",{demo,\"2\",often}"),
	  "1 -> 2: the .rel file has applications that are not {NAME, VERSION, "
	  "TYPE}: [{demo,\"2\",often}]" },
	{ "to/releases/2/demo.rel", REL("2", "1", SASL ",{demo,two}"),
	  "a .rel file has no usable version of demo" },
	{ "to/releases/2/demo.rel", REL("2", "1", SASL ",{demo,\"../..\"}"),
	  "a .rel file has no usable version of demo" },
	{ "to/releases/2/demo.rel", REL("2", "1", SASL ",{demo,\"2*\"}"),
	  "a .rel file has no usable version of demo" },
	{ "to/lib/demo-2/ebin/demo.app", NULL,
	  "1 -> 2: demo.app is missing in the release: build it again" },
	{ "to/lib/demo-2/ebin/demo.app", APP("7", MODULES),
	  "1 -> 2: demo.app has version 7, but the .rel file names 2: build the "
	  "release again" },
	{ "to/lib/demo-2/ebin/demo.app", "{application,demo,[{vsn,\"2\"}",
	  "1 -> 2: demo.app is not valid Erlang at line 1: build the release "
	  "again" },
	{ "to/lib/demo-2/ebin/demo.app", "{application,\"demo\"}.",
	  "1 -> 2: demo.app is not {application, NAME, [...]}: build the "
	  "release again" },
	{ "to/lib/demo-2/ebin/demo.app", APP("2", ""),
	  "1 -> 2: demo.app lacks modules: add it to the .app.src or mix.exs of "
	  "the application" },
	{ "to/lib/demo-2/ebin/demo.app", APP("2", ",{modules,\"m\"}"),
	  "1 -> 2: demo.app has a bad modules: correct it in the .app.src or "
	  "mix.exs of the application" },
	{ "to/lib/demo-2/ebin/demo.app",
	  APP("2", MODULES ",{included_applications,[ssl]}"),
	  "1 -> 2: an application needs ssl, and the release does not contain "
	  "it: add it to the release's list of applications, or remove it from "
	  "`applications` in the .app file that names it" },
	{ "to/lib/kernel-1/ebin/kernel.app", "{application,kernel,[{description,"
	  "\"\"},{vsn,\"1\"},{modules,[]},{registered,[]},{applications,[demo]}]}.",
	  "1 -> 2: these applications depend on each other in a circle: {demo,\"2\"}, "
	  "{kernel,\"1\"}" },
	{ "to/lib/kernel-1/ebin/kernel.app", "{application,kernel,[{description,"
	  "\"\"},{vsn,\"1\"},{modules,[m]},{registered,[]},{applications,[]}]}.",
	  "1 -> 2: two applications have a module of the same name: m (kernel and "
	  "demo): rename one" },

	/* instructions of appups */
#define REFUSES(instruction, sentence)                                        \
	{ "to/lib/demo-2/ebin/demo.appup", UP(instruction), "1 -> 2: " sentence }
	REFUSES("{load_module,x}",
	    "an appup loads x, but no application of the release has this "
	    "module: correct its name, or add it to `modules` of the .app file"),
	REFUSES("{add_module,x}", "an appup loads x, but no application"),
	REFUSES("{load_module,m,[n]}",
	    "an appup says that a module depends on n, but has no instruction "
	    "for n: add one, or remove it from the list of dependencies (n is in "
	    "demo)"),
	REFUSES("{load_module,m},{update,m}",
	    "the appups have two instructions for m: keep one (m is in demo)"),
	REFUSES("{restart_application,other}",
	    "an appup starts or restarts other, which is not in both releases: "
	    "correct its name"),
	REFUSES("{remove_application,sasl}",
	    "an appup removes sasl, but the release still contains it: remove "
	    "the instruction, or the application from the release"),
	REFUSES("{load_object_code,{demo,\"1\",[m]}},{load_module,n}",
	    "appups load code of demo 1 and of demo 2: name one version in "
	    "their load_object_code"),
	REFUSES("{suspend,[m]},point_of_no_return",
	    "an appup has {suspend,[m]} before point_of_no_return, where only "
	    "load_object_code and apply are allowed: move it after "
	    "point_of_no_return"),
	REFUSES("point_of_no_return,point_of_no_return",
	    "an appup has point_of_no_return twice: keep one"),
	REFUSES("{load,{m,brutal_purge,brutal_purge}}",
	    "an appup loads m without a load_object_code for it: add one, or "
	    "write {load_module, m} (m is in demo)"),
	REFUSES("{suspend,[m]}",
	    "an appup suspends m and does not resume it: add a resume"),
	REFUSES("{resume,[m]}",
	    "an appup resumes m and does not suspend it: add a suspend"),
	REFUSES("{start,[m]}",
	    "an appup starts m without stopping it first: add a stop"),
	REFUSES("{stop,[m]}",
	    "an appup stops m and does not start it again: add a start"),
	REFUSES("mnesia_backup",
	    "an appup has mnesia_backup, which Erlang/OTP does not implement: "
	    "remove it"),
	REFUSES("{reload,m}",
	    "an appup has {reload,m}, which is not an instruction of appup(4)"),
	REFUSES("{load_module,\"m\"}",
	    "an instruction of an appup has \"m\" as a module: write an atom"),
	REFUSES("{update,m,{basic,1}}",
	    "an instruction of an appup has {basic,1} as the kind of change: "
	    "write soft or {advanced, EXTRA}"),
	REFUSES("{update,m,fixed,default,soft,brutal_purge,brutal_purge,[]}",
	    "an instruction of an appup has fixed as the type of a module: "
	    "write static or dynamic"),
	REFUSES("{load_module,m,hard,brutal_purge,[]}",
	    "an instruction of an appup has hard as a purge method: write "
	    "brutal_purge or soft_purge"),
	REFUSES("{purge,m}",
	    "an instruction of an appup has m as a list of modules: write "
	    "[MODULE, ...]"),
	REFUSES("{apply,{m,f,a}}",
	    "an instruction of an appup has a as the arguments of a function: "
	    "write [ARGUMENT, ...]"),
	REFUSES("{apply,{m,\"f\",[]}}",
	    "an instruction of an appup has \"f\" as a function: write an "
	    "atom"),
	REFUSES("{sync_nodes,x,[\"n\"]}",
	    "an instruction of an appup has \"n\" as a node: write an atom"),
	REFUSES("{restart_application,\"demo\"}",
	    "an instruction of an appup has \"demo\" as an application: write an "
	    "atom"),
	REFUSES("{add_application,demo,often}",
	    "an instruction of an appup has often as a start type: write "
	    "permanent, transient, temporary, load or none"),
	REFUSES("{load_object_code,{\"demo\",\"2\",[m]}}",
	    "an instruction of an appup has \"demo\" as an application: write "
	    "an atom"),
	REFUSES("{load_object_code,{demo,two,[m]}}",
	    "an instruction of an appup has two as a version: write a string"),
	REFUSES("{update,m,dynamic,soon,soft,brutal_purge,brutal_purge,[]}",
	    "an instruction of an appup has soon as a timeout: write default, "
	    "infinity or a number of milliseconds"),
	REFUSES("{suspend,[m]},{code_change,sideways,[{m,1}]},{resume,[m]}",
	    "an instruction of an appup has sideways as a direction: write up "
	    "or down"),
	REFUSES("{code_change,up,[m]}",
	    "an instruction of an appup has m as a code_change: write {MODULE, "
	    "EXTRA}"),
};

/* Errors that the checks above, or the reading of the release, prevent. */
static const struct {
	const char *term, *says;
} terms[] = {
	{ "{systools_relup,{file_problem,{\"/x/ebin/demo.appup\",{error,{open,"
	  "\"/x\",enoent}}}}}", "1 -> 2: demo 2 has no appup" },
	{ "{systools_relup,{file_problem,{\"/x/ebin/demo.appup\",odd}}}",
	  "1 -> 2: lib/demo-2/ebin/demo.appup of the release cannot be read: "
	  "enoent" },
	{ "{systools_relup,{file_problem,{\"relup\",{open,eacces}}}}",
	  "1 -> 2: relup cannot be used: {open,eacces}" },
	{ "{systools_relup,{no_relup,\"/x/ebin/demo.appup\","
	  "{application,demo,\"2\"},\"1\"}}",
	  "demo 1 -> 2: lib/demo-2/ebin/demo.appup of the release has no entry "
	  "for 1" },
	{ "{systools_make,badly_formatted_release}",
	  "1 -> 2: the .rel file is not {release, {NAME, VERSION}, {erts, "
	  "ERTS}, APPS}" },
	{ "{systools_make,{illegal_name,demo}}",
	  "1 -> 2: the .rel file has the name demo, which is not a string" },
	{ "{systools_make,{illegal_form,{erts,1}}}",
	  "1 -> 2: the .rel file has the erts 1, which is not a string" },
	{ "{systools_make,{illegal_form,2}}",
	  "1 -> 2: the .rel file has the version 2, which is not a string" },
	{ "{systools_make,{missing_parameter,vsn}}",
	  "1 -> 2: the .rel file lacks its vsn" },
	{ "{systools_make,{mandatory_app,sasl,load}}",
	  "1 -> 2: the release has stdlib or sasl as load: make it "
	  "permanent in the release's list of applications" },
	{ "{systools_make,{duplicate_register,[{{p,a,\"1\",x},{p,b,\"1\",y}}]}}",
	  "1 -> 2: two applications register the same process name: p (a and "
	  "b): correct `registered` in one of their .app files" },
	{ "{systools_make,{duplicate_include,[{{p,a,\"1\",x},{p,b,\"1\",y}}]}}",
	  "1 -> 2: two applications include the same application: p (a and b)" },
	{ "{systools_make,{included_and_used,[a]}}",
	  "1 -> 2: [a] are both included and used" },
	{ "{systools_make,[{bad_application_name,{a,{b,\"1\"}}}]}",
	  "1 -> 2: a.app describes {b,\"1\"}: build the release again" },
	{ "{systools_make,[{error_reading,{a,{application_vsn,{a,\"1\"}}}}]}",
	  "1 -> 2: a.app of version 1 is missing: build the release again" },
	{ "{systools_make,[{error_reading,{a,{override_include,[b]}}}]}",
	  "1 -> 2: a.app does not have [b] in included_applications, but the "
	  ".rel file includes it" },
	{ "{systools_make,[{error_reading,{a,odd}}]}",
	  "1 -> 2: a.app cannot be used: odd" },
	{ "{systools_make,{modules,[{error,{module_not_found,a,m}}]}}",
	  "1 -> 2: systools_make refuses: {module_not_found,a,m}" },
	{ "{systools_make,{apps,[{undefined_applications,[a]}]}}",
	  "1 -> 2: an application needs a, and the release does not" },
	{ "{systools_make,{not_found,\"/x/demo.rel\"}}",
	  "1 -> 2: demo.rel is missing: build the release again" },
	{ "{systools_make,{parse,\"/x/demo.rel\",{1,m,x}}}",
	  "1 -> 2: demo.rel is not valid Erlang: build the release again" },
	{ "{systools_make,{read,\"/x/demo.rel\"}}",
	  "1 -> 2: demo.rel cannot be read" },
	{ "{systools_make,{open,\"/x/demo.rel\",eacces}}",
	  "1 -> 2: demo.rel cannot be opened: eacces" },
	{ "{systools_rc,{code_change_not_suspended,[m]}}",
	  "1 -> 2: an appup has a code_change of m without a suspend: add one, "
	  "or write {update, MODULE, {advanced, EXTRA}}" },
	{ "{systools_rc,{odd,1}}", "1 -> 2: the appups are refused: {odd,1}" },
	{ "{crash,function_clause}",
	  "1 -> 2: systools crashed, most likely on a malformed instruction in "
	  "an appup: function_clause" },
	{ "{other,odd}", "1 -> 2: other refuses: odd" },
	{ "{warning,{bad_vsn,{\"1\",\"2\"}}}",
	  "1 -> 2: an appup is for version \"1\", but the release has 2: write "
	  "\"2\" as its first element" },
	{ "{warning,{erts_vsn_changed,{{\"d\",\"1\"},{\"d\",\"9\"}}}}",
	  "1 -> 2: the Erlang runtime changes (erts 1, 9), which needs a stop "
	  "and start (--cold)" },
	{ "{warning,pre_R15_emulator_upgrade}",
	  "1 -> 2: the old release is older than Erlang/OTP R15" },
	{ "{foreign,elixir}", "no relup leads hot from 1 to 2: elixir 1 -> 2 "
	  "belongs to Elixir, which has no appups; hosts on 1 need a stop and "
	  "start (--cold)" },
	{ "{foreign,kernel}", "no relup leads hot from 1 to 2: kernel 1 -> 2 "
	  "belongs to Erlang/OTP, whose appup has no entry for 1; hosts" },
	{ "{missing,added}", "demo 1 -> 2: m is new, and the appup has no "
	  "instruction for it: add {add_module, m}, or the node runs without "
	  "it" },
	{ "{missing,deleted}", "demo 1 -> 2: m was removed, and the appup has "
	  "no instruction for it: add {delete_module, m}, or it stays loaded" },
};

/* Answers each argument with its first sentence. */
static const char program[] =
    "-module(errors).\n"
    "-export([main/1]).\n"
    "-needs([relup, relup_error]).\n"
    "main(Args) -> [{says, says(K, V)} || {K, V} <- Args].\n"
    "says(<<\"term\">>, Text) ->\n"
    "    {ok, Ts, _} = erl_scan:string(binary_to_list(Text) ++ \".\"),\n"
    "    {ok, {Kind, What}} = erl_parse:parse_term(Ts),\n"
    "    Rel = fun(V) -> #{version => V, root => \"/x\",\n"
    "        apps => [{demo, V}]} end,\n"
    "    Old = Rel(\"1\"), New = Rel(\"2\"),\n"
    "    case Kind of\n"
    "        warning -> try relup_error:warnings([What], Old, New)\n"
    "            catch throw:{problems, [S]} -> S end;\n"
    "        foreign -> relup_error:impossible(Old, New,\n"
    "            [relup_error:foreign(relup_error:family(What), What,\n"
    "                \"1\", \"2\")]);\n"
    "        missing -> relup_error:missing(demo, \"1\", \"2\", m, What);\n"
    "        _ -> hd(relup_error:sentences(Kind, What, Old, New))\n"
    "    end;\n"
    "says(<<\"folder\">>, F) ->\n"
    "    In = fun(P) -> <<F/binary, $/, P/binary>> end,\n"
    "    Answer = relup:main([{<<\"name\">>, <<\"demo\">>},\n"
    "        {<<\"version\">>, <<\"2\">>}, {<<\"root\">>, In(<<\"to\">>)},\n"
    "        {<<\"appups\">>, In(<<\"appup\">>)}, {<<\"drafts\">>, <<\"no\">>},\n"
    "        {<<\"out\">>, In(<<\"relup\">>)}, {<<\"base\">>, <<\"1\">>},\n"
    "        {<<\"from\">>, In(<<\"0\">>)}, {<<\"advice\">>, <<\"ADVICE\">>}, {<<\"priv\">>, <<\"demo\">>}]),\n"
    "    hd([V || {K, V} <- Answer, K =:= problem orelse K =:= note]\n"
    "        ++ [\"a relup\"]).\n";
static const struct hd_erlang_source programs[] = {
	{ "errors", program, sizeof(program) - 1 }, { NULL, NULL, 0 }
};

static const struct {
	const char *path, *text;
} files[] = {
	{ "to/releases/2/demo.rel", REL("2", "1", SASL ",{demo,\"2\"}") },
	{ "to/lib/demo-2/ebin/demo.app", APP("2", MODULES) },
	{ "to/lib/demo-2/ebin/demo.appup", UP("{load_module,m}") },
	{ "0/releases/1/demo.rel", REL("1", "1", SASL ",{demo,\"1\"}") },
	{ "0/lib/demo-1/ebin/demo.app", APP("1", MODULES) },
	{ "to/lib/kernel-1/ebin/kernel.app", OTP("kernel", "1") },
	{ "to/lib/stdlib-1/ebin/stdlib.app", OTP("stdlib", "1") },
	{ "to/lib/sasl-4/ebin/sasl.app", OTP("sasl", "4") },
};
/* clang-format on */

struct asking {
	struct hd_arena arena;
	struct hd_pairs args, answer;
};

static void
ask(struct asking *a)
{
	const struct hd_erlang_call call = { .program = "errors",
		.args = a->args.v,
		.nargs = a->args.n,
		.purpose = "test",
		.timeout_ms = 120 * 1000,
		.more = programs };
	struct hd_err err = { 0 };

	assert_hd_ok(hd_erlang_run(&call, &a->arena, &a->answer, &err), &err);
	assert_int_equal(a->answer.n, a->args.n);
}

static void
expect(const char *what, const char *got, const char *says)
{
	if (strstr(got, says) == NULL)
		fail_msg("%s\nsays: %s\nnot:  %s", what, got, says);
}

static void
write_case(const char *folder, const struct row *row)
{
	bool own = row->path[0] == 'a'; /* appup/: the release has none */

	for (size_t i = 0; i < HD_COUNT(files); i++) {
		const char *path = files[i].path;

		if (strcmp(path, row->path) != 0 &&
		    !(own && strstr(path, ".appup") != NULL))
			folder_write(
			    folder, path, files[i].text, strlen(files[i].text));
	}
	if (row->text != NULL)
		folder_write(folder, row->path, row->text, strlen(row->text));
}

static void
each_refusal_of_systools_has_its_sentence(void **state)
{
	struct asking a = { 0 };

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		const char *folder =
		    hd_arena_fmt(&a.arena, "%s/%zu", (const char *)*state, i);

		write_case(folder, &rows[i]);
		*HD_PUSH(&a.arena, &a.args) =
		    (struct hd_pair){ "folder", folder };
	}
	ask(&a);
	for (size_t i = 0; i < HD_COUNT(rows); i++)
		expect(rows[i].text != NULL ? rows[i].text : rows[i].path,
		    a.answer.v[i].value, rows[i].says);
	hd_arena_done(&a.arena);
}

static void
each_other_error_term_has_its_sentence(void **state)
{
	struct asking a = { 0 };

	(void)state;
	for (size_t i = 0; i < HD_COUNT(terms); i++)
		*HD_PUSH(&a.arena, &a.args) =
		    (struct hd_pair){ "term", terms[i].term };
	ask(&a);
	for (size_t i = 0; i < HD_COUNT(terms); i++)
		expect(terms[i].term, a.answer.v[i].value, terms[i].says);
	hd_arena_done(&a.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_refusal_of_systools_has_its_sentence),
		cmocka_unit_test(each_other_error_term_has_its_sentence),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
