#include "cmd/project_private.h"

#include <string.h>

const char *const hd_source_files[HD_SOURCES] = {
	[HD_SOURCE_MIX] = "mix.exs",
	[HD_SOURCE_DISTILLERY] = "rel/config.exs",
	[HD_SOURCE_REBAR] = "rebar.config",
	[HD_SOURCE_RELX] = "relx.config",
	[HD_SOURCE_CARGO] = "Cargo.toml",
	[HD_SOURCE_GO] = "go.mod",
	[HD_SOURCE_PYTHON] = "pyproject.toml",
	[HD_SOURCE_NODE] = "package.json",
};

/* The file of the same project that comes first. */
static const enum hd_source project_of[HD_SOURCES] = {
	[HD_SOURCE_MIX] = HD_SOURCE_MIX,
	[HD_SOURCE_DISTILLERY] = HD_SOURCE_MIX,
	[HD_SOURCE_REBAR] = HD_SOURCE_REBAR,
	[HD_SOURCE_RELX] = HD_SOURCE_REBAR,
	[HD_SOURCE_CARGO] = HD_SOURCE_CARGO,
	[HD_SOURCE_GO] = HD_SOURCE_GO,
	[HD_SOURCE_PYTHON] = HD_SOURCE_PYTHON,
	[HD_SOURCE_NODE] = HD_SOURCE_NODE,
};

/* A kind of project. The first row that matches counts. In its texts, NAME is
 * replaced. */
struct hd_project_kind {
	enum hd_source source; /* this file exists */
	const char *word;      /* and has this word, if not NULL */
	const char *driver, *build, *release;
	bool relup;       /* hdeploy makes it */
	const char *unit; /* the unit runs this; NULL: it is an OTP release */
	const char *note;
	void (*find)(struct hd_reading *r);
	void (*advise)(struct hd_reading *r); /* NULL: nothing */
};

#define DISTILLERY                                                             \
	.driver = "distillery",                                                \
	.build = "MIX_ENV=prod mix distillery.release --upgrade",              \
	.release = "_build/prod/rel/NAME", .find = hd_project_find_distillery, \
	.note = "for Distillery before 2.1, change \"build\" to "              \
		"`mix release --upgrade`"
#define MIX                                                                    \
	.relup = true, .build = "MIX_ENV=prod mix release --overwrite",        \
	.release = "_build/prod/rel/NAME", .find = hd_project_find_mix
#define RELX                                                                   \
	.driver = "relx", .relup = true, .build = "rebar3 as prod release",    \
	.release = "_build/prod/rel/NAME", .find = hd_project_find_relx,       \
	.advise = hd_project_advise_relx

static const struct hd_project_kind kinds[] = {
	{ .source = HD_SOURCE_DISTILLERY, DISTILLERY },
	{ .source = HD_SOURCE_MIX, .word = "distillery", DISTILLERY },
	{ .source = HD_SOURCE_MIX,
	    .word = "Forecastle",
	    .driver = "castle",
	    MIX },
	{ .source = HD_SOURCE_MIX,
	    .word = "Castle.customize",
	    .driver = "castle",
	    MIX },
	{ .source = HD_SOURCE_MIX,
	    .driver = "mix",
	    MIX,
	    .advise = hd_project_advise_mix },
	{ .source = HD_SOURCE_RELX, RELX },
	{ .source = HD_SOURCE_REBAR, RELX },
	{ .source = HD_SOURCE_CARGO,
	    .driver = "app",
	    .build = "cargo build --release",
	    .release = "target/release/NAME",
	    .unit = "/srv/NAME/current/NAME",
	    .find = hd_project_find_cargo },
	{ .source = HD_SOURCE_GO,
	    .driver = "app",
	    .build = "CGO_ENABLED=0 go build -trimpath -o NAME",
	    .release = "NAME",
	    .unit = "/srv/NAME/current/NAME",
	    .find = hd_project_find_go },
	{ .source = HD_SOURCE_PYTHON,
	    .driver = "app",
	    .build = "rm -rf build/NAME && python3 -m pip install --quiet "
		     "--no-compile --target build/NAME .",
	    .release = "build/NAME",
	    .unit = "/usr/bin/python3 -m NAME",
	    .find = hd_project_find_python,
	    .note = "the hosts must have the same version of Python as this "
		    "machine" },
	{ .source = HD_SOURCE_NODE,
	    .driver = "app",
	    .build = "npm ci && npm run build --if-present",
	    .release = ".",
	    .unit = "/usr/bin/node .",
	    .find = hd_project_find_node },
};

/* If there is no project. */
static const struct hd_project_kind no_kind = { .driver = "relx",
	.relup = true,
	.build = "rebar3 as prod release",
	.release = "_build/prod/rel/NAME" };

static const char *
named(struct hd_arena *a, const char *text, const char *name)
{
	HD_AUTO_STR out = HD_STR_INIT(4096);
	const char *p;

	if (text == NULL)
		return NULL;
	for (; (p = strstr(text, "NAME")) != NULL; text = p + 4)
		hd_str_addf(&out, "%.*s%s", (int)(p - text), text, name);
	hd_str_add(&out, text);
	return hd_arena_strdup(a, out.ptr);
}

/* Erlang's comments begin with %, Elixir's with #. */
static void
take(struct hd_reading *r, const struct hd_sources *in)
{
	memcpy(r->text, in->text, sizeof(r->text));
	for (enum hd_source i = HD_SOURCE_MIX; i <= HD_SOURCE_RELX; i++)
		r->text[i] = hd_project_code(r->a, in->text[i],
		    project_of[i] == HD_SOURCE_MIX ? '#' : '%');
}

static const struct hd_project_kind *
kind_of(const struct hd_reading *r)
{
	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		const char *text = r->text[kinds[i].source];

		if (text != NULL && (kinds[i].word == NULL ||
					hd_project_has(text, kinds[i].word)))
			return &kinds[i];
	}
	return &no_kind;
}

/* Other projects in the same folder. */
static void
name_others(struct hd_reading *r)
{
	enum hd_source ours = project_of[r->kind->source];

	for (enum hd_source i = 0; i < HD_SOURCES; i++)
		if (r->text[i] != NULL && project_of[i] != ours)
			hd_project_note(r,
			    hd_arena_fmt(r->a,
				"this is for the project of %s; %s in the same "
				"folder was not used",
				hd_source_files[ours], hd_source_files[i]));
}

static void
name_missing(struct hd_reading *r)
{
	if (r->kind == &no_kind)
		hd_project_note(r,
		    "no project found in this folder (`hdeploy help init` "
		    "lists the files that it knows): set name, driver, build "
		    "and release");
	else if (r->p->name == NULL)
		hd_project_note(
		    r, hd_arena_fmt(r->a,
			   "no %s found in %s: set name, build and release",
			   r->program ? "program" : "release",
			   hd_source_files[project_of[r->kind->source]]));
}

/* A program without a unit cannot be started. */
static void
add_unit(struct hd_reading *r, const char *name)
{
	if (!r->program)
		return;
	hd_project_note(
	    r, hd_arena_fmt(r->a,
		   "the hosts need a unit %s.service, with "
		   "WorkingDirectory=/srv/%s/current and ExecStart=%s",
		   name, name, named(r->a, r->kind->unit, name)));
	hd_project_line(r, hd_arena_fmt(r->a, "service = %s.service", name));
	hd_project_line(r,
	    "# Folders that all versions share, in shared/ of the path.\n"
	    "; linked_dirs = log, uploads");
}

void
hd_project_read(
    struct hd_project *out, const struct hd_sources *in, struct hd_arena *a)
{
	struct hd_reading r = { .p = out, .a = a };
	const struct hd_project_kind *k;
	const char *name;

	*out = (struct hd_project){ 0 };
	take(&r, in);
	k = r.kind = kind_of(&r);
	r.program = k->unit != NULL;
	if (k->find != NULL)
		k->find(&r);
	name = out->name != NULL ? out->name : "myapp";
	out->driver = k->driver;
	out->build = named(a, k->build, name);
	out->release = named(a, k->release, name);
	out->has_no_version = r.program;
	out->relup_auto = k->relup;
	if (k->note != NULL)
		hd_project_note(&r, k->note);
	if (k->advise != NULL)
		k->advise(&r);
	add_unit(&r, name);
	name_others(&r);
	name_missing(&r);
}

void
hd_project_write(const struct hd_project *p, struct hd_str *out)
{
	const char *name = p->name != NULL ? p->name : "myapp";

	hd_str_add(out,
	    "# deploy.ini: what hdeploy deploys, and where. More keys "
	    "are in\n# deploy.ini.example; `hdeploy help` lists the "
	    "commands.\n");
	for (size_t i = 0; i < p->notes.n; i++)
		hd_str_addf(
		    out, "%s# TODO: %s\n", i == 0 ? "#\n" : "", p->notes.v[i]);
	hd_str_addf(out,
	    "\n[app]\nname    = %s\ndriver  = %s\nbuild   = %s\nrelease = %s\n%s",
	    name, p->driver, p->build, p->release,
	    p->relup_auto ? "relup   = auto\n" : "");
	hd_str_addf(out,
	    "\n[defaults]\n# The root on the hosts. TODO: the user that logs in "
	    "and runs it.\npath = /srv/%s\nuser = deploy\n",
	    name);
	for (size_t i = 0; i < p->lines.n; i++)
		hd_str_addf(out, "%s\n", p->lines.v[i]);
	hd_str_add(out,
	    "\n# An environment, as in `hdeploy push prod`. TODO: its hosts, "
	    "one per line.\n[prod]\nhost = web1.example.com\n");
}
