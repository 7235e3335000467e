#include "cmd/help.h"

#include "cmd/commands.h"
#include "cmd/statuses.h"

enum { LEFT = 24 };

static void
put_row(FILE *out, const char *left, const char *text)
{
	fprintf(out, "  %-*s  %s\n", LEFT, left, text);
}

/* The options of one command; NULL: the options of all commands. */
static void
put_options(FILE *out, const char *title, const char *only)
{
	const struct hd_option *row;

	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++) {
		char letter[8] = "    ", left[64];
		bool mine =
		    only == NULL ? row->only == NULL : hd_option_of(row, only);

		if (!mine)
			continue;
		fputs(title, out);
		title = "";
		if (row->letter != 0)
			snprintf(letter, sizeof(letter), "-%c, ", row->letter);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, row->name,
		    row->value != NULL ? "=" : "",
		    row->value != NULL ? row->value : "");
		put_row(out, left, row->help);
	}
}

static void
put_statuses(FILE *out)
{
	const struct hd_status_words *row;

	fputs("\nexit status:\n", out);
	for (size_t i = 0; (row = hd_status_row(i)) != NULL; i++)
		fprintf(out, "  %3d  %s\n", (int)row->status, row->text);
}

void
hd_help_all(FILE *out)
{
	fputs(
	    "usage: hdeploy [OPTIONS] COMMAND [ARGUMENTS]\n\ncommands:\n", out);
	for (size_t i = 0; hd_commands[i] != NULL; i++) {
		const struct hd_command *c = hd_commands[i];
		char left[64];

		snprintf(left, sizeof(left), "%s %s", c->name, c->args);
		put_row(out, left, c->help);
	}
	put_options(out, "\noptions:\n", NULL);
	put_statuses(out);
	fputs("\n\"hdeploy help COMMAND\" explains one command.\n", out);
}

void
hd_help_command(FILE *out, const struct hd_command *c)
{
	fprintf(out, "usage: hdeploy [OPTIONS] %s%s%s\n\n%s\n", c->name,
	    *c->args != '\0' ? " " : "", c->args, c->help);
	if (*c->usage != '\0')
		fprintf(out, "\n%s", c->usage);
	if ((c->flags & HD_CHANGES_HOSTS) != 0)
		fputs("\nThe plan for every host is shown before any host is "
		      "changed. --dry-run\nstops after that.\n",
		    out);
	put_options(out, "\noptions of this command:\n", c->name);
	put_options(out, "\noptions:\n", NULL);
}

static enum hd_status
run(struct hd_cli *cli)
{
	const struct hd_command *c;
	struct hd_err err = { 0 };

	if (cli->nargs == 0) {
		hd_help_all(cli->text);
		return HD_STATUS_OK;
	}
	if (hd_command_find(&c, cli->args[0], &err) < 0)
		return hd_cli_fail(cli, &err);
	hd_help_command(cli->text, c);
	return HD_STATUS_OK;
}

const struct hd_command hd_command_help = {
	.name = "help",
	.args = "[COMMAND]",
	.help = "show help on hdeploy or on one command",
	.usage = "",
	.run = run,
};
