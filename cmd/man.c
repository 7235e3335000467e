#include "cmd/man.h"

#include "cmd/commands.h"
#include "cmd/here.h"
#include "cmd/help_keys.h"
#include "cmd/key_text.h"
#include "cmd/mdoc.h"
#include "cmd/statuses.h"
#include "cmd/texts.h"
#include "core/base/scratch.h"

#include <errno.h>
#include <string.h>

enum { COMMENT_MAX = 8192 };

static const struct {
	const char *file, *topic;
} pages[] = {
	{ "hdeploy.1", "hdeploy" },
	{ "deploy.ini.5", "deploy.ini" },
	{ "hdeploy-events.7", "hdeploy-events" },
	{ "hdeploy-events.7", "events" },
};

static bool
is_command(const char *name)
{
	for (size_t i = 0; hd_commands[i] != NULL; i++)
		if (strcmp(hd_commands[i]->name, name) == 0)
			return true;
	return false;
}

const char *
hd_man_page_of(const char *topic)
{
	for (size_t i = 0; i < HD_COUNT(pages); i++) {
		if (strcmp(pages[i].topic, topic) == 0 ||
		    strcmp(pages[i].file, topic) == 0)
			return pages[i].file;
	}
	if (is_command(topic))
		return pages[0].file;
	return hd_help_find_key(topic) != NULL ? pages[1].file : NULL;
}

static void
put_option_name(FILE *out, const struct hd_option *row)
{
	if (row->letter != 0)
		fprintf(out, " Fl %c ,", row->letter);
	fprintf(out, " Fl Fl %s", row->name);
	if (row->value == NULL)
		return;
	fputs(" Ns = Ns Ar", out);
	hd_mdoc_word(out, row->value);
}

/* The options that command has and others lack, in one sentence. */
static void
put_options_of(FILE *out, const char *command)
{
	const struct hd_option *row;
	const char *before = ".Pp\nOptions:\n.";

	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++) {
		if (!hd_option_of(row, command))
			continue;
		fprintf(out, "%sFl Fl %s", before, row->name);
		before = " ,\n.";
	}
	if (*before == ' ')
		fputs(" .\n", out);
}

/* "ENV [VERSION]" as arguments of a macro. */
static void
put_args(FILE *out, const char *args)
{
	while (*args != '\0') {
		size_t n = strcspn(args, " ");

		if (*args == '[')
			fprintf(out, " Oo Ar %.*s Oc", (int)n - 2, args + 1);
		else
			fprintf(out, " Ar %.*s", (int)n, args);
		args += n + strspn(args + n, " ");
	}
}

static void
put_commands(FILE *out)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; hd_commands[i] != NULL; i++) {
		const struct hd_command *c = hd_commands[i];

		if ((c->flags & HD_HIDDEN) != 0)
			continue;
		fprintf(out, ".It Ic %s", c->name);
		put_args(out, c->args);
		fputc('\n', out);
		hd_mdoc_sentence(out, c->help);
		if (*c->usage != '\0')
			fputs(".Pp\n", out);
		hd_mdoc_text(out, c->usage);
		put_options_of(out, c->name);
	}
	fputs(".El\n", out);
}

/* special: those that not all commands have. */
static void
put_options(FILE *out, bool special)
{
	HD_AUTO_ARENA a = { 0 };
	const struct hd_option *row;

	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++) {
		if ((row->only != NULL) != special)
			continue;
		fputs(".It", out);
		put_option_name(out, row);
		fputc('\n', out);
		hd_mdoc_sentence(out, row->help);
		if (special)
			hd_mdoc_text(
			    out, hd_arena_fmt(&a, "Only for %s.", row->only));
	}
	fputs(".El\n", out);
}

static void
put_general_options(FILE *out)
{
	put_options(out, false);
}

static void
put_special_options(FILE *out)
{
	put_options(out, true);
}

static void
put_statuses(FILE *out)
{
	const struct hd_status_words *row;

	fputs(".Bl -tag -width 3n\n", out);
	for (size_t i = 0; (row = hd_status_row(i)) != NULL; i++) {
		fprintf(out, ".It %d\n", (int)row->status);
		hd_mdoc_sentence(out, row->text);
	}
	fputs(".El\n", out);
}

static void
put_fact(FILE *out, const char *title, const char *text)
{
	if (*text == '\0')
		return;
	fprintf(out, ".It %s:\n", title);
	hd_mdoc_text(out, text);
}

static void
put_made(FILE *out, const char *title, const struct hd_key *key,
    void (*make)(const struct hd_key *key, struct hd_str *out))
{
	HD_AUTO_STR text = HD_STR_INIT(1024);

	make(key, &text);
	put_fact(out, title, text.ptr);
}

static void
put_key(FILE *out, const struct hd_key *key)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR comment = HD_STR_INIT(COMMENT_MAX);
	HD_AUTO_STR examples = HD_STR_INIT(COMMENT_MAX);
	struct hd_key_text text;

	hd_key_text(&text, key, &a);
	fprintf(out, ".It Cm %s No = Ar", key->name);
	hd_mdoc_word(out, key->kind);
	fputc('\n', out);
	for (size_t i = 0; i < text.lines.n; i++)
		hd_str_addf(&comment, "%s\n", text.lines.v[i]);
	hd_mdoc_text(out, comment.ptr);
	fputs(".Pp\n.Bl -tag -width section: -compact\n", out);
	put_made(out, "value", key, hd_key_value);
	put_made(out, "NAME", key, hd_key_names);
	if (key->fallback != NULL)
		put_fact(out, "default", key->fallback);
	put_made(out, "section", key, hd_key_sections);
	fputs(".El\n", out);
	for (size_t i = 0; i < text.examples.n; i++)
		hd_str_addf(&examples, "    %s\n", text.examples.v[i]);
	hd_mdoc_text(out, examples.ptr);
}

static void
put_keys(FILE *out, enum hd_scope scope)
{
	const struct hd_key *key;

	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++)
		if (key->scope == scope)
			put_key(out, key);
	fputs(".El\n", out);
}

static void
put_app_keys(FILE *out)
{
	put_keys(out, HD_SCOPE_APP);
}

static void
put_env_keys(FILE *out)
{
	put_keys(out, HD_SCOPE_ENV);
}

static void
put_host_keys(FILE *out)
{
	put_keys(out, HD_SCOPE_HOST);
}

static void
put_events(FILE *out)
{
	hd_mdoc_markdown(out, hd_text_file("events.md"));
}

/* A line "@name" of a frame is replaced. */
static const struct {
	const char *name;
	void (*put)(FILE *out);
} parts[] = {
	{ "@commands", put_commands },
	{ "@options", put_general_options },
	{ "@special-options", put_special_options },
	{ "@statuses", put_statuses },
	{ "@app-keys", put_app_keys },
	{ "@env-keys", put_env_keys },
	{ "@host-keys", put_host_keys },
	{ "@events", put_events },
};

static void
put_part(FILE *out, const char *line, size_t n)
{
	for (size_t i = 0; i < HD_COUNT(parts); i++)
		if (strlen(parts[i].name) == n &&
		    strncmp(parts[i].name, line, n) == 0)
			parts[i].put(out);
}

void
hd_man_write(FILE *out, const char *page)
{
	const char *at = hd_text_file(page);

	while (*at != '\0') {
		size_t n = strcspn(at, "\n");

		if (*at == '@')
			put_part(out, at, n);
		else
			fprintf(out, "%.*s\n", (int)n, at);
		at += n + (at[n] == '\n');
	}
}

/* man takes an argument with a slash for a file. */
static int
show_file(const char *file)
{
	const char *const man[] = { "man", file, NULL };
	const char *const mandoc[] = { "mandoc", "-a", file, NULL };
	const char *const *const programs[] = { man, mandoc };

	for (size_t i = 0; i < HD_COUNT(programs); i++) {
		int status;

		if (hd_here_run(programs[i], &status) == 0 && status == 0)
			return 0;
	}
	return 1;
}

static int
write_file(const char *file, const char *page, struct hd_err *err)
{
	FILE *out = fopen(file, "w");

	if (out != NULL)
		hd_man_write(out, page);
	if (out != NULL && fclose(out) == 0)
		return 0;
	return hd_err_set(
	    err, HD_ELOCAL, "cannot write %s: %s", file, strerror(errno));
}

int
hd_man_show(const char *page, struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	char folder[HD_SCRATCH_PATH] = "";
	const char *file;
	int rc;

	if (hd_scratch_make(folder, err) < 0)
		return -1;
	file = hd_arena_fmt(&a, "%s/%s", folder, page);
	rc = write_file(file, page, err);
	if (rc == 0)
		rc = show_file(file);
	hd_scratch_remove(folder);
	return rc;
}
