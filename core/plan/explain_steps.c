/* The reason for each step of a plan. */
#include "core/plan/explain_private.h"

#include <string.h>

/* Returns the reason for step i of the plan. */
typedef const char *why_fn(const struct hd_explaining *x, size_t i);

static const struct hd_step *
step_at(const struct hd_explaining *x, size_t i)
{
	return &x->p.out->steps[i];
}

/* The files that UNPACK and STAGE bring: usually of the new version. */
static bool
mends(const struct hd_explaining *x, size_t i)
{
	return hd_facts_about(&x->p.facts->gone, step_at(x, i)->version) !=
	       NULL;
}

#define GONE                                                                   \
	"files of this version are gone; they are restored from the tarball "  \
	"that the host kept"
#define COMPARED "; each file is compared with the list that came with the push"

static const char *
why_unpack(const struct hd_explaining *x, size_t i)
{
	if (mends(x, i))
		return GONE;
	return "release_handler, the part of Erlang that upgrades a running "
	       "node, installs only what it has unpacked itself" COMPARED;
}

static const char *
why_stage(const struct hd_explaining *x, size_t i)
{
	if (mends(x, i))
		return GONE;
	return "the new version is put next to the running one, which is not "
	       "touched" COMPARED;
}

static const char *
why_install(const struct hd_explaining *x, size_t i)
{
	const struct hd_step *s = step_at(x, i);
	const char *boots = hd_facts_boots(x->p.facts);

	if (!hd_driver_two_phase(x->p.app->driver, x->p.host))
		return "the running node loads the code of this version and "
		       "keeps its processes; the version also becomes the one "
		       "that boots, because this driver cannot separate the "
		       "two";
	return hd_arena_fmt(x->p.words,
	    "the running node loads the code of this version and keeps its "
	    "processes; until a later step makes it permanent, a crash starts "
	    "%s%s",
	    boots != NULL ? boots : "the version that boots",
	    s->watched ? ", and so does the host itself if this run vanishes"
		       : "");
}

static const char *
why_drain(const struct hd_explaining *x, size_t i)
{
	(void)i;
	return hd_arena_fmt(x->p.words,
	    "processes that still run the replaced code get %u s (drain) to "
	    "finish, because the next step would end them",
	    x->p.host->drain / 1000);
}

static const char *
why_soak(const struct hd_explaining *x, size_t i)
{
	(void)i;
	return hd_arena_fmt(x->p.words,
	    "soak = %us in deploy.ini: the checks are repeated for that long "
	    "before the change counts as done",
	    x->p.host->soak / 1000);
}

static const char *
why_verify(const struct hd_explaining *x, size_t i)
{
	const struct hd_step *s = step_at(x, i);

	return hd_arena_fmt(x->p.words,
	    "an exit status proves nothing: the host is asked again whether "
	    "%s runs%s%s; then the health checks of deploy.ini run",
	    s->version,
	    s->hot ? ", in the same VM with the same processes" : "",
	    s->permanent ? ", and whether a restart would start it" : "");
}

static const char *
why_hook(const struct hd_explaining *x, size_t i)
{
	const struct hd_step *s = step_at(x, i);

	return hd_arena_fmt(x->p.words, "deploy.ini has a hook.%s for hosts%s",
	    hd_hook_names[s->hook],
	    s->lenient ? "; its failure does not stop the change" : "");
}

static const char *
why_stop(const struct hd_explaining *x, size_t i)
{
	(void)i;
	return x->p.goal->kind == HD_GOAL_STOP
		   ? "this is the purpose of the command"
		   : "the files that decide what starts can only be changed "
		     "safely while nothing runs";
}

/* A text, or a function that finds it. */
static const struct {
	const char *text;
	why_fn *why;
} reasons[HD_STEP_KINDS] = {
	[HD_STEP_SHIP] = { .text =
			       "the version is not on this host as it was built: "
			       "its tarball is uploaded, and its digest compared" },
	[HD_STEP_PLACE] = { .text =
				"this root has no release: the first one is "
				"unpacked, so that it can be started" },
	[HD_STEP_SNAPSHOT] = { .text =
				   "keeps a copy of the files that decide what "
				   "starts, so that the change can be taken back "
				   "wherever it is cut off" },
	[HD_STEP_UNPACK] = { .why = why_unpack },
	[HD_STEP_STAGE] = { .why = why_stage },
	[HD_STEP_SWITCH] = { .text =
				 "changes what the next start starts; a few "
				 "renames, which a power cut cannot leave half "
				 "done unnoticed" },
	[HD_STEP_CHECK] = { .text =
				"asks the node whether the install would succeed, "
				"because an install that fails halfway restarts "
				"the node; changes nothing" },
	[HD_STEP_INSTALL] = { .why = why_install },
	[HD_STEP_DRAIN] = { .why = why_drain },
	[HD_STEP_CONFIRM] = { .text =
				  "confirm = new_connection: a change after "
				  "which nobody could log in must not stay" },
	[HD_STEP_COMMIT] = { .text =
				 "from now on a start starts this version" },
	[HD_STEP_DISCARD] = { .text =
				  "its files are on the host, and nothing needs "
				  "them" },
	[HD_STEP_PRUNE] = { .text =
				"neither runs nor boots, and is older than the "
				"versions that `keep` in deploy.ini keeps" },
	[HD_STEP_RESTORE] = { .text =
				  "files of this version are missing or damaged; "
				  "they are restored from the tarball that the "
				  "host kept" },
	[HD_STEP_LIST] = { .text =
			       "release_handler would not know a version that its "
			       "list, releases/RELEASES, lacks" },
	[HD_STEP_BOOT_FILE] = { .text =
				    "releases/start_erl.data is missing, and "
				    "nothing would start without it" },
	[HD_STEP_TIDY] = { .text =
			       "operations that were cut off left files that "
			       "nothing needs" },
	[HD_STEP_OWN] = { .text =
			      "the user that runs the node must own its files to "
			      "unpack and to go back" },
	[HD_STEP_REPAIRED] = { .text =
				   "a repair counts only if nothing is left to "
				   "repair" },
	[HD_STEP_START] = { .text = "nothing runs at this point" },
	[HD_STEP_STOP] = { .why = why_stop },
	[HD_STEP_RESTART] = { .text =
				  "one command ends the old program and starts the "
				  "new one, so that the sockets of its unit stay "
				  "open" },
	[HD_STEP_RELOAD] = { .text =
				 "upgrade = reload: the running program takes over "
				 "the version that `current` names" },
	[HD_STEP_HOOK] = { .why = why_hook },
	[HD_STEP_COMMAND] = { .text = "this is the purpose of the command" },
	[HD_STEP_FETCH] = { .text = "copies the tarball that the host kept" },
	[HD_STEP_SOAK] = { .why = why_soak },
	[HD_STEP_VERIFY] = { .why = why_verify },
	[HD_STEP_RECORD] = { .text =
				 "writes the line of history that `hdeploy "
				 "history` shows and that a rollback needs" },
};

void
hd_explain_steps(struct hd_explaining *x)
{
	for (size_t i = 0; i < x->p.out->n; i++) {
		const struct hd_step *s = step_at(x, i);
		bool named = s->version != NULL && !hd_steps[s->kind].bare;
		const char *why = reasons[s->kind].why != NULL
				      ? reasons[s->kind].why(x, i)
				      : reasons[s->kind].text;

		hd_state_why(x, "step", "%s%s%s%s%s", hd_step_title(s),
		    named ? " " : "", named ? s->version : "",
		    why != NULL ? ": " : "", why != NULL ? why : "");
	}
}
