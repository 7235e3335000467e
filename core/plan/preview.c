#include "core/plan/preview.h"

#include "core/base/index.h"
#include "core/plan/config.h"
#include "core/plan/driver.h"

#include <string.h>

const char *const hd_preview_kinds[HD_PREVIEW_KINDS] = {
	[HD_PREVIEW_HOT] = "hot",
	[HD_PREVIEW_START] = "start",
	[HD_PREVIEW_LOST] = "lost",
	[HD_PREVIEW_UNKNOWN] = "unknown",
};

/* The packed configuration of one version. */
struct side {
	const char *version;
	struct hd_packed_list settings, arguments;
};

struct previewing {
	struct hd_preview *out;
	struct hd_arena *arena;
	const struct hd_app *app;
	const struct hd_host *host;
	const struct hd_facts *facts;
	struct side old, new;
	bool hot;
};

static struct hd_preview_line *
add(struct previewing *x, enum hd_preview_kind kind, const char *name,
    const char *text)
{
	struct hd_preview_line *line = HD_PUSH(x->arena, x->out);

	*line = (struct hd_preview_line){
		.name = name, .kind = kind, .text = text
	};
	return line;
}

/* Settings that a start script fills in from the host's environment. */
static const char *
filled_in(const struct hd_packed *one)
{
	return one != NULL && strstr(one->text, "${") != NULL
		   ? "; a start script fills in environment variables"
		   : "";
}

static const char *
change_of(struct previewing *x, const struct hd_packed *before,
    const struct hd_packed *after)
{
	if (before == NULL)
		return hd_arena_fmt(
		    x->arena, "new, %s%s", after->text, filled_in(after));
	if (after == NULL)
		return hd_arena_fmt(x->arena,
		    "no longer set, was %s: the application's default applies, "
		    "if it has one",
		    before->text);
	return hd_arena_fmt(x->arena, "%s -> %s%s", before->text, after->text,
	    filled_in(after));
}

static void
add_change(struct previewing *x, enum hd_preview_kind kind, const char *when,
    const struct hd_packed *before, const struct hd_packed *after)
{
	const char *name = after != NULL ? after->name : before->name;
	struct hd_preview_line *line = add(x, kind, name,
	    hd_arena_fmt(
		x->arena, "%s: %s", when, change_of(x, before, after)));

	line->before = before != NULL ? before->text : NULL;
	line->after = after != NULL ? after->text : NULL;
}

/* Whether the command line of the VM sets name, or the setting that it is a
 * part of. */
static bool
is_flag(const struct previewing *x, const char *name)
{
	const struct hd_strs *flags = &x->facts->vm.flags;

	for (size_t i = 0; i < flags->n; i++) {
		size_t n = strlen(flags->v[i]);

		if (strncmp(name, flags->v[i], n) == 0 &&
		    (name[n] == '\0' || name[n] == '.'))
			return true;
	}
	return false;
}

static void
change_setting(struct previewing *x, const struct hd_packed *before,
    const struct hd_packed *after)
{
	const char *name = after != NULL ? after->name : before->name;

	if (!x->hot)
		add_change(x, HD_PREVIEW_START, "changes with the restart",
		    before, after);
	else if (is_flag(x, name))
		add_change(x, HD_PREVIEW_START,
		    "does not change hot, because the command line of the VM "
		    "sets it, too",
		    before, after);
	else
		add_change(x, HD_PREVIEW_HOT, "changes hot", before, after);
}

static void
change_argument(struct previewing *x, const struct hd_packed *before,
    const struct hd_packed *after)
{
	add_change(x, HD_PREVIEW_START,
	    x->hot ? "vm.args, takes effect only at the next start"
		   : "vm.args, changes with the restart",
	    before, after);
}

typedef void change_fn(struct previewing *x, const struct hd_packed *before,
    const struct hd_packed *after);

static const struct hd_packed *
same_name(const struct hd_packed_list *list, const struct hd_index *places,
    const char *name)
{
	size_t place = hd_index_get(places, name);

	return place > 0 ? &list->v[place - 1] : NULL;
}

static void
index_names(struct hd_index *places, struct hd_arena *arena,
    const struct hd_packed_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		*hd_index_at(places, arena, list->v[i].name) = i + 1;
}

/* Calls change for each name with another value. */
static void
compare(struct previewing *x, const struct hd_packed_list *old,
    const struct hd_packed_list *new, change_fn *change)
{
	struct hd_index was = { 0 }, is = { 0 };

	index_names(&was, x->arena, old);
	index_names(&is, x->arena, new);
	for (size_t i = 0; i < new->n; i++) {
		const struct hd_packed *after = &new->v[i],
				       *before =
					   same_name(old, &was, after->name);

		if (before == NULL || strcmp(before->digest, after->digest))
			change(x, before, after);
	}
	for (size_t i = 0; i < old->n; i++)
		if (hd_index_get(&is, old->v[i].name) == 0)
			change(x, &old->v[i], NULL);
}

/* Whether both were recorded; an older hdeploy did not. */
static bool
is_known(struct previewing *x, const struct side *side)
{
	if (side->settings.n > 0 || side->arguments.n > 0)
		return true;
	add(x, HD_PREVIEW_UNKNOWN, "sys.config",
	    hd_arena_fmt(x->arena,
		"the packed configuration of %s is not known: it was not "
		"recorded by the push, or it is empty",
		side->version));
	return false;
}

/* Whether code makes settings when this version starts. */
static bool
has_providers(const struct side *side)
{
	for (size_t i = 0; i < side->settings.n; i++) {
		const char *name = side->settings.v[i].name;

		if (strncmp(name, "elixir/config_provider", 22) == 0 ||
		    strncmp(name, "castle/config_providers", 23) == 0)
			return true;
	}
	return false;
}

static void
add_providers(struct previewing *x)
{
	if (has_providers(&x->new))
		add(x, HD_PREVIEW_UNKNOWN, "config providers",
		    "code of the release (config/runtime.exs) makes more "
		    "settings on the host; the step `check` names those that "
		    "change, before anything is installed");
}

/* The file that the node was started with instead of sys.config. */
static void
add_operators(struct previewing *x)
{
	const struct hd_strs *files = &x->facts->vm.operators;

	for (size_t i = 0; x->hot && i < files->n; i++)
		add(x, HD_PREVIEW_START, "-config",
		    hd_arena_fmt(x->arena,
			"the node was started with -config %s; a hot install "
			"reads releases/%s/sys.config, and the next start "
			"reads that file again: if they differ, the install is "
			"refused",
			files->v[i], x->new.version));
}

static void
lose(void *ctx, const struct hd_setting *one)
{
	struct previewing *x = ctx;

	add(x, HD_PREVIEW_LOST, one->key,
	    one->state == HD_SET_OTHER
		? "the program changed it while it ran; the install restores "
		  "the value of the files"
		: "only the program set it, while it ran; the install removes "
		  "it");
}

static struct side
side_of(struct previewing *x, const char *version, const struct hd_artifact *a)
{
	struct side side = { .version = version };
	const struct hd_record *r = hd_facts_record(x->facts, version);

	if (a != NULL && strcmp(a->version, version) == 0) {
		hd_packed_settings(&side.settings, x->arena, a);
		hd_packed_arguments(&side.arguments, x->arena, a);
	} else if (r != NULL) {
		side.settings = r->settings;
		side.arguments = r->arguments;
	}
	return side;
}

static void
preview(struct previewing *x)
{
	const char *asked = x->facts->packed;

	if (asked != NULL && strcmp(asked, x->new.version) == 0 &&
	    is_known(x, &x->old) && is_known(x, &x->new)) {
		compare(x, &x->old.settings, &x->new.settings, change_setting);
		compare(
		    x, &x->old.arguments, &x->new.arguments, change_argument);
	}
	add_providers(x);
	add_operators(x);
	if (x->hot)
		hd_config_foretell(&x->facts->vm, lose, x);
}

void
hd_preview_make(struct hd_preview *out, struct hd_arena *arena,
    const struct hd_app *app, const struct hd_host *host,
    const struct hd_goal *goal, const struct hd_facts *facts,
    const struct hd_plan *plan)
{
	struct previewing x = {
		.out = out,
		.arena = arena,
		.app = app,
		.host = host,
		.facts = facts,
		.hot = hd_plan_has(plan, HD_STEP_INSTALL),
	};
	const char *from = plan->before != NULL ? plan->before : plan->back;

	if (plan->verdict != HD_PLAN_STEPS || from == NULL ||
	    plan->after == NULL || strcmp(from, plan->after) == 0 ||
	    hd_driver_find(app->driver)->plain)
		return;
	x.old = side_of(&x, from, NULL);
	x.new = side_of(&x, plan->after, goal->artifact);
	preview(&x);
}
