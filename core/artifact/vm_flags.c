/*
 * Options of vm.args that a VM cannot start with. The limits are those of
 * erl(1) and were tried on OTP 25. An option that is not in these tables, or
 * whose value is a ${NAME}, is taken as right: newer VMs know more options.
 */
#include "core/artifact/term.h"
#include "core/artifact/vm_args.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct flag {
	const char *name;
	const char *words; /* " a b ": the value must be one of these */
	long min, max;     /* without words: a number between these */
};

#define BUSY " none very_short short medium long very_long "
#define WAKE " very_low low medium high very_high "
#define BIND " u ns ts ps s nnts nnps tnnps db "
#define SWITCH " true false "

/* "+sbwtdcpu" before "+sbwt": a value can follow without white space. */
static const struct flag flags[] = {
	{ "+A", NULL, 0, 1024 },
	{ "+a", NULL, 16, 8192 },
	{ "+C", " no_time_warp single_time_warp multi_time_warp ", 0, 0 },
	{ "+hmaxel", SWITCH, 0, 0 },
	{ "+hmaxk", SWITCH, 0, 0 },
	{ "+hmqd", " off_heap on_heap ", 0, 0 },
	{ "+P", " legacy ", 1024, 134217727 },
	{ "+pc", " unicode latin1 ", 0, 0 },
	{ "+Q", " legacy ", 1024, 134217727 },
	{ "+SDio", NULL, 1, 1024 },
	{ "+sbwtdcpu", BUSY, 0, 0 },
	{ "+sbwtdio", BUSY, 0, 0 },
	{ "+sbwt", BUSY, 0, 0 },
	{ "+sbt", BIND, 0, 0 },
	{ "+scl", SWITCH, 0, 0 },
	{ "+spp", SWITCH, 0, 0 },
	{ "+sssdcpu", NULL, 20, 8192 },
	{ "+sssdio", NULL, 20, 8192 },
	{ "+sss", NULL, 20, 8192 },
	{ "+stbt", BIND, 0, 0 },
	{ "+sub", SWITCH, 0, 0 },
	{ "+swtdcpu", WAKE, 0, 0 },
	{ "+swtdio", WAKE, 0, 0 },
	{ "+sws", " default legacy ", 0, 0 },
	{ "+swt", WAKE, 0, 0 },
	{ "+T", NULL, 0, 9 },
	{ "+W", " w i e ", 0, 0 },
	{ "+zdbbl", NULL, 1, 2097151 },
};

/* Options that need words after them. */
static const struct {
	const char *name;
	size_t words;
} needs[] = {
	{ "-name", 1 },
	{ "-sname", 1 },
	{ "-env", 2 },
	{ "-epmd", 1 },
	{ "-start_epmd", 1 },
	{ "-boot_var", 2 },
	{ "-args_file", 1 },
};

static bool
has_variable(const char *text)
{
	return strstr(text, "${") != NULL;
}

static bool
is_listed(const char *words, const char *value)
{
	size_t n = strlen(value);

	if (n == 0 || strchr(value, ' ') != NULL)
		return false;
	for (const char *p = words; (p = strstr(p, value)) != NULL; p++)
		if (p[-1] == ' ' && p[n] == ' ')
			return true;
	return false;
}

/* The rule that value breaks; NULL: none. Numbers are read as atoi(3) does. */
static const char *
value_problem(struct hd_arena *arena, const struct flag *f, const char *value)
{
	long number = strtol(value, NULL, 10);

	if (has_variable(value) ||
	    (f->words != NULL && is_listed(f->words, value)))
		return NULL;
	if (f->max == 0)
		return hd_arena_fmt(arena, "not one of:%.*s",
		    (int)strlen(f->words) - 1, f->words);
	if (number >= f->min && number <= f->max)
		return NULL;
	return hd_arena_fmt(
	    arena, "not a number from %ld to %ld", f->min, f->max);
}

/* The row of an option; *value: the rest of the word. */
static const struct flag *
find_flag(const char *word, const char **value)
{
	for (size_t i = 0; i < HD_COUNT(flags); i++) {
		size_t n = strlen(flags[i].name);

		if (strncmp(word, flags[i].name, n) != 0)
			continue;
		*value = word + n;
		return &flags[i];
	}
	return NULL;
}

/* Whether the rest of the word after +P can only be its value: +Px could be an
 * option that this table does not know. */
static bool
is_value(const struct flag *f, const char *rest)
{
	return rest[0] == '\0' || (rest[0] >= '0' && rest[0] <= '9') ||
	       (f->words != NULL && is_listed(f->words, rest));
}

/* *at: the index of the option; afterwards, of its last word. */
static const char *
flag_problem(struct hd_arena *arena, const struct hd_vm_words *w, size_t *at)
{
	const struct hd_vm_word *word = &w->v[*at];
	const char *value, *problem;
	const struct flag *f = find_flag(word->text, &value);

	if (f == NULL || !is_value(f, value))
		return NULL;
	if (value[0] == '\0') {
		if (++*at == w->n)
			return hd_arena_fmt(arena,
			    "line %zu: %s: its value is missing", word->line,
			    f->name);
		value = w->v[*at].text;
	}
	problem = value_problem(arena, f, value);
	if (problem == NULL)
		return NULL;
	return hd_arena_fmt(
	    arena, "line %zu: %s %s: %s", word->line, f->name, value, problem);
}

static const char *
count_problem(struct hd_arena *arena, const struct hd_vm_words *w, size_t *at)
{
	const struct hd_vm_word *word = &w->v[*at];

	for (size_t i = 0; i < HD_COUNT(needs); i++) {
		if (strcmp(word->text, needs[i].name) != 0)
			continue;
		*at += needs[i].words;
		if (*at < w->n)
			return NULL;
		return hd_arena_fmt(arena, "line %zu: %s: a word is missing",
		    word->line, word->text);
	}
	return NULL;
}

static const char *
name_problem(struct hd_arena *arena, const struct hd_vm_word *name)
{
	const char *host = strchr(name->text, '@');

	if (has_variable(name->text) || host == NULL ||
	    strchr(host + 1, '@') == NULL)
		return NULL;
	return hd_arena_fmt(arena, "line %zu: %s: the name of a node has one @",
	    name->line, name->text);
}

/* -kernel Key Value: application_controller reads both as terms. */
static const char *
setting_problem(struct hd_arena *arena, const struct hd_vm_word *word)
{
	struct hd_err err = { 0 };
	struct hd_term t;
	const char *text = hd_arena_fmt(arena, "%s.", word->text);

	if (has_variable(word->text) ||
	    hd_term_parse_only(&t, arena, text, strlen(text),
		HD_TERM_VARIABLES_NONE, &err) == 0)
		return NULL;
	return hd_arena_fmt(
	    arena, "line %zu: %s: not an Erlang term", word->line, word->text);
}

static bool
is_option(const char *text)
{
	return text[0] == '+' || (text[0] == '-' && text[1] != '\0' &&
				     (text[1] < '0' || text[1] > '9'));
}

static bool
is_application(const char *text)
{
	static const char *const names[] = { "-kernel", "-stdlib", "-sasl" };

	for (size_t i = 0; i < HD_COUNT(names); i++)
		if (strcmp(text, names[i]) == 0)
			return true;
	return false;
}

/* A key without a value is ignored. */
static const char *
settings_problem(struct hd_arena *arena, const struct hd_vm_words *w, size_t at)
{
	const char *problem = NULL;

	for (at++; problem == NULL && at + 1 < w->n &&
		   !is_option(w->v[at].text) && !is_option(w->v[at + 1].text);
	     at += 2) {
		problem = setting_problem(arena, &w->v[at]);
		if (problem == NULL)
			problem = setting_problem(arena, &w->v[at + 1]);
	}
	return problem;
}

const char *
hd_vm_flags_problem(struct hd_arena *arena, const struct hd_vm_words *w)
{
	const char *problem = NULL;

	for (size_t i = 0; problem == NULL && i < w->n; i++) {
		const char *text = w->v[i].text;
		bool named =
		    strcmp(text, "-name") == 0 || strcmp(text, "-sname") == 0;

		if (is_application(text))
			problem = settings_problem(arena, w, i);
		else if (text[0] == '+')
			problem = flag_problem(arena, w, &i);
		else
			problem = count_problem(arena, w, &i);
		if (problem == NULL && named)
			problem = name_problem(arena, &w->v[i]);
	}
	return problem;
}
