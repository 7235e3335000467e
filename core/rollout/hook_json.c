#include "core/rollout/hook_json.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/event_json.h"

/* The outcome so far. A host that was aimed at its goal and has not begun has
 * no result of its own yet. */
static struct hd_report
report_of(const struct hd_site *s)
{
	struct hd_report r = hd_site_report(s);

	if (!s->begun && s->result == HD_RES_OK)
		r.result = hd_results[HD_RES_PLANNED].name;
	return r;
}

static struct hd_json *
host_json(const struct hd_site *s)
{
	const struct hd_report r = report_of(s);
	struct hd_json *o = hd_json_new();

	hd_event_json_report(o, &r, false);
	hd_json_text(o, "address", r.address);
	return o;
}

/* Adds the hosts, up to a size, and the number of those left out. */
static void
add_hosts(struct hd_json *o, const struct hd_hook_context *context)
{
	HD_AUTO_STR text = HD_STR_INIT(HD_HOOK_JSON_HOSTS);
	size_t i = 0;

	hd_json_append(o, "hosts", NULL);
	for (; i < context->nsites; i++) {
		struct hd_json *host = host_json(context->sites[i]);

		hd_json_dump(host, &text);
		hd_str_add(&text, ",");
		if (text.failed) {
			hd_json_free(host);
			break;
		}
		hd_json_append(o, "hosts", host);
	}
	if (i < context->nsites)
		hd_json_int(o, "left_out", (int64_t)(context->nsites - i));
}

static enum hd_status
status_so_far(const struct hd_hook_context *context)
{
	enum hd_status status = HD_STATUS_OK;

	for (size_t i = 0; i < context->nsites; i++)
		status = hd_status_worse(status, context->sites[i]->status);
	return status;
}

/* hd_clock_ms() when the first of these hosts began; 0: none has. */
static int64_t
first_began(const struct hd_hook_context *context)
{
	int64_t first = 0;

	for (size_t i = 0; i < context->nsites; i++) {
		const struct hd_site *s = context->sites[i];

		if (s->begun && (first == 0 || s->began < first))
			first = s->began;
	}
	return first;
}

void
hd_hook_json(struct hd_str *out, const struct hd_run *run,
    const struct hd_hook *hook, const struct hd_hook_context *context)
{
	struct hd_json *o = hd_json_new();
	int64_t began = first_began(context);
	char now[32];

	hd_clock_stamp(now);
	hd_json_text(o, "time", now);
	hd_json_text(o, "step", hd_hook_rows[hook->name].title);
	hd_json_text(o, "env", run->env->name);
	hd_json_text(o, "command", run->command);
	hd_json_text(o, "who", run->who);
	hd_json_text(o, "job", run->job);
	hd_json_text(o, "run", run->id);
	hd_json_text(o, "host", context->host);
	if (context->wave > 0)
		hd_json_int(o, "wave", (int64_t)context->wave);
	if (began > 0)
		hd_json_int(o, "ms", hd_clock_ms() - began);
	hd_json_int(o, "status", status_so_far(context));
	add_hosts(o, context);
	hd_json_dump(o, out);
	hd_str_add(out, "\n");
	hd_json_free(o);
}
