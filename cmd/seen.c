#include "cmd/seen.h"

#include "core/base/digest.h"
#include "core/base/fs.h"
#include "core/base/name.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* FILE_MAX is enough for all lines: a digest and the versions. */
enum {
	LINES_MAX = 64,
	VERSIONS_MAX = 32,
	KEY_LEN = HD_SHA256_HEX - 1,
	FILE_MAX =
	    LINES_MAX * (KEY_LEN + VERSIONS_MAX * (HD_VERSION_MAX + 1) + 2)
};

/* The folder of the cache; NULL: there is none. */
static const char *
folder(struct hd_arena *a)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache != NULL && cache[0] == '/')
		return hd_arena_fmt(a, "%s/hdeploy", cache);
	if (home != NULL && home[0] == '/')
		return hd_arena_fmt(a, "%s/.cache/hdeploy", home);
	return NULL;
}

/* False if the current folder is gone. */
static bool
make_key(char key[static HD_SHA256_HEX], const char *file, const char *env)
{
	char here[PATH_MAX] = "";
	struct hd_sha256 *h;

	if (file[0] != '/' && getcwd(here, sizeof(here)) == NULL)
		return false;
	h = hd_sha256_new();
	hd_sha256_add(h, here, strlen(here) + 1);
	hd_sha256_add(h, file, strlen(file) + 1);
	hd_sha256_add(h, env, strlen(env));
	hd_sha256_hex(h, key);
	hd_sha256_free(h);
	return true;
}

/* Another user who can write the file could offer versions. */
static bool
is_ours(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_uid == geteuid() &&
	       (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Reads the whole file; "" if it cannot be used. */
static void
read_all(struct hd_str *text, const char *path)
{
	struct hd_err ignored;

	if (is_ours(path))
		(void)!hd_fs_read_regular(path, text, &ignored);
	if (text->failed || strlen(text->ptr) != text->len) {
		hd_str_done(text);
		hd_str_init(text, FILE_MAX + 1);
	}
}

/* The lines of other environments, the newest first. */
static void
add_others(struct hd_str *out, const char *text, const char *key)
{
	for (size_t i = 1; i < LINES_MAX && *text != '\0'; i++) {
		size_t n = strcspn(text, "\n");

		if (n > KEY_LEN && text[KEY_LEN] == ' ' &&
		    strncmp(text, key, KEY_LEN) != 0) {
			hd_str_addn(out, text, n);
			hd_str_add(out, "\n");
		}
		text += n + (text[n] == '\n');
	}
}

void
hd_seen_keep(const char *file, const char *env, const struct hd_strs *versions)
{
	HD_AUTO_ARENA a = { 0 };
	HD_AUTO_STR old = HD_STR_INIT(FILE_MAX + 1);
	HD_AUTO_STR text = HD_STR_INIT(FILE_MAX + 1);
	const char *in = folder(&a), *path;
	char key[HD_SHA256_HEX];
	struct hd_err ignored;
	size_t n = 0;

	if (in == NULL || !make_key(key, file, env))
		return;
	path = hd_arena_fmt(&a, "%s/versions", in);
	hd_str_add(&text, key);
	for (size_t i = 0; i < versions->n && n < VERSIONS_MAX; i++) {
		if (!hd_version_valid(versions->v[i]))
			continue;
		hd_str_addf(&text, " %s", versions->v[i]);
		n++;
	}
	hd_str_add(&text, "\n");
	read_all(&old, path);
	add_others(&text, old.ptr, key);
	if (n > 0 && !text.failed && hd_fs_make_folder(in, &ignored) == 0)
		(void)!hd_fs_replace(path, text.ptr, text.len, &ignored);
}

static void
add_versions(
    struct hd_strs *out, const char *line, size_t n, struct hd_arena *a)
{
	for (size_t i = 0; i < n;) {
		size_t len = strcspn(line + i, " \n");
		const char *version = hd_arena_strndup(a, line + i, len);

		if (hd_version_valid(version))
			*HD_PUSH(a, out) = version;
		i += len + 1;
	}
}

void
hd_seen_read(
    struct hd_strs *out, const char *file, const char *env, struct hd_arena *a)
{
	HD_AUTO_STR text = HD_STR_INIT(FILE_MAX + 1);
	const char *in = folder(a);
	char key[HD_SHA256_HEX];

	if (in == NULL || !make_key(key, file, env))
		return;
	read_all(&text, hd_arena_fmt(a, "%s/versions", in));
	for (const char *at = text.ptr; *at != '\0';) {
		size_t n = strcspn(at, "\n");

		if (n > KEY_LEN && strncmp(at, key, KEY_LEN) == 0 &&
		    at[KEY_LEN] == ' ')
			add_versions(out, at + KEY_LEN, n - KEY_LEN, a);
		at += n + (at[n] == '\n');
	}
}
