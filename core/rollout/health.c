#include "core/rollout/health.h"

#include "core/base/clock.h"
#include "core/rollout/aside.h"
#include "core/rollout/http.h"
#include "core/rollout/operate.h"
#include "core/rollout/reconnect.h"
#include "core/rollout/sites.h"

#include <stdio.h>
#include <string.h>

enum { REQUEST_MAX = 8192, ANSWER_MAX = 1024 * 1024 };

static bool
contains(const char *text, size_t n, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= n; i++) {
		if (memcmp(text + i, word, len) == 0)
			return true;
	}
	return false;
}

/* The script turns newlines into spaces. */
static void
trim(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && text[n - 1] == ' ')
		text[--n] = '\0';
}

static int
judge_output(const struct hd_site *s, const struct hd_health *h,
    const struct hd_reply *reply, struct hd_err *err)
{
	char limit[HD_LIMIT_TEXT];
	const char *output = hd_reply_get(reply, "output");
	HD_AUTO_FREE char *text = hd_strdup(output != NULL ? output : "");

	trim(text);
	hd_clock_limit(limit, s->host->health_deadline);
	if (reply->status == HD_OP_DEADLINE)
		return hd_err_set(
		    err, HD_EREMOTE, "no answer within %s", limit);
	if (reply->status != 0)
		return hd_err_set(err, HD_EREMOTE, "exit status %d%s%.300s",
		    reply->status, text[0] ? ": " : "", text);
	if (h->contains != NULL && !contains(text, strlen(text), h->contains))
		return hd_err_set(err, HD_EREMOTE,
		    "its output does not contain \"%s\": %.300s", h->contains,
		    text);
	return 0;
}

static int
try_command(struct hd_site *s, const struct hd_health *h, struct hd_err *err)
{
	struct hd_call call =
	    hd_site_call(s, "health", s->host->health_deadline);
	struct hd_reply reply = { 0 };
	int rc;

	hd_call_set(&call, "command", h->command);
	rc = hd_site_ask(s, &call, &reply, err);
	if (rc == 0)
		rc = judge_output(s, h, &reply, err);
	else
		hd_site_drop(s);
	hd_reply_done(&reply);
	return rc;
}

static void
keep(void *ctx, enum hd_stream stream, const char *text, size_t len)
{
	(void)stream;
	hd_str_addn(ctx, text, len);
}

/* Sends request to the service and keeps up to max bytes of the answer. */
static int
talk(struct hd_site *s, const struct hd_health *h, const struct hd_str *request,
    size_t max, struct hd_str *answer, struct hd_err *err)
{
	const struct hd_tunnel x = {
		.address = h->address,
		.port = h->port,
		.request = request->ptr,
		.len = request->len,
		.max = max,
		.deadline_ms = s->host->health_deadline,
		.out = keep,
		.ctx = answer,
	};

	if (hd_tp_tunnel(s->t, &x, err) == 0)
		return 0;
	if (err->code != HD_EREMOTE)
		hd_site_drop(s);
	return -1;
}

static int
try_tcp(struct hd_site *s, const struct hd_health *h, struct hd_err *err)
{
	HD_AUTO_STR nothing = HD_STR_INIT(2);

	return talk(s, h, &nothing, 0, &nothing, err);
}

static int
try_http(struct hd_site *s, const struct hd_health *h, struct hd_err *err)
{
	HD_AUTO_STR request = HD_STR_INIT(REQUEST_MAX);
	HD_AUTO_STR answer = HD_STR_INIT(ANSWER_MAX + 64 * 1024);
	const char *body;
	unsigned status;

	hd_http_request(&request, h->address, h->port, h->path);
	if (hd_str_check(&request, err) < 0 ||
	    talk(s, h, &request, ANSWER_MAX, &answer, err) < 0)
		return -1;
	status = hd_http_status(&answer, &body);
	if (status == 0)
		return hd_err_set(err, HD_EREMOTE, "the answer is not HTTP");
	if (status != h->code)
		return hd_err_set(
		    err, HD_EREMOTE, "status %u, not %u", status, h->code);
	if (h->contains != NULL &&
	    !contains(
		body, (size_t)(answer.ptr + answer.len - body), h->contains))
		return hd_err_set(err, HD_EREMOTE,
		    "the answer does not contain \"%s\"", h->contains);
	return 0;
}

typedef int try_fn(
    struct hd_site *s, const struct hd_health *h, struct hd_err *err);

static try_fn *const tries[HD_HEALTH_KINDS] = {
	[HD_HEALTH_COMMAND] = try_command,
	[HD_HEALTH_TCP] = try_tcp,
	[HD_HEALTH_HTTP] = try_http,
};

static int
try_once(struct hd_site *s, const struct hd_health *h, struct hd_err *err)
{
	int rc;

	hd_site_use(s);
	rc = hd_site_connect(s, err);
	if (rc == 0)
		rc = tries[h->kind](s, h, err);
	hd_site_leave(s);
	return rc;
}

static int
check_until(
    struct hd_site *s, const struct hd_health *h, bool once, struct hd_err *err)
{
	enum hd_cancel stage = s->begun ? HD_CANCEL_NOW : HD_CANCEL_SOON;
	unsigned retries = once ? 0 : s->host->health_retries;
	unsigned wanted = once ? 1 : s->host->health_successes;
	unsigned failures = 0, successes = 0;
	struct hd_reconnect again = { 0 };

	for (;;) {
		if (try_once(s, h, err) == 0) {
			if (++successes >= wanted)
				return 0;
			again = (struct hd_reconnect){ 0 };
		} else if (err->code == HD_ECONNECT &&
			   hd_reconnect(&again, s, err)) {
			continue; /* a lost connection is not a failed check */
		} else {
			successes = 0;
			if (++failures > retries || hd_cancel_insisted())
				return hd_err_prefix(
				    err, "health check \"%s\"", h->text);
		}
		hd_clock_rest(s->host->health_interval, stage);
		if (!s->begun && hd_cancel_requested())
			return hd_err_set(err, HD_ECANCELED, "interrupted");
	}
}

static int
check(
    struct hd_site *s, const struct hd_health *h, bool once, struct hd_err *err)
{
	int64_t began = hd_clock_ms();
	int rc = check_until(s, h, once, err);

	if (rc == 0 ? !s->health_reported : hd_health_failed(err))
		hd_emit(s->run->sink,
		    (struct hd_event){ .kind = HD_EV_HEALTH,
			.host = s->host->name,
			.name = h->text,
			.result = rc == 0 ? HD_STEP_OK : HD_STEP_FAILED,
			.ms = hd_clock_ms() - began,
			.text = rc == 0 ? NULL : err->msg });
	return rc;
}

int
hd_health_ask(struct hd_site *s, bool once, struct hd_err *err)
{
	for (size_t i = 0; i < s->host->health.n; i++) {
		if (check(s, &s->host->health.v[i], once, err) < 0)
			return -1;
	}
	return 0;
}

bool
hd_health_failed(const struct hd_err *err)
{
	return err->code == HD_EREMOTE || err->code == HD_ETIMEOUT;
}

static bool
will_be_replaced(const struct hd_site *s)
{
	struct hd_plan plan;

	if (s->before == NULL || s->status != HD_STATUS_OK ||
	    s->host->health.n == 0)
		return false;
	hd_plan_make(&plan, s->run->app, s->host, &s->goal, s->before);
	return hd_plan_replaces(&plan, s->goal.kind);
}

static void
check_before(struct hd_site *s)
{
	bool once = s->goal.force_unhealthy || s->goal.kind == HD_GOAL_ROLLBACK;
	struct hd_err err = { .code = HD_ECANCELED };

	if (!will_be_replaced(s))
		return;
	if (hd_cancel_requested() ||
	    (hd_health_ask(s, once, &err) < 0 && !hd_health_failed(&err))) {
		hd_site_lost(s, &err);
		return;
	}
	s->health_known = true;
	snprintf(s->sick_before, sizeof(s->sick_before), "%.250s",
	    hd_health_failed(&err) ? err.msg : "");
	s->goal.sick = s->sick_before[0] != '\0' ? s->sick_before : NULL;
}

void
hd_health_before(const struct hd_run *run, struct hd_site *sites)
{
	hd_sites_each(run, sites, check_before);
}
