#include "cmd/project_private.h"

#include "core/base/json.h"

#include <string.h>

/* Projects in Rust, Go, Python and JavaScript. */

#define SPACE " \t\r"

/* The text between the quotes at p, or NULL. */
static const char *
quoted(struct hd_arena *a, const char *p)
{
	char mark[] = { *p, '\0' };

	if (*p != '"' && *p != '\'')
		return NULL;
	return hd_arena_strndup(a, p + 1, strcspn(p + 1, mark));
}

/* NAME = "..." at the beginning of line: the text, or NULL. */
static const char *
value(struct hd_arena *a, const char *line, const char *name)
{
	size_t n = strlen(name);

	line += strspn(line, SPACE);
	if (strncmp(line, name, n) != 0)
		return NULL;
	line += n + strspn(line + n, SPACE);
	if (*line != '=')
		return NULL;
	return quoted(a, line + 1 + strspn(line + 1, SPACE));
}

/* The names in all sections of a TOML file with this header: "[package]". */
static void
find_in(struct hd_reading *r, const char *toml, const char *header)
{
	bool inside = false;

	for (const char *line = toml; *line != '\0';
	     line += strcspn(line, "\n"), line += *line == '\n') {
		line += strspn(line, SPACE);
		if (*line == '[')
			inside = strncmp(line, header, strlen(header)) == 0;
		else if (inside)
			hd_project_found(r, value(r->a, line, "name"));
	}
}

/* [[bin]] names programs; without it, the program is named after its package.
 */
void
hd_project_find_cargo(struct hd_reading *r)
{
	find_in(r, r->text[HD_SOURCE_CARGO], "[[bin]]");
	if (r->p->name == NULL)
		find_in(r, r->text[HD_SOURCE_CARGO], "[package]");
}

void
hd_project_find_python(struct hd_reading *r)
{
	find_in(r, r->text[HD_SOURCE_PYTHON], "[project]");
	if (r->p->name == NULL)
		find_in(r, r->text[HD_SOURCE_PYTHON], "[tool.poetry]");
}

/* "v2" of a module path */
static bool
is_major(const char *text)
{
	return text[0] == 'v' && text[1] != '\0' &&
	       text[1 + strspn(text + 1, "0123456789")] == '\0';
}

/* The last part of the path that is not a major version, as `go build` names
 * programs: module example.com/shop/v2 */
static void
find_module(struct hd_reading *r, const char *path)
{
	char *name = hd_arena_strdup(r->a, path);
	char *slash = strrchr(name, '/');

	if (slash != NULL && is_major(slash + 1)) {
		*slash = '\0';
		slash = strrchr(name, '/');
	}
	hd_project_found(r, slash != NULL ? slash + 1 : name);
}

void
hd_project_find_go(struct hd_reading *r)
{
	static const char word[] = "module";
	size_t n = sizeof(word) - 1;

	for (const char *p = r->text[HD_SOURCE_GO]; *p != '\0';
	     p += strcspn(p, "\n"), p += *p == '\n') {
		size_t blanks =
		    strncmp(p, word, n) == 0 ? strspn(p + n, SPACE) : 0;
		const char *path = p + n + blanks;

		if (blanks > 0 && *path == '"')
			find_module(r, quoted(r->a, path));
		else if (blanks > 0)
			find_module(r, hd_arena_strndup(r->a, path,
					   strcspn(path, SPACE "\n")));
	}
}

/* Without the scope: "@example/shop" */
void
hd_project_find_node(struct hd_reading *r)
{
	struct hd_json *o = hd_json_parse(r->text[HD_SOURCE_NODE]);
	const char *name = o != NULL ? hd_json_get(o, "name") : NULL;
	const char *slash = name != NULL ? strchr(name, '/') : NULL;

	if (name != NULL)
		hd_project_found(
		    r, hd_arena_strdup(r->a, slash != NULL ? slash + 1 : name));
	hd_json_free(o);
}
