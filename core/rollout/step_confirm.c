/* confirm = new_connection: the host must accept a new login. */
#include "core/rollout/step.h"

#define SCRIPT "exit 0\n"

/* The shell of the login must start, too. */
static int
answers(struct hd_transport *t, const struct hd_host *host, struct hd_err *err)
{
	const struct hd_exec x = { .script = SCRIPT,
		.len = sizeof(SCRIPT) - 1,
		.deadline_ms = host->connect_timeout,
		.soon = true };
	int status;

	if (hd_tp_exec(t, &x, &status, err) < 0)
		return -1;
	if (status != 0)
		return hd_err_set(
		    err, HD_EREMOTE, "its shell ended with status %d", status);
	return 0;
}

/* The run keeps its old connection, over which it can go back. */
int
hd_step_confirm(
    const struct hd_attempt *a, const struct hd_step *step, struct hd_err *err)
{
	struct hd_site *s = a->site;
	struct hd_transport *t = NULL;
	int rc;

	(void)step;
	rc = s->run->connect(s->run->connect_ctx, s->host, a->finish, &t, err);
	if (rc == 0) {
		rc = answers(t, s->host, err);
		hd_tp_close(t);
	}
	if (rc < 0 && err->code != HD_ECANCELED)
		err->code = HD_EREMOTE; /* the old connection may be sound */
	return rc;
}
