/* Uploads the tarball, its manifest and the list of its modules, which the host
 * verifies. */
#include "core/rollout/step.h"

#include "core/artifact/needs.h"
#include "core/artifact/packed.h"
#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/plan/modules.h"
#include "core/rollout/operate.h"
#include "core/rollout/reconnect.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	TEXT_MAX = 64 * 1024 * 1024,
	NOTES_MAX = 1024 * 1024,
	PROGRESS_MS = 250,
	PREPARE_MS = 60 * 1000,
	UPLOADS = 3,
};

struct progress {
	const struct hd_site *site;
	int64_t last;
};

static void
emit_progress(void *ctx, uint64_t done, uint64_t size)
{
	struct progress *p = ctx;
	int64_t now = hd_clock_ms();

	if (now - p->last < PROGRESS_MS && done < size)
		return;
	p->last = now;
	hd_emit(p->site->run->sink, (struct hd_event){ .kind = HD_EV_PROGRESS,
					.host = p->site->host->name,
					.step = hd_steps[HD_STEP_SHIP].name,
					.done = done,
					.size = size });
}

static int
upload_once(struct hd_site *s, int fd, uint64_t size, const char *path,
    bool progress, struct hd_err *err)
{
	struct progress p = { .site = s };
	const struct hd_piece piece = { fd, 0, size };
	struct hd_upload u = {
		.pieces = &piece,
		.n = 1,
		.size = size,
		.path = path,
		.stall_ms = s->host->upload_timeout,
		.progress = progress ? emit_progress : NULL,
		.ctx = &p,
	};
	int rc;

	hd_site_use(s);
	rc = hd_site_connect(s, err);
	if (rc == 0)
		rc = hd_tp_upload(s->t, &u, err);
	hd_site_leave(s);
	return rc;
}

/* Tries again from the start, on a new connection. */
static int
upload(struct hd_site *s, int fd, uint64_t size, const char *path,
    bool progress, struct hd_err *err)
{
	struct hd_reconnect again = { .optional = true };

	for (unsigned n = 1; upload_once(s, fd, size, path, progress, err) < 0;
	     n++) {
		if (n == UPLOADS)
			hd_site_drop(s);
		if (n == UPLOADS || !hd_reconnect(&again, s, err))
			return -1;
	}
	return 0;
}

/* Uploads text as .hdeploy/releases/<v>/NAME.part. */
static int
upload_text(struct hd_site *s, const struct hd_str *text, const char *name,
    char sha256[static HD_SHA256_HEX], struct hd_err *err)
{
	HD_AUTO_STR path = HD_STR_INIT(8192);
	HD_AUTO_FD fd = -1;
	uint64_t size;

	hd_str_addf(&path, "%s/.hdeploy/releases/%s/%s.part", s->host->path,
	    s->goal.artifact->version, name);
	if (hd_str_check(text, err) < 0 || hd_str_check(&path, err) < 0 ||
	    hd_fs_temp(&fd, text->ptr, text->len, err) < 0 ||
	    hd_sha256_fd(fd, sha256, &size, err) < 0)
		return -1;
	return upload(s, fd, size, path.ptr, false, err);
}

/* SHA-256 of the uploaded texts; "": not uploaded. */
struct texts {
	char manifest[HD_SHA256_HEX], modules[HD_SHA256_HEX];
};

static int
upload_texts(struct hd_site *s, struct texts *sums, struct hd_err *err)
{
	HD_AUTO_STR manifest = HD_STR_INIT(TEXT_MAX);
	HD_AUTO_STR modules = HD_STR_INIT(TEXT_MAX);

	hd_artifact_manifest(s->goal.artifact, &manifest);
	hd_modules_write(s->goal.artifact, &modules);
	if (upload_text(s, &manifest, "manifest", sums->manifest, err) < 0)
		return -1;
	return modules.len == 0
		   ? 0
		   : upload_text(s, &modules, "modules", sums->modules, err);
}

/* Relup entries as lines "way up 0.1.0 plain hotcode,other", which facts.sh
 * prints later. */
static void
describe_relup(const struct hd_relup *relup, struct hd_str *out)
{
	for (size_t i = 0; i < relup->n; i++) {
		const struct hd_relup_entry *entry = &relup->v[i];

		hd_str_addf(out, "way %s %s %s ", entry->down ? "down" : "up",
		    entry->from, entry->emulator ? "emulator" : "plain");
		for (size_t k = 0; k < entry->restarts.n; k++)
			hd_str_addf(out, "%s%s", k > 0 ? "," : "",
			    entry->restarts.v[k]);
		hd_str_add(out, entry->restarts.n > 0 ? "\n" : "-\n");
	}
}

/* The same for libraries: "lib foo-1.0 DIGEST". */
static void
describe_libs(const struct hd_pairs *libs, struct hd_str *out)
{
	for (size_t i = 0; i < libs->n; i++)
		hd_str_addf(
		    out, "lib %s %s\n", libs->v[i].name, libs->v[i].value);
}

static int
receive(struct hd_site *s, const struct hd_artifact *a,
    const struct texts *sums, struct hd_err *err)
{
	struct hd_call call =
	    hd_site_call(s, "receive", s->host->upgrade_timeout);
	HD_AUTO_STR notes = HD_STR_INIT(NOTES_MAX);
	char size[24];

	snprintf(size, sizeof(size), "%" PRIu64, a->size);
	describe_relup(&a->relup, &notes);
	describe_libs(&a->libs, &notes);
	hd_needs_write(&notes, a);
	hd_needs_variables(&notes, a, "variable ");
	hd_packed_write(&notes, a);
	if (hd_str_check(&notes, err) < 0)
		return -1;
	hd_call_set(&call, "version", a->version);
	hd_call_set(&call, "size", size);
	hd_call_set(&call, "sha256", a->sha256);
	hd_call_set(&call, "identity", a->identity);
	hd_call_set(&call, "manifest", sums->manifest);
	hd_call_set(&call, "modules", sums->modules);
	hd_call_set(&call, "notes", notes.ptr);
	return hd_site_operate(s, hd_steps[HD_STEP_SHIP].name, &call, err);
}

int
hd_step_ship(const struct hd_attempt *attempt, const struct hd_step *step,
    struct hd_err *err)
{
	struct hd_site *s = attempt->site;
	const struct hd_artifact *a = s->goal.artifact;
	struct hd_call prepare = hd_site_call(s, "prepare", PREPARE_MS);
	HD_AUTO_STR tarball = HD_STR_INIT(8192);
	struct texts sums = { 0 };

	hd_call_set(&prepare, "version", step->version);
	/* Uploads into the record folder, where no other user can place a link
	 * of that name. */
	hd_str_addf(&tarball, "%s/.hdeploy/releases/%s/tarball.part",
	    s->host->path, a->version);
	if (hd_str_check(&tarball, err) < 0 ||
	    hd_site_operate(s, hd_steps[HD_STEP_SHIP].name, &prepare, err) <
		0 ||
	    upload(s, a->fd, a->size, tarball.ptr, true, err) < 0 ||
	    upload_texts(s, &sums, err) < 0)
		return -1;
	return receive(s, a, &sums, err);
}
