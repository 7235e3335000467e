#include "core/rollout/settle.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "core/plan/verify.h"
#include "core/rollout/look.h"

enum { POLL_MS = 1000 };

bool
hd_settle_same(const struct hd_vm *a, const struct hd_vm *b)
{
	return a->state == b->state && a->pid == b->pid &&
	       a->creation == b->creation;
}

/* No operation runs, and the VM is the same as a moment ago. release_handler
 * does one thing at a time, so a VM that answers is at rest. */
static bool
at_rest(const struct hd_site *s, const struct hd_vm *last)
{
	const struct hd_facts *f = s->now;

	/* an app whose version is not known does not change by itself */
	return f->unfinished == NULL &&
	       (f->plain || f->vm.state != HD_VM_UNREACHABLE) &&
	       f->vm.blocked == NULL && hd_settle_same(&f->vm, last);
}

int
hd_settle_wait(struct hd_site *s, struct hd_err *err)
{
	int64_t since = s->lost_at != 0 ? s->lost_at : hd_clock_ms();
	int64_t deadline = since + s->host->upgrade_timeout;
	struct hd_vm last = { .state = HD_VM_UNREACHABLE };

	for (;;) {
		int rc;

		*err = (struct hd_err){ 0 };
		rc = hd_site_look(s, err);

		if (rc == 0 && at_rest(s, &last))
			return 0;
		if (rc == 0)
			last = (struct hd_vm){ .state = s->now->vm.state,
				.pid = s->now->vm.pid,
				.creation = s->now->vm.creation };
		if (hd_clock_left(deadline) == 0 || hd_cancel_insisted())
			break;
		hd_clock_wait(POLL_MS);
	}
	if (s->now != NULL && s->now->unfinished != NULL)
		return hd_err_set(err, HD_EREMOTE,
		    "an operation still runs on the host: %s",
		    s->now->unfinished);
	if (s->now != NULL && err->code == HD_OK) {
		HD_AUTO_STR why = HD_STR_INIT(512);

		hd_verify_explain(s->now, &why);
		return hd_err_set(err, HD_EREMOTE, "%s", why.ptr);
	}
	return -1;
}

bool
hd_settle_hangs(const struct hd_site *s)
{
	return s->now != NULL && s->now->unfinished == NULL &&
	       s->now->vm.blocked != NULL;
}
