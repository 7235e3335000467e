#include "core/artifact/names.h"

#include <archive_entry.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define OWN ".hdeploy"

enum { PATH_BYTES_MAX = 1000 };

const char *
hd_entry_name(struct archive_entry *e)
{
	const char *name = archive_entry_pathname_utf8(e);

	return name != NULL ? name : archive_entry_pathname(e);
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

static bool
has_part(const char *path, const char *part)
{
	size_t n = strlen(part);

	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == n && memcmp(path, part, n) == 0)
			return true;
		if (path[len] == '\0')
			return false;
		path += len + 1;
	}
}

const char *
hd_entry_problem(const char *path)
{
	const char *problem;

	if (path[0] == '/')
		return "absolute path; pack relative paths: tar -C FOLDER -czf "
		       "FILE bin lib releases";
	if (has_part(path, ".") && !has_part(path, ".."))
		return "\"./\" in the path, which Erlang cannot unpack; leave "
		       "it out: tar -C FOLDER -czf FILE bin lib releases";
	problem = hd_plain_entry_problem(path);
	if (problem != NULL)
		return problem;
	if (strcmp(path, OWN) == 0 || strncmp(path, OWN "/", sizeof(OWN)) == 0)
		return "hdeploy's own folder on a host; leave it out";
	if (path[0] == '.')
		return "hidden at the top of the release: in a home directory "
		       "it would replace the user's own; leave it out";
	return NULL;
}

const char *
hd_plain_entry_problem(const char *path)
{
	if (strlen(path) > PATH_BYTES_MAX)
		return "path too long";
	if (path[0] == '/')
		return "absolute path; pack relative paths: tar -C FOLDER -czf "
		       "FILE .";
	if (has_part(path, ".."))
		return "\"..\" in the path";
	if (has_part(path, "."))
		return "\".\" in the middle of the path";
	if (has_part(path, ""))
		return "empty part in the path";
	if (strchr(path, '\\') != NULL)
		return "backslash in the path";
	if (has_control(path))
		return "control character in the path";
	return NULL;
}

const char *
hd_link_problem(const char *target)
{
	if (target[0] == '/' || has_part(target, ".."))
		return "which leads out of the release, at least for Erlang's "
		       "unpacker; pack the file itself (tar --dereference; "
		       "rebar3: {mode, prod})";
	if (target[0] == '\0' || has_control(target) ||
	    strchr(target, '\\') != NULL)
		return "which is not a plain path";
	return NULL;
}

const char *
hd_plain_link_problem(const char *path, const char *target)
{
	if (target[0] != '/' && !hd_link_inside(path, target))
		return "which leads out of the release; use linked_dirs or "
		       "linked_files for files that versions share";
	if (target[0] == '\0' || has_control(target) ||
	    strchr(target, '\\') != NULL)
		return "which is not a plain path";
	return NULL;
}

bool
hd_link_inside(const char *path, const char *target)
{
	long depth = -1;

	if (target[0] == '/')
		return false;
	for (; path != NULL; depth++)
		path = strchr(path, '/') != NULL ? strchr(path, '/') + 1 : NULL;
	while (depth >= 0 && *target != '\0') {
		size_t n = strcspn(target, "/");

		if (n == 2 && memcmp(target, "..", 2) == 0)
			depth--;
		else if (n > 0 && !(n == 1 && *target == '.'))
			depth++;
		target += n + (target[n] == '/');
	}
	return depth >= 0;
}

const char *
hd_shown(char out[static HD_SHOWN_MAX], const char *name)
{
	size_t n = strlen(name), half = HD_SHOWN_MAX / 2 - 2;

	if (n < HD_SHOWN_MAX)
		snprintf(out, HD_SHOWN_MAX, "%s", name);
	else
		snprintf(out, HD_SHOWN_MAX, "%.*s...%s", (int)half, name,
		    name + n - half);
	for (char *p = out; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return out;
}
