#include "cmd/complete.h"

#include "cmd/commands.h"

#include <string.h>

/* Reads words until the one at the cursor. */
struct reader {
	struct hd_typed t;
	const struct hd_option *pending; /* its value comes next; NULL: none */
	bool only_words;                 /* after "--" */
};

static const struct hd_option *
long_option(const char *name, size_t n)
{
	const struct hd_option *row;

	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++)
		if (strlen(row->name) == n && memcmp(row->name, name, n) == 0)
			break;
	return row;
}

static const struct hd_option *
short_option(char letter)
{
	const struct hd_option *row;

	for (size_t i = 0; (row = hd_options_row(i)) != NULL; i++)
		if (row->letter == letter)
			break;
	return row;
}

static void
note(struct reader *r, const struct hd_option *row, const char *value)
{
	r->t.given |= (uint64_t)1 << (row - hd_options_row(0));
	if (strcmp(row->name, "file") == 0)
		r->t.file = value;
}

/* row can be NULL: an unknown option. value is NULL if the word has none. */
static void
read_option(struct reader *r, const struct hd_option *row, const char *value)
{
	if (row != NULL && row->value != NULL && value == NULL)
		r->pending = row;
	else if (row != NULL)
		note(r, row, value);
}

static void
read_letters(struct reader *r, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		const struct hd_option *row = short_option(*letters);

		if (row != NULL && row->value != NULL) {
			read_option(
			    r, row, letters[1] != '\0' ? letters + 1 : NULL);
			return;
		}
		read_option(r, row, NULL);
	}
}

static void
read_argument(struct reader *r, const char *word)
{
	struct hd_err ignored;

	if (r->t.command != NULL)
		*HD_PUSH(r->t.arena, &r->t.args) = word;
	else
		(void)!hd_command_find(&r->t.command, word, &ignored);
}

static void
read_word(struct reader *r, const char *word)
{
	size_t n = strcspn(word, "=");

	if (r->pending != NULL) {
		note(r, r->pending, word);
		r->pending = NULL;
	} else if (r->only_words || word[0] != '-' || word[1] == '\0') {
		read_argument(r, word);
	} else if (word[1] != '-') {
		read_letters(r, word + 1);
	} else if (word[2] == '\0') {
		r->only_words = true;
	} else {
		read_option(r, long_option(word + 2, n - 2),
		    word[n] == '=' ? word + n + 1 : NULL);
	}
}

static void
put(struct hd_typed *t, const char *name, const char *prefix, const char *word)
{
	const struct hd_candidates *c = hd_candidates_of(name);

	t->prefix = prefix;
	t->word = word;
	if (c != NULL && c->put != NULL)
		c->put(t);
}

/* The name of argument i in "ENV [VERSION]"; NULL: there is none. */
static const char *
argument(struct hd_arena *a, const char *args, size_t i)
{
	for (; *args != '\0'; i--) {
		size_t n = strcspn(args, " ");
		bool many = n > 3 && strncmp(args + n - 3, "...", 3) == 0;

		if (i == 0 || many)
			return *args == '['
				   ? hd_arena_strndup(a, args + 1, n - 2)
				   : hd_arena_strndup(a, args, n);
		args += n + strspn(args + n, " ");
	}
	return NULL;
}

static void
put_argument(struct hd_typed *t, const char *word)
{
	const char *name;

	t->prefix = "";
	t->word = word;
	if (t->command == NULL) {
		hd_candidates_commands(t);
		return;
	}
	name = argument(t->arena, t->command->args, t->args.n);
	if (name != NULL)
		put(t, name, "", word);
}

static void
put_last(struct reader *r, const char *word)
{
	size_t n = strcspn(word, "=");
	const struct hd_option *row;

	if (r->pending != NULL) {
		put(&r->t, r->pending->value, "", word);
	} else if (r->only_words || word[0] != '-') {
		put_argument(&r->t, word);
	} else if (word[n] == '\0') {
		r->t.prefix = "";
		hd_candidates_options(&r->t);
	} else if (n > 2) {
		row = long_option(word + 2, n - 2);
		if (row != NULL && row->value != NULL)
			put(&r->t, row->value,
			    hd_arena_strndup(r->t.arena, word, n + 1),
			    word + n + 1);
	}
}

void
hd_complete(FILE *out, const char *const *words, size_t n)
{
	HD_AUTO_ARENA a = { 0 };
	struct reader r = {
		.t = { .arena = &a, .out = out, .file = HD_INVENTORY_FILE }
	};

	for (size_t i = 0; i + 1 < n; i++)
		read_word(&r, words[i]);
	if (n > 0)
		put_last(&r, words[n - 1]);
	hd_inventory_free(r.t.inventory);
}

static enum hd_status
run(struct hd_cli *cli)
{
	hd_complete(cli->text, cli->args, cli->nargs);
	return HD_STATUS_OK;
}

const struct hd_command hd_command_complete = {
	.name = "complete",
	.args = "WORD...",
	.help = "print the candidates for the last WORD",
	.usage = "The completions of bash, zsh and fish run this command.\n",
	.flags = HD_HIDDEN,
	.run = run,
};
