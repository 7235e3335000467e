/* Asks the sources of hosts that deploy.ini names. */
#include "core/base/child.h"
#include "core/inventory/answer.h"
#include "core/inventory/srv.h"

enum { COMMAND_MS = 60 * 1000 };

static void
collect(void *ctx, const char *text, size_t len)
{
	hd_str_addn(ctx, text, len);
}

static int
run_command(struct hd_str *out, const struct hd_inventory *inv,
    const struct hd_host_source *s, struct hd_err *err)
{
	const struct hd_pair set[] = {
		{ "HDEPLOY_APP", inv->app.name },
		{ "HDEPLOY_ENV", s->env_name },
	};
	const struct hd_child child = {
		.command = s->text,
		.set = set,
		.nset = HD_COUNT(set),
		.timeout_ms = COMMAND_MS,
		.ends = HD_CANCEL_SOON,
		.secret = true, /* only its stderr is worth quoting */
		.out = collect,
		.ctx = out,
		.enough = &out->failed,
	};

	return hd_child_run(&child, err);
}

static int
query(struct hd_str *out, const struct hd_inventory *inv,
    const struct hd_host_source *s, struct hd_err *err)
{
	(void)inv;
	return hd_srv_ask(out, s->text, HD_CANCEL_SOON, err);
}

static int
take(struct hd_inventory *inv, const struct hd_host_source *s,
    const struct hd_str *text, struct hd_err *err)
{
	HD_AUTO_ARENA words = { 0 };
	const char *title = hd_source_title(&words, s);

	if (text->failed)
		return hd_err_set(err, HD_ELOCAL,
		    "%s printed more than %d bytes", title, HD_ANSWER_MAX);
	if (!hd_answer_says_something(text->ptr, text->len))
		return hd_err_set(
		    err, HD_ELOCAL, "%s succeeded, but named no host", title);
	*HD_PUSH(&inv->arena, &inv->answers) = (struct hd_answer){
		.line = s->line,
		.text = hd_arena_strndup(&inv->arena, text->ptr, text->len),
		.n = text->len,
	};
	return 0;
}

int
hd_inventory_ask(struct hd_inventory *inv, const struct hd_host_source *s,
    struct hd_err *err)
{
	static int (*const ask_by[])(struct hd_str *,
	    const struct hd_inventory *, const struct hd_host_source *,
	    struct hd_err *) = {
		[HD_SOURCE_COMMAND] = run_command,
		[HD_SOURCE_SRV] = query,
	};
	HD_AUTO_STR text = HD_STR_INIT(HD_ANSWER_MAX + 1);

	if (ask_by[s->kind](&text, inv, s, err) < 0 && !text.failed)
		return -1;
	return take(inv, s, &text, err);
}
