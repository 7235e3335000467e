#include "core/plan/state.h"

#include "core/plan/plan_private.h"
#include "core/plan/verify.h"

static bool
unpacked(const struct hd_facts *f, const char *version)
{
	const char *status = hd_facts_status(f, version);

	if (status != NULL)
		return hd_same(status, "unpacked");
	return hd_facts_unpacked(f, version);
}

static bool
restarted(const struct hd_vm *before, const struct hd_vm *now)
{
	return before != NULL && before->state == HD_VM_UP &&
	       before->word == NULL && now->word == NULL &&
	       (before->pid != now->pid || before->creation != now->creation);
}

/* The old version runs: how far is it back? */
static enum hd_state
find_old(const struct hd_facts *f, const char *from, const char *to,
    const struct hd_vm *before)
{
	if (restarted(before, &f->vm))
		return HD_STATE_RESTARTED;
	if (f->plain && hd_same(hd_facts_boots(f), to))
		return HD_STATE_SWITCHED;
	if (!hd_same(hd_facts_boots(f), from))
		return HD_STATE_HALF_BACK;
	return unpacked(f, to) ? HD_STATE_UNPACKED : HD_STATE_UNTOUCHED;
}

enum hd_state
hd_state_find(const struct hd_facts *f, const char *from, const char *to,
    const struct hd_vm *before)
{
	const char *running = hd_facts_running(f);

	if (f->vm.state == HD_VM_UNREACHABLE)
		return f->vm.init != NULL ? HD_STATE_RESTARTING
					  : HD_STATE_UNREACHABLE;
	if (f->vm.state == HD_VM_DOWN)
		return f->switching != NULL ? HD_STATE_SWITCHING
					    : HD_STATE_DOWN;
	if (running == NULL)
		return HD_STATE_UNKNOWN;
	if (hd_same(running, to))
		return hd_same(hd_facts_boots(f), to) ? HD_STATE_PERMANENT
						      : HD_STATE_INSTALLED;
	if (!hd_same(running, from))
		return HD_STATE_ELSEWHERE;
	return find_old(f, from, to, before);
}

enum which { NONE, FROM, TO, RUNNING, BOOTS, SWITCHING };

/* The version with the text around it; NONE: hd_verify_explain() gives the
 * text. */
static const struct {
	const char *before;
	enum which which;
	const char *after;
} words[HD_STATES] = {
	[HD_STATE_UNTOUCHED] = { "", FROM, " runs and boots, untouched" },
	[HD_STATE_UNPACKED] = { "", TO, " unpacked, not installed" },
	[HD_STATE_INSTALLED] = { "", TO, " installed, not permanent" },
	[HD_STATE_PERMANENT] = { "", TO, " permanent" },
	[HD_STATE_SWITCHED] = { "", FROM,
	    " still runs, and the new version would start" },
	[HD_STATE_HALF_BACK] = { "", FROM, " runs again, not permanent" },
	[HD_STATE_RESTARTED] = { "restarted by itself into ", FROM, "" },
	[HD_STATE_RESTARTING] = { "restarting into ", BOOTS, "" },
	[HD_STATE_DOWN] = { "down, ", BOOTS, " would boot" },
	[HD_STATE_SWITCHING] = { "down, in the middle of a switch to ",
	    SWITCHING, "" },
	[HD_STATE_ELSEWHERE] = { "", RUNNING, " runs" },
};

void
hd_state_tell(const struct hd_facts *f, const char *from, const char *to,
    const struct hd_vm *before, struct hd_str *out)
{
	enum hd_state state = hd_state_find(f, from, to, before);
	const char *const versions[] = {
		[FROM] = from,
		[TO] = to,
		[RUNNING] = hd_facts_running(f),
		[BOOTS] = hd_facts_boots(f),
		[SWITCHING] = f->switching,
	};
	const char *version = versions[words[state].which];

	if (words[state].which == NONE)
		hd_verify_explain(f, out);
	else
		hd_str_addf(out, "%s%s%s", words[state].before,
		    version != NULL ? version : "an unknown version",
		    words[state].after);
}
