#include "cmd/ci.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TITLE_MAX = 4096 };

/* "%" first, because the runner decodes it last. */
void
hd_ci_escape(struct hd_str *out, const char *text, bool property)
{
	for (const char *p = text; *p != '\0'; p++) {
		bool escaped = strchr("%\r\n", *p) != NULL ||
			       (property && (*p == ':' || *p == ','));

		if (escaped)
			hd_str_addf(out, "%%%02X", (unsigned char)*p);
		else
			hd_str_addn(out, p, 1);
	}
}

static void
open_group(FILE *out, size_t n, const char *title)
{
	HD_AUTO_STR text = HD_STR_INIT(TITLE_MAX);

	(void)n;
	hd_ci_escape(&text, title, false);
	fprintf(out, "::group::%s\n", text.ptr);
}

static void
close_group(FILE *out, size_t n)
{
	(void)n;
	fputs("::endgroup::\n", out);
}

/* GitLab needs names that occur once in a job, in which hdeploy can run several
 * times. */
static void
put_section(FILE *out, const char *edge, size_t n, const char *options)
{
	fprintf(out, "\033[0Ksection_%s:%lld:hdeploy_%ld_%zu%s\r\033[0K", edge,
	    (long long)time(NULL), (long)getpid(), n, options);
}

static void
open_section(FILE *out, size_t n, const char *title)
{
	put_section(out, "start", n, "[collapsed=true]");
	fprintf(out, "%s\n", title);
}

static void
close_section(FILE *out, size_t n)
{
	put_section(out, "end", n, "");
	fputc('\n', out);
}

/* Forgejo and Gitea are GitHub to their jobs. */
static const struct hd_ci systems[] = {
	{ "GitHub", "GITHUB_ACTIONS", "true", open_group, close_group, true },
	{ "GitLab", "GITLAB_CI", NULL, open_section, close_section, false },
};

const struct hd_ci *
hd_ci_find(void)
{
	for (size_t i = 0; i < HD_COUNT(systems); i++) {
		const struct hd_ci *ci = &systems[i];
		const char *value = getenv(ci->variable);

		if (value != NULL && *value != '\0' &&
		    (ci->value == NULL || strcmp(value, ci->value) == 0))
			return ci;
	}
	return NULL;
}

/* Blanks of any alphabet, and characters that cannot be seen. */
static const char *
skip_unseen(const char *p)
{
	while (*p != '\0' && (*p <= ' ' || *p > '~'))
		p++;
	return p;
}

/* GitHub skips blanks before "::", and compares by the rules of a language,
 * which ignores invisible characters inside it. */
void
hd_ci_line(FILE *out, const char *text)
{
	const char *p = skip_unseen(text);

	if (p[0] == ':' && *skip_unseen(p + 1) == ':')
		fprintf(out, "%.*s\\x3a%s\n", (int)(p - text), text, p + 1);
	else
		fprintf(out, "%s\n", text);
}
