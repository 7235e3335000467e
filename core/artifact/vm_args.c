/* vm.args: options for erl, one or more on a line; "#" begins a comment. */
#include "core/artifact/vm_args.h"

#include "core/artifact/parts_read.h"

#include <string.h>

static void
add_lines(
    struct hd_strs *out, struct hd_arena *arena, const struct hd_text *text)
{
	const char *at = text->text, *end = at + text->len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop != NULL ? stop : end) - at);
		const char *next = at + n + (stop != NULL);

		while (n > 0 && strchr(" \t\r", at[n - 1]) != NULL)
			n--;
		while (n > 0 && strchr(" \t", *at) != NULL) {
			at++;
			n--;
		}
		if (n > 0 && *at != '#')
			*HD_PUSH(arena, out) = hd_arena_strndup(arena, at, n);
		at = next;
	}
}

struct words {
	const char *at, *end;
	size_t line;
};

static bool
is_space(char c)
{
	return c != '\0' && strchr(" \t\n\r\f\v", c) != NULL;
}

static void
skip_space(struct words *w)
{
	while (w->at < w->end && (is_space(*w->at) || *w->at == '#')) {
		if (*w->at == '#')
			while (w->at < w->end && *w->at != '\n')
				w->at++;
		else
			w->line += *w->at++ == '\n';
	}
}

/* Takes up to the closing quote; the end of the file closes it too. */
static char *
take_quoted(struct words *w, char *to)
{
	const char quote = *w->at++;

	while (w->at < w->end && *w->at != quote) {
		w->line += *w->at == '\n';
		*to++ = *w->at++;
	}
	w->at += w->at < w->end;
	return to;
}

/* The length of a word in the source is at least that of its text. */
static size_t
source_len(struct words w)
{
	const char *start = w.at;

	while (w.at < w.end && !is_space(*w.at) && *w.at != '#') {
		const char quote = *w.at++;

		if (quote == '"' || quote == '\'')
			while (w.at < w.end && *w.at++ != quote)
				;
		else if (quote == '\\' && w.at < w.end)
			w.at++;
	}
	return (size_t)(w.at - start);
}

static const char *
take_word(struct words *w, struct hd_arena *arena)
{
	char *text = hd_arena_alloc(arena, source_len(*w) + 1), *to = text;

	while (w->at < w->end && !is_space(*w->at) && *w->at != '#') {
		if (*w->at == '"' || *w->at == '\'') {
			to = take_quoted(w, to);
			continue;
		}
		w->at += *w->at == '\\' && w->end - w->at > 1;
		*to++ = *w->at++;
	}
	return text;
}

void
hd_vm_words_read(
    struct hd_vm_words *out, struct hd_arena *arena, const char *text, size_t n)
{
	struct words w = { text, text + n, 1 };

	for (skip_space(&w); w.at < w.end; skip_space(&w)) {
		struct hd_vm_word word = { .line = w.line };

		word.text = take_word(&w, arena);
		if (strcmp(word.text, "-extra") == 0)
			return;
		*HD_PUSH(arena, out) = word;
	}
}

void
hd_vm_args_read(struct hd_artifact *a, const struct hd_scan *s)
{
	struct hd_version_text from = hd_version_text(a, s, "vm.args");
	HD_AUTO_ARENA scratch = { 0 };
	struct hd_vm_words words = { 0 };
	const char *problem;

	a->vm_args_path = from.path;
	if (from.text == NULL)
		return;
	add_lines(&a->vm_args, &a->arena, from.text);
	hd_vm_words_read(&words, &scratch, from.text->text, from.text->len);
	problem = hd_vm_flags_problem(&scratch, &words);
	if (problem != NULL)
		hd_defect_add(a, HD_DEFECT_VM_ARGS, from.path, problem);
}
