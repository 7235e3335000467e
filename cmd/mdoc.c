#include "cmd/mdoc.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { COLUMNS = 70 };

/* The state of writing text. */
struct writer {
	FILE *out;
	size_t column;
	bool bold;      /* between two backquotes */
	bool sentence;  /* the last word ended one */
	bool paragraph; /* one must begin */
	bool begun; /* there is text that a paragraph must be set off from */
};

static void
put(struct writer *w, const char *text)
{
	fputs(text, w->out);
	w->column += strlen(text);
}

static void
put_char(struct writer *w, char c)
{
	const char one[] = { c, '\0' };

	if (c == '`') {
		w->bold = !w->bold;
		put(w, w->bold ? "\\fB" : "\\fR");
	} else if (c == '\\') {
		put(w, "\\e");
	} else {
		put(w, one);
	}
}

/* mandoc takes "q()" for the name of a C function. */
static void
put_chars(struct writer *w, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && p[i - 1] == '(' && p[i] == ')')
			put(w, "\\&");
		put_char(w, p[i]);
	}
}

static void
end_line(struct writer *w)
{
	if (w->column > 0)
		fputc('\n', w->out);
	w->column = 0;
	w->sentence = false;
}

static bool
ends_sentence(const char *word, size_t n)
{
	while (n > 1 && strchr(")\"`", word[n - 1]) != NULL)
		n--;
	return n > 1 && strchr(".!?", word[n - 1]) != NULL &&
	       word[n - 2] != '.';
}

static void
put_word(struct writer *w, const char *word, size_t n)
{
	size_t i = 0;

	if (w->paragraph && w->begun)
		fputs(".Pp\n", w->out);
	w->paragraph = false;
	if (w->column > 0 && (w->sentence || w->column + n > COLUMNS))
		end_line(w);
	if (w->column > 0)
		put(w, " ");
	else if (word[0] == '.' || word[0] == '\'')
		put(w, "\\&");
	for (; i < n && strchr("`\"(", word[i]) != NULL; i++)
		put_char(w, word[i]);
	for (; i < n && word[i] == '-' && n > 1; i++)
		put(w, "\\-");
	put_chars(w, word + i, n - i);
	w->sentence = ends_sentence(word, n);
	w->begun = true;
}

static void
put_words(struct writer *w, const char *line, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = 0;

		while (i + len < n && line[i + len] != ' ')
			len++;
		if (len > 0)
			put_word(w, line + i, len);
		i += len + 1;
	}
}

static void
put_literal(struct writer *w, const char **text)
{
	end_line(w);
	fputs(".Bd -literal -offset indent\n", w->out);
	while (**text == ' ') {
		size_t n = strcspn(*text, "\n"), blanks = strspn(*text, " ");

		if (blanks > 4)
			blanks = 4;
		if ((*text)[blanks] == '.' || (*text)[blanks] == '\'')
			fputs("\\&", w->out);
		for (size_t i = blanks; i < n; i++)
			put_char(w, (*text)[i]);
		end_line(w);
		*text += n + ((*text)[n] == '\n');
	}
	fputs(".Ed\n", w->out);
	w->paragraph = w->begun = true;
}

static void
end_text(struct writer *w)
{
	if (w->bold)
		put_char(w, '`');
	end_line(w);
}

void
hd_mdoc_text(FILE *out, const char *text)
{
	struct writer w = { .out = out };

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		if (*text == ' ') {
			put_literal(&w, &text);
			continue;
		}
		if (n == 0) {
			end_line(&w);
			w.paragraph = true;
		}
		put_words(&w, text, n);
		text += n + (text[n] == '\n');
	}
	end_text(&w);
}

void
hd_mdoc_sentence(FILE *out, const char *line)
{
	struct writer w = { .out = out };
	size_t n = strlen(line);
	const char *rest = line + strcspn(line, " ");

	if (n == 0)
		return;
	/* a key or a value keeps its lower case: "auto: hdeploy makes ..." */
	if (islower((unsigned char)line[0]) && rest > line && rest[-1] != ':') {
		put_char(&w, (char)toupper((unsigned char)line[0]));
		put_chars(&w, line + 1, (size_t)(rest - line) - 1);
		n -= (size_t)(rest - line);
		line = rest;
	}
	put_words(&w, line, n);
	if (n == 0 || strchr(".!?", line[n - 1]) == NULL)
		put_char(&w, '.');
	end_text(&w);
}

void
hd_mdoc_word(FILE *out, const char *word)
{
	bool quoted = strpbrk(word, " \t") != NULL || strlen(word) < 3;

	fputs(quoted ? " \"" : " ", out);
	for (; *word != '\0'; word++) {
		if (*word == '\\')
			fputs("\\e", out);
		else if (*word == '"')
			fputs("\\(dq", out);
		else
			fputc(*word, out);
	}
	if (quoted)
		fputc('"', out);
}

/* The end of "](target)" if a link's text ends at p; else NULL. */
static const char *
link_end(const char *p, const char *end)
{
	return end - p > 1 && p[0] == ']' && p[1] == '('
		   ? memchr(p, ')', (size_t)(end - p))
		   : NULL;
}

static bool
begins_link(const char *p, const char *end)
{
	do
		p++;
	while (p < end && *p != ']' && *p != '[');
	return link_end(p, end) != NULL;
}

/* Of [text](target) only the text. */
static void
put_markdown(struct writer *w, const char *line, size_t n)
{
	const char *end = line + n, *target;
	char plain[4096];
	size_t len = 0;

	for (const char *p = line; p < end && len < sizeof(plain); p++) {
		target = link_end(p, end);
		if (target != NULL)
			p = target;
		else if (*p != '[' || !begins_link(p, end))
			plain[len++] = *p;
	}
	put_words(w, plain, len);
}

/* "| `name` | text |" */
static void
put_row(struct writer *w, const char *line, size_t n)
{
	const char *name = line + 2, *text = strstr(name, " | ");

	if (text == NULL || text >= line + n || *name != '`')
		return;
	end_text(w);
	fputs(".It", w->out);
	fprintf(w->out, " Cm %.*s\n", (int)(text - name) - 2, name + 1);
	text += 3;
	w->paragraph = false;
	put_markdown(w, text, (size_t)(line + n - text) - 2);
	end_text(w);
}

static void
put_table(struct writer *w, const char **text)
{
	end_text(w);
	fputs(".Bl -tag -width Ds\n", w->out);
	while (**text == '|') {
		size_t n = strcspn(*text, "\n");

		put_row(w, *text, n);
		*text += n + ((*text)[n] == '\n');
	}
	fputs(".El\n", w->out);
	w->paragraph = w->begun = true;
}

void
hd_mdoc_markdown(FILE *out, const char *text)
{
	struct writer w = { .out = out };

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		if (*text == '|') {
			put_table(&w, &text);
			continue;
		}
		if (n == 0) {
			end_text(&w);
			w.paragraph = true;
		} else if (strncmp(text, "## ", 3) == 0) {
			end_text(&w);
			fprintf(out, ".Ss %.*s\n", (int)n - 3, text + 3);
			w.begun = false;
		} else if (*text != '#') {
			put_markdown(&w, text, n);
		}
		text += n + (text[n] == '\n');
	}
	end_text(&w);
}
