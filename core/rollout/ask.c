#include "core/rollout/ask.h"
#include "core/rollout/sudo.h"

int
hd_site_ask(struct hd_site *s, const struct hd_call *call,
    struct hd_reply *reply, struct hd_err *err)
{
	if (hd_remote_ask(s->t, call, reply, err) == 0)
		return 0;
	hd_sudo_explain(s->host, s->run->who != NULL ? s->run->who : "", err);
	return -1;
}
