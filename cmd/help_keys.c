#include "cmd/help_keys.h"

#include "cmd/fold.h"
#include "cmd/key_text.h"

#include <string.h>

enum { COLUMNS = 80, NAME_COLUMN = 2, TEXT_COLUMN = 24, VALUE_COLUMN = 11 };

/* Keys are grouped by the struct that they belong to. */
static const struct {
	enum hd_scope scope;
	const char *title;
} groups[] = {
	{ HD_SCOPE_APP, "in [app], the release:" },
	{ HD_SCOPE_ENV, "in [defaults] or an environment such as [prod]:" },
	{ HD_SCOPE_HOST,
	    "in [defaults], an environment, or one host such as [prod:web1]:" },
};

static void
put_row(FILE *out, const struct hd_key *key)
{
	int n = fprintf(out, "%*s%-*s", NAME_COLUMN, "",
	    TEXT_COLUMN - NAME_COLUMN - 2, key->name);

	n += fprintf(out, "  ");
	hd_fold(out, key->help, (size_t)n, TEXT_COLUMN, COLUMNS);
}

void
hd_help_keys(FILE *out)
{
	const struct hd_key *key;

	fputs("deploy.ini has lines KEY = VALUE in sections. The most specific "
	      "section wins.\n",
	    out);
	for (size_t g = 0; g < HD_COUNT(groups); g++) {
		fprintf(out, "\n%s\n", groups[g].title);
		for (size_t i = 0; (key = hd_key_row(i)) != NULL; i++)
			if (key->scope == groups[g].scope)
				put_row(out, key);
	}
	fputs("\n\"hdeploy help KEY\" explains one key, \"hdeploy help --man "
	      "deploy.ini\" all keys.\n",
	    out);
}

static void
put_value(FILE *out, const char *title, const char *text)
{
	fprintf(out, "  %-*s", VALUE_COLUMN - 2, title);
	hd_fold(out, text, VALUE_COLUMN, VALUE_COLUMN, COLUMNS);
}

static void
put_made(FILE *out, const char *title, const struct hd_key *key,
    void (*make)(const struct hd_key *key, struct hd_str *out))
{
	HD_AUTO_STR text = HD_STR_INIT(1024);

	make(key, &text);
	if (text.len > 0)
		put_value(out, title, text.ptr);
}

void
hd_help_key(FILE *out, const struct hd_key *key)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_key_text text;

	hd_key_text(&text, key, &a);
	fprintf(out, "%s, a key of deploy.ini:\n  ", key->name);
	hd_fold(out, key->help, 2, 2, COLUMNS);
	fputc('\n', out);
	for (size_t i = 0; i < text.lines.n; i++)
		fprintf(out, "%s\n", text.lines.v[i]);
	fputc('\n', out);
	put_made(out, "value", key, hd_key_value);
	put_made(out, "NAME", key, hd_key_names);
	if (key->fallback != NULL)
		put_value(out, "default", key->fallback);
	put_made(out, "section", key, hd_key_sections);
	for (size_t i = 0; i < text.examples.n; i++)
		fprintf(out, "  %-*s%s\n", VALUE_COLUMN - 2,
		    i == 0 ? "example" : "", text.examples.v[i]);
}

const struct hd_key *
hd_help_find_key(const char *name)
{
	const struct hd_key *key = hd_key_find(name);
	size_t n = strlen(name);

	for (size_t i = 0; key == NULL && hd_key_row(i) != NULL; i++) {
		const char *family = hd_key_row(i)->name;

		if (strncmp(family, name, n) == 0 &&
		    strcmp(family + n, ".NAME") == 0)
			key = hd_key_row(i);
	}
	return key;
}
