#include "cmd/commands.h"
#include "cmd/help.h"
#include "cmd/setup.h"
#include "cmd/signals.h"
#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/static.h"

#include <fcntl.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <unistd.h>

/* If hdeploy is started with stdin, stdout or stderr closed, no connection must
 * get that descriptor. Opened read-only, so that writing still fails. */
static void
hold_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* No core dump, which would contain private keys and values of env.NAME, and no
 * debugger of the same user. The sanitizers' search for leaks still works: it
 * allows itself to attach. */
static void
keep_memory_private(void)
{
#ifdef __linux__
	(void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* Sets cli->command; NULL if only the general help was requested. */
static int
choose(struct hd_cli *cli, struct hd_err *err)
{
	struct hd_options *o = &cli->options;

	cli->args = o->words.v;
	cli->nargs = o->words.n;
	if (o->version) {
		cli->command = &hd_command_version;
		cli->nargs = 0;
		return 0;
	}
	if (cli->nargs == 0 && o->help)
		return 0;
	if (cli->nargs == 0)
		return hd_err_set(err, HD_EUSAGE,
		    "no command given; \"hdeploy help\" lists all commands");
	if (hd_command_find(&cli->command, cli->args[0], err) < 0)
		return -1;
	cli->args++;
	cli->nargs--;
	if (o->help)
		return 0;
	if (hd_options_allowed(o, cli->command->name, err) < 0)
		return -1;
	return hd_command_count_args(cli->command, cli->nargs, err);
}

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_err err = { 0 };
	enum hd_status status;

	if (choose(cli, &err) < 0)
		return hd_cli_fail(cli, &err);
	if (cli->command == NULL) {
		hd_help_all(cli->text);
		return HD_STATUS_OK;
	}
	if (cli->options.help) {
		hd_help_command(cli->text, cli->command);
		return HD_STATUS_OK;
	}
	if (hd_reporter_begin(cli->view->reporter, &err) < 0)
		return hd_cli_fail(cli, &err);
	status = hd_setup(cli);
	if (status == HD_STATUS_OK)
		status = cli->command->run(cli);
	hd_setup_done(cli);
	return status;
}

/* Fails if output was lost: a CI job without its log, or a program without its
 * events, must not take silence for success. */
static enum hd_status
close_output(enum hd_status status)
{
	bool lost = ferror(stdout) != 0;

	if (fclose(stdout) == 0 && !lost)
		return status;
	fputs("cannot write to stdout (closed, or the disk is full): some "
	      "output is lost\n",
	    stderr);
	return hd_status_worse(status, HD_STATUS_LOCAL);
}

static bool returned;

/* libarchive calls exit(1) if it runs out of memory, but status 1 means that a
 * host failed. */
static void
on_exit_from_below(void)
{
	if (!returned)
		hd_alloc_failed();
}

int
main(int argc, char **argv)
{
	struct hd_cli cli = { 0 };
	struct hd_err err = { 0 };
	struct hd_view view;
	enum hd_status status;
	int parsed;

	keep_memory_private();
	hold_standard_streams();
	hd_signals_install();
	(void)atexit(on_exit_from_below);
	hd_static_init();
	hd_digest_init();
	parsed = hd_options_parse(
	    &cli.options, argc, (const char *const *)argv, &err);
	hd_view_open(&view, &cli.options);
	cli.view = &view;
	cli.text = view.text;
	cli.sink = hd_screens_sink(view.screens);
	status = parsed < 0 ? hd_cli_fail(&cli, &err) : run(&cli);
	hd_view_close(&view, status);
	hd_options_done(&cli.options);
	status = close_output(status);
	returned = true;
	return (int)status;
}
