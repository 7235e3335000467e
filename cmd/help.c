#include "cmd/help.h"

#include "cmd/commands.h"
#include "cmd/help_keys.h"
#include "cmd/man.h"
#include "cmd/statuses.h"
#include "cmd/texts.h"
#include "core/base/name.h"

#include <string.h>
#include <unistd.h>

#define DEPLOY_INI HD_INVENTORY_FILE

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

		if ((c->flags & HD_HIDDEN) != 0)
			continue;
		snprintf(left, sizeof(left), "%s %s", c->name, c->args);
		put_row(out, left, c->help);
	}
	put_options(out, "\noptions:\n", NULL);
	put_statuses(out);
	fputs("\n\"hdeploy help COMMAND\" explains one command, \"hdeploy help "
	      "KEY\" a key of\ndeploy.ini; \"hdeploy help deploy.ini\" lists "
	      "all keys.\n",
	    out);
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
	if (hd_key_find(c->name) != NULL)
		fprintf(out,
		    "\n\"hdeploy help deploy.ini %s\" explains the key of this "
		    "name.\n",
		    c->name);
}

/* HD_EUSAGE, suggesting a similar name. */
static int
unknown(const char *topic, struct hd_err *err)
{
	const struct hd_key *key;
	HD_AUTO_ARENA a = { 0 };
	struct hd_strs names = { 0 };
	const char *near;

	for (size_t i = 0; hd_commands[i] != NULL; i++)
		if ((hd_commands[i]->flags & HD_HIDDEN) == 0)
			*HD_PUSH(&a, &names) = hd_commands[i]->name;
	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++)
		*HD_PUSH(&a, &names) = key->name;
	*HD_PUSH(&a, &names) = DEPLOY_INI;
	near = hd_name_nearest(topic, names.v, names.n);
	if (near != NULL)
		return hd_err_set(err, HD_EUSAGE,
		    "no command or key is called \"%s\"; did you mean "
		    "\"%s\"?",
		    topic, near);
	return hd_err_set(err, HD_EUSAGE,
	    "no command or key is called \"%s\"; \"hdeploy help\" lists "
	    "the commands, \"hdeploy help deploy.ini\" the keys",
	    topic);
}

static int
explain_key(FILE *out, const char *name, struct hd_err *err)
{
	const struct hd_key *key = hd_help_find_key(name);

	if (key == NULL)
		return unknown(name, err);
	hd_help_key(out, key);
	return 0;
}

static int
explain(const struct hd_cli *cli, struct hd_err *err)
{
	const char *topic = cli->args[0];
	const struct hd_command *c;
	struct hd_err ignored;

	if (strcmp(topic, DEPLOY_INI) == 0 && cli->nargs > 1)
		return explain_key(cli->text, cli->args[1], err);
	if (cli->nargs > 1)
		return hd_err_set(err, HD_EUSAGE,
		    "too many arguments for help; usage: hdeploy help %s",
		    cli->command->args);
	if (strcmp(topic, DEPLOY_INI) == 0) {
		hd_help_keys(cli->text);
		return 0;
	}
	if (hd_command_find(&c, topic, &ignored) < 0)
		return explain_key(cli->text, topic, err);
	hd_help_command(cli->text, c);
	return 0;
}

/* Where no program can show the page. */
static void
put_plain(FILE *out, const char *topic, const char *page)
{
	const struct hd_key *key = hd_help_find_key(topic);
	const struct hd_command *c;
	struct hd_err ignored;

	if (strcmp(page, "hdeploy-events.7") == 0)
		fputs(hd_text_file("events.md"), out);
	else if (strcmp(page, "deploy.ini.5") == 0 && key != NULL)
		hd_help_key(out, key);
	else if (strcmp(page, "deploy.ini.5") == 0)
		hd_help_keys(out);
	else if (hd_command_find(&c, topic, &ignored) == 0)
		hd_help_command(out, c);
	else
		hd_help_all(out);
}

/* On a terminal shows the page; else writes its source, for `man -l -` and the
 * like. */
static int
show_manual(const struct hd_cli *cli, struct hd_err *err)
{
	const char *topic =
	    cli->nargs > 0 ? cli->args[cli->nargs - 1] : "hdeploy";
	const char *page = hd_man_page_of(topic);
	int rc;

	if (page == NULL)
		return unknown(topic, err);
	if (!isatty(fileno(cli->text))) {
		hd_man_write(cli->text, page);
		return 0;
	}
	fflush(cli->text);
	rc = hd_man_show(page, err);
	if (rc <= 0)
		return rc;
	hd_emitf(cli->sink, HD_EV_NOTE, NULL,
	    "neither man nor mandoc works on this machine; here is the short "
	    "help");
	put_plain(cli->text, topic, page);
	return 0;
}

static enum hd_status
run(struct hd_cli *cli)
{
	struct hd_err err = { 0 };
	int rc = 0;

	if (cli->options.man)
		rc = show_manual(cli, &err);
	else if (cli->nargs > 0)
		rc = explain(cli, &err);
	else
		hd_help_all(cli->text);
	return rc < 0 ? hd_cli_fail(cli, &err) : HD_STATUS_OK;
}

const struct hd_command hd_command_help = {
	.name = "help",
	.args = "[TOPIC] [KEY]",
	.help = "explain a command or a key of deploy.ini",
	.usage =
	    "TOPIC is a command, a key of deploy.ini such as batch, or deploy.ini,\n"
	    "which lists all keys. If a command and a key have the same name,\n"
	    "\"hdeploy help deploy.ini upgrade\" explains the key.\n"
	    "\n"
	    "With --man, shows the manual page hdeploy, deploy.ini or\n"
	    "hdeploy-events, or the page that explains TOPIC. If stdout is not a\n"
	    "terminal, writes the source of the page, for `man -l -` or mandoc.\n",
	.run = run,
};
