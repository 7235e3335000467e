#include "core/rollout/step.h"

#include "core/rollout/fetch.h"

int
hd_step_fetch(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	struct hd_site *s = a->site;
	HD_AUTO_ARENA arena = { 0 };
	const char *path;

	if (hd_fetch(s, step->version, s->run->into, &arena, &path, err) < 0)
		return -1;
	hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name, "%s is in %s",
	    step->version, path);
	return 0;
}
