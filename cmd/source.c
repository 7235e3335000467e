#include "cmd/source.h"

#include "core/base/name.h"

#include <glob.h>
#include <unistd.h>

/* NAME-VERSION.tar.gz in the current folder, where fetch puts it. */
static int
find_tarball(struct hd_source *out, struct hd_arena *a, const char *version,
    struct hd_err *err)
{
	glob_t found;
	int status =
	    glob(hd_arena_fmt(a, "*-%s.tar.gz", version), 0, NULL, &found);

	if (status == 0 && found.gl_pathc == 1)
		out->path = hd_arena_strdup(a, found.gl_pathv[0]);
	globfree(&found);
	if (out->path != NULL)
		return 0;
	return hd_err_set(err, HD_EUSAGE,
	    status == 0
		? "several files in this folder match *-%s.tar.gz: give the "
		  "name of one"
		: "release %s is not on this machine: give its folder or "
		  "tarball; `hdeploy fetch` brings the tarball from a host",
	    version);
}

int
hd_source_find(struct hd_source *out, struct hd_arena *a, const char *word,
    const char *other, struct hd_err *err)
{
	if (access(word, F_OK) == 0) {
		out->path = word;
		return 0;
	}
	if (other != NULL && hd_version_valid(word) &&
	    access(hd_arena_fmt(a, "%s/releases/%s", other, word), F_OK) == 0) {
		*out = (struct hd_source){ other, word };
		return 0;
	}
	if (hd_version_valid(word))
		return find_tarball(out, a, word, err);
	return hd_err_set(err, HD_EUSAGE, "%s does not exist", word);
}
