#include "cmd/commands.h"
#include "cmd/history_page.h"
#include "cmd/reach.h"
#include "core/base/fs.h"

enum { COUNT = 20, PAGE_MAX = 64 * 1024 * 1024 };

static void
take(void *ctx, const struct hd_event *ev)
{
	hd_history_page_take(ctx, ev);
}

static int
check_options(const struct hd_options *o, struct hd_err *err)
{
	if (o->output != NULL && !o->html)
		return hd_err_set(err, HD_EUSAGE,
		    "-o needs --html: it names the file of the "
		    "page");
	if (o->html && o->output == NULL && o->json)
		return hd_err_set(err, HD_EUSAGE,
		    "--json and the page of --html both go to stdout: -o FILE "
		    "writes the page to a file");
	return 0;
}

static int
write_page(
    const struct hd_cli *cli, struct hd_history_page *p, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(PAGE_MAX);

	hd_history_page_write(&text, p);
	if (hd_str_check(&text, err) < 0)
		return hd_err_prefix(err, "the page");
	if (cli->options.output != NULL)
		return hd_fs_publish(
		    cli->options.output, text.ptr, text.len, err);
	/* main() reports a failure to write to stdout */
	(void)!fwrite(text.ptr, 1, text.len, stdout);
	return 0;
}

/* Writes no page if the hosts were not asked: an older page stays. */
static enum hd_status
show_page(struct hd_cli *cli, unsigned count)
{
	struct hd_history_page p;
	const struct hd_sink sink = { .emit = take, .ctx = &p };
	struct hd_err err = { 0 };
	enum hd_status status;

	hd_history_page_init(&p, cli->env->name, count);
	hd_screens_add(cli->view->screens, &sink);
	status = hd_reach_history(cli, count);
	hd_screens_remove(cli->view->screens, &sink);
	if (p.log.ended && write_page(cli, &p, &err) < 0)
		status = hd_status_worse(status, hd_cli_fail(cli, &err));
	hd_history_page_done(&p);
	return status;
}

static enum hd_status
run(struct hd_cli *cli)
{
	unsigned count = cli->options.count > 0 ? cli->options.count : COUNT;
	struct hd_err err = { 0 };

	if (check_options(&cli->options, &err) < 0)
		return hd_cli_fail(cli, &err);
	return cli->options.html ? show_page(cli, count)
				 : hd_reach_history(cli, count);
}

const struct hd_command hd_command_history = {
	.name = "history",
	.args = "ENV",
	.help = "show who changed what on the hosts of ENV",
	.usage =
	    "Shows the newest changes of each host, oldest first: time, command,\n"
	    "versions, result, duration, user, and the CI job if there was one.\n"
	    "--json adds the ids of changes and the SHA-256 of tarballs. --limit\n"
	    "selects hosts, --count sets the number of changes (20).\n"
	    "--html also makes a page, which needs no network and no script: the\n"
	    "changes of all hosts, newest first, equal changes of one run in one\n"
	    "row. The page goes to stdout, and the text to stderr; with -o FILE\n"
	    "the page goes to FILE.\n",
	.flags = HD_NEEDS_FILE | HD_NEEDS_ENV,
	.run = run,
};
