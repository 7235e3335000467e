#include "cmd/commands.h"
#include "cmd/event_log.h"
#include "cmd/report.h"
#include "cmd/screens.h"
#include "core/base/fs.h"

enum { PAGE_MAX = 256 * 1024 * 1024 };

static void
take(void *ctx, const struct hd_event *ev)
{
	hd_run_log_take(ctx, ev);
}

/* A log can have been changed, so its text is cleaned as that of hosts is. */
static int
read_log(struct hd_run_log *l, const char *path, struct hd_err *err)
{
	struct hd_screens *s = hd_screens_new();
	const struct hd_sink sink = { .emit = take, .ctx = l };
	int got;

	hd_screens_add(s, &sink);
	got = hd_event_log_read(path, hd_screens_sink(s), err);
	hd_screens_free(s);
	return got;
}

static int
write_page(struct hd_run_log *l, const char *path, struct hd_err *err)
{
	HD_AUTO_STR page = HD_STR_INIT(PAGE_MAX);

	hd_report_timeline(&page, l);
	if (hd_str_check(&page, err) < 0)
		return hd_err_prefix(err, "%s", path);
	return hd_fs_publish(path, page.ptr, page.len, err);
}

static enum hd_status
run(struct hd_cli *cli)
{
	const char *page = cli->options.output;
	struct hd_err err = { 0 };
	struct hd_run_log l;
	int got;

	if (page == NULL) {
		(void)!hd_err_set(&err, HD_EUSAGE,
		    "timeline needs -o FILE, the page to write");
		return hd_cli_fail(cli, &err);
	}
	hd_run_log_init(&l);
	got = read_log(&l, cli->args[0], &err);
	if (got == 0)
		got = write_page(&l, page, &err);
	hd_run_log_done(&l);
	return got == 0 ? HD_STATUS_OK : hd_cli_fail(cli, &err);
}

const struct hd_command hd_command_timeline = {
	.name = "timeline",
	.args = "FILE",
	.help = "make the page of a run from its --json events",
	.usage =
	    "Reads FILE, the stdout of a run with --json, and writes the page that\n"
	    "--timeline would have written: one HTML file, which needs no network and\n"
	    "no script. -o names it. Each host has a lane with its steps over time,\n"
	    "failures and the way back; below are the hosts, the plan and findings.\n"
	    "The log of a killed run is fine: its page says that it is unfinished.\n"
	    "Needs no deploy.ini and no host.\n",
	.run = run,
};
