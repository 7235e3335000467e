#include "core/rollout/hook_tarball.h"

#include "core/artifact/artifact.h"
#include "core/base/cancel.h"
#include "core/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool
is_wanted(const struct hd_run *run)
{
	const struct hd_hooks *hooks = &run->env->hooks;

	for (size_t i = 0; i < hooks->n; i++)
		if (hooks->v[i].name == HD_HOOK_BEFORE_PUSH &&
		    hooks->v[i].place == HD_HOOK_LOCAL)
			return run->goal.artifact != NULL;
	return false;
}

static int
fail(const struct hd_hook_tarball *t, struct hd_err *err)
{
	return hd_err_set(err, HD_ELOCAL,
	    "the tarball cannot be copied to %s: %s", t->path, strerror(errno));
}

static int
copy(const struct hd_hook_tarball *t, int from, uint64_t size,
    struct hd_err *err)
{
	HD_AUTO_FD fd =
	    open(t->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char chunk[64 * 1024];

	if (fd < 0)
		return fail(t, err);
	for (uint64_t at = 0; at < size;) {
		ssize_t n = pread(from, chunk, sizeof(chunk), (off_t)at);

		if (hd_cancel_requested())
			return hd_err_set(err, HD_ECANCELED, "interrupted");
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO; /* the tarball was truncated meanwhile */
		if (n <= 0 || hd_fs_write_all(fd, chunk, (size_t)n) < 0)
			return fail(t, err);
		at += (uint64_t)n;
	}
	return 0;
}

int
hd_hook_tarball_init(struct hd_hook_tarball *t, const struct hd_run *run,
    struct hd_hook_context *context, struct hd_err *err)
{
	const struct hd_artifact *a = run->goal.artifact;

	*t = (struct hd_hook_tarball){ 0 };
	if (!is_wanted(run))
		return 0;
	if (hd_scratch_make(t->folder, err) < 0)
		return -1;
	snprintf(t->path, sizeof(t->path), "%s/%s-%s.tar.gz", t->folder,
	    a->name, a->version);
	snprintf(t->size, sizeof(t->size), "%" PRIu64, a->size);
	context->tarball = t->path;
	context->sha256 = a->sha256;
	context->size = t->size;
	return copy(t, a->fd, a->size, err);
}

void
hd_hook_tarball_done(struct hd_hook_tarball *t)
{
	hd_scratch_remove(t->folder);
}
