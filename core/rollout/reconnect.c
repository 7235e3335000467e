#include "core/rollout/reconnect.h"

#include "core/base/cancel.h"
#include "core/base/clock.h"

enum { CONNECTS = 3, NAP_MS = 500, NAP_MAX_MS = 8000 };

bool
hd_connection_lost(const struct hd_err *err)
{
	return err->code == HD_ECONNECT || err->code == HD_ETIMEOUT ||
	       err->code == HD_ECANCELED;
}

static void
report_loss(
    struct hd_site *s, const struct hd_reconnect *r, const struct hd_err *err)
{
	if (s->lost_at != 0)
		return;
	s->lost_at = hd_clock_ms();
	hd_emitf(s->run->sink, HD_EV_NOTE, s->host->name,
	    "%s; %s%sconnecting again", err->msg,
	    r->meanwhile != NULL ? r->meanwhile : "",
	    r->meanwhile != NULL ? "; " : "");
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Doubles each time, up to NAP_MAX_MS, and never goes past the end. */
static unsigned
next_nap(struct hd_reconnect *r)
{
	int left = hd_clock_left(r->until);

	r->nap = r->nap == 0               ? NAP_MS
		 : r->nap * 2 < NAP_MAX_MS ? r->nap * 2
					   : NAP_MAX_MS;
	return r->nap < (unsigned)left ? r->nap : (unsigned)left;
}

bool
hd_reconnect(struct hd_reconnect *r, struct hd_site *s, struct hd_err *err)
{
	enum hd_cancel stage =
	    s->begun && !r->optional ? HD_CANCEL_NOW : HD_CANCEL_SOON;
	/* after a timeout the connection may be sound, and the script hangs:
	 * before the change has begun, the same call would hang again */
	bool lost =
	    err->code == HD_ECONNECT || (err->code == HD_ETIMEOUT && s->begun);

	if (hd_connection_lost(err))
		hd_site_drop(s);
	if (!lost)
		return false;
	if (r->until == 0)
		r->until = later(
		    r->least, hd_clock_ms() +
				  (int64_t)s->host->connect_timeout * CONNECTS);
	if (hd_clock_left(r->until) == 0)
		return false;
	report_loss(s, r, err);
	hd_clock_rest(next_nap(r), stage);
	if (hd_cancel_reached(stage)) {
		(void)hd_err_set(err, HD_ECANCELED, "interrupted");
		return false;
	}
	*err = (struct hd_err){ 0 };
	return true;
}
