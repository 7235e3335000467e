#include "cmd/report.h"

#include "core/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* SUMMARY_MAX: GitHub does not show a summary of more than 1 MiB per step. */
enum { REPORT_MAX = 256 * 1024 * 1024, SUMMARY_MAX = 1024 * 1024 };

struct hd_reporter {
	struct hd_run_log log;
	struct hd_sink sink;
	/* replaced; NULL: not wanted */
	const char *junit, *dotenv, *timeline;
	const char *summary, *output; /* appended to; NULL: not wanted */
	const struct hd_ci *ci;
};

static void
take(void *ctx, const struct hd_event *ev)
{
	struct hd_reporter *r = ctx;

	hd_run_log_take(&r->log, ev);
}

static const char *
from_env(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

struct hd_reporter *
hd_reporter_new(const struct hd_options *o, const struct hd_ci *ci)
{
	struct hd_reporter *r = hd_alloc(sizeof(*r));

	r->junit = o->junit;
	r->dotenv = o->dotenv;
	r->timeline = o->timeline;
	r->ci = ci;
	if (ci != NULL && ci->annotates) {
		r->summary = from_env("GITHUB_STEP_SUMMARY");
		r->output = from_env("GITHUB_OUTPUT");
	}
	hd_run_log_init(&r->log);
	r->sink = (struct hd_sink){ .emit = take, .ctx = r };
	return r;
}

void
hd_reporter_free(struct hd_reporter *r)
{
	if (r == NULL)
		return;
	hd_run_log_done(&r->log);
	free(r);
}

const struct hd_sink *
hd_reporter_sink(const struct hd_reporter *r)
{
	bool wanted = r->junit != NULL || r->dotenv != NULL ||
		      r->timeline != NULL || r->summary != NULL ||
		      r->output != NULL;

	return wanted ? &r->sink : NULL;
}

static int
replace(const char *path, const struct hd_str *text, struct hd_err *err)
{
	if (hd_str_check(text, err) < 0)
		return hd_err_prefix(err, "%s", path);
	return hd_fs_publish(path, text->ptr, text->len, err);
}

static int
write_junit(struct hd_reporter *r, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(REPORT_MAX);

	if (r->junit == NULL)
		return 0;
	hd_report_junit(&text, &r->log);
	return replace(r->junit, &text, err);
}

static int
write_dotenv(struct hd_reporter *r, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(REPORT_MAX);

	if (r->dotenv == NULL)
		return 0;
	hd_report_dotenv(&text, &r->log);
	return replace(r->dotenv, &text, err);
}

static int
write_timeline(struct hd_reporter *r, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(REPORT_MAX);

	if (r->timeline == NULL)
		return 0;
	hd_report_timeline(&text, &r->log);
	return replace(r->timeline, &text, err);
}

/* Opens a file that the runner has made: never makes one, follows no link, and
 * does not wait for the reader of a FIFO. *size: its bytes so far. */
static int
open_runner_file(int *fd, const char *path, size_t *size, struct hd_err *err)
{
	HD_AUTO_FD f = open(
	    path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (f < 0 || fstat(f, &st) < 0)
		return hd_err_set(err, HD_ELOCAL, "cannot open %s: %s", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return hd_err_set(
		    err, HD_ELOCAL, "%s is not a regular file", path);
	*size = (size_t)st.st_size;
	*fd = hd_steal_fd(&f);
	return 0;
}

/* All or nothing: half a line would be the beginning of the next program's. */
static int
append(int fd, const char *path, size_t size, const struct hd_str *text,
    struct hd_err *err)
{
	if (hd_str_check(text, err) < 0)
		return hd_err_prefix(err, "%s", path);
	if (hd_fs_write_all(fd, text->ptr, text->len) == 0)
		return 0;
	(void)hd_err_set(
	    err, HD_ELOCAL, "cannot write %s: %s", path, strerror(errno));
	(void)!ftruncate(fd, (off_t)size);
	return -1;
}

static int
write_summary(struct hd_reporter *r, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(SUMMARY_MAX + 1);
	HD_AUTO_FD fd = -1;
	size_t size;

	if (r->summary == NULL)
		return 0;
	if (open_runner_file(&fd, r->summary, &size, err) < 0)
		return -1;
	hd_report_markdown(
	    &text, &r->log, size < SUMMARY_MAX ? SUMMARY_MAX - size : 0);
	if (text.len == 0)
		return hd_err_set(err, HD_ELOCAL,
		    "%s has no room for another summary", r->summary);
	return append(fd, r->summary, size, &text, err);
}

static int
write_output(struct hd_reporter *r, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(1024);
	HD_AUTO_FD fd = -1;
	size_t size;

	if (r->output == NULL)
		return 0;
	if (open_runner_file(&fd, r->output, &size, err) < 0)
		return -1;
	hd_report_output(&text, &r->log);
	return append(fd, r->output, size, &text, err);
}

int
hd_reporter_begin(struct hd_reporter *r, struct hd_err *err)
{
	if (write_junit(r, err) < 0) {
		r->junit = NULL; /* once is enough */
		return hd_err_prefix(err, "--junit");
	}
	if (write_dotenv(r, err) < 0) {
		r->dotenv = NULL;
		return hd_err_prefix(err, "--report-dotenv");
	}
	if (write_timeline(r, err) < 0) {
		r->timeline = NULL;
		return hd_err_prefix(err, "--timeline");
	}
	return 0;
}

static void
warn(const struct hd_reporter *r, FILE *out, const struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(4096);

	if (r->ci != NULL && r->ci->annotates)
		hd_str_add(&text, "::warning title=hdeploy::");
	hd_str_add(&text, "a report is missing: ");
	hd_ci_escape(&text, err->msg, false);
	fprintf(out, "%s\n", text.ptr);
}

/* Commands without an environment, such as version, have nothing to report to a
 * runner unless they fail. */
static bool
concerns_runner(const struct hd_reporter *r)
{
	return r->log.title != NULL || r->log.summary.status != 0;
}

void
hd_reporter_end(struct hd_reporter *r, FILE *out)
{
	static const struct {
		int (*write)(struct hd_reporter *r, struct hd_err *err);
		bool for_runner;
	} rows[] = {
		{ write_junit, false },
		{ write_dotenv, false },
		{ write_timeline, false },
		{ write_summary, true },
		{ write_output, true },
	};

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		struct hd_err err = { 0 };

		if (rows[i].for_runner && !concerns_runner(r))
			continue;
		if (rows[i].write(r, &err) < 0)
			warn(r, out, &err);
	}
}
