#include "core/rollout/ship.h"

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/rollout/operate.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* PACK_MAX: bytes of base64: some shells of hosts give a text of at most 128
 * KiB to a program, and the script around it is as long. */
enum { PROGRESS_MS = 250, PACK_MAX = 64 * 1024 };

/* Nobody needs to see the progress of a smaller upload. */
static const uint64_t progress_least = 256 * 1024;

int
hd_shipment_init(struct hd_shipment *x, struct hd_site *s, struct hd_err *err)
{
	*x = (struct hd_shipment){ .site = s, .texts = -1 };
	hd_str_init(&x->data, PACK_MAX);
	if (hd_ship_init(&x->ship, s->goal.artifact, err) < 0)
		return -1;
	return hd_fs_temp(&x->texts, x->ship.texts.ptr, x->ship.texts.len, err);
}

void
hd_shipment_done(struct hd_shipment *x)
{
	hd_closep(&x->texts);
	hd_str_done(&x->data);
	hd_ship_done(&x->ship);
}

/* The pieces of the upload. */
struct pieces {
	struct hd_piece *v;
	size_t n, cap;
};

static void
list_pieces(
    const struct hd_shipment *x, struct pieces *out, struct hd_arena *arena)
{
	struct hd_ship_ranges ranges = { 0 };

	hd_ship_ranges(&x->ship, &ranges, arena);
	for (size_t i = 0; i < ranges.n; i++)
		*HD_PUSH(arena, out) =
		    (struct hd_piece){ ranges.v[i].text
					   ? x->texts
					   : x->site->goal.artifact->fd,
			    ranges.v[i].offset, ranges.v[i].length };
}

/* An hd_ship_digest_fn; ctx is a struct pieces. */
static int
digest_range(void *ctx, uint64_t offset, uint64_t length,
    char out[static HD_SHA256_HEX], struct hd_err *err)
{
	const struct pieces *pieces = ctx;
	struct hd_sha256 *h = hd_sha256_new();
	int rc = 0;

	for (size_t i = 0; i < pieces->n && length > 0 && rc == 0; i++) {
		const struct hd_piece *p = &pieces->v[i];
		uint64_t n;

		if (offset >= p->length) {
			offset -= p->length;
			continue;
		}
		n = length < p->length - offset ? length : p->length - offset;
		rc = hd_sha256_add_range(h, p->fd, p->offset + offset, n, err);
		length -= n;
		offset = 0;
	}
	hd_sha256_hex(h, out);
	hd_sha256_free(h);
	return rc;
}

int
hd_shipment_resume(
    struct hd_shipment *x, const struct hd_ship_have *have, struct hd_err *err)
{
	HD_AUTO_ARENA arena = { 0 };
	struct pieces pieces = { 0 };

	list_pieces(x, &pieces, &arena);
	return hd_ship_resume(have, hd_ship_bytes(&x->ship), digest_range,
	    &pieces, &x->from, err);
}

static int
read_piece(const struct hd_piece *p, char *room, struct hd_err *err)
{
	for (uint64_t done = 0; done < p->length;) {
		ssize_t n = pread(p->fd, room + done,
		    (size_t)(p->length - done), (off_t)(p->offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return hd_err_set(err, HD_ELOCAL,
			    "the file cannot be read: %s",
			    n < 0 ? strerror(errno) : "it is shorter now");
		done += (uint64_t)n;
	}
	return 0;
}

/* All pieces, end to end. */
static int
read_pieces(const struct pieces *pieces, char *room, struct hd_err *err)
{
	for (size_t i = 0; i < pieces->n; i++) {
		if (read_piece(&pieces->v[i], room, err) < 0)
			return -1;
		room += pieces->v[i].length;
	}
	return 0;
}

int
hd_shipment_pack(struct hd_shipment *x, struct hd_err *err)
{
	uint64_t size = hd_ship_bytes(&x->ship);
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_FREE char *room = NULL, *packed = NULL;
	struct pieces pieces = { 0 };
	size_t n;

	hd_str_done(&x->data);
	hd_str_init(&x->data, PACK_MAX);
	if (!x->unpacks || x->from > 0 || size == 0 || size > PACK_MAX)
		return 0;
	room = hd_alloc((size_t)size);
	list_pieces(x, &pieces, &arena);
	if (read_pieces(&pieces, room, err) < 0)
		return -1;
	packed = hd_gzip(room, (size_t)size, &n);
	hd_base64_encode(packed, n, &x->data);
	if (x->data.failed) {
		hd_str_done(&x->data); /* it was not small */
		return 0;
	}
	x->site->sent += size;
	return 1;
}

struct progress {
	const struct hd_site *site;
	int64_t last;
	uint64_t done;
};

static void
emit_progress(void *ctx, uint64_t done, uint64_t size)
{
	struct progress *p = ctx;
	int64_t now = hd_clock_ms();

	p->done = done;
	if (size < progress_least ||
	    (now - p->last < PROGRESS_MS && done < size))
		return;
	p->last = now;
	hd_emit(p->site->run->sink, (struct hd_event){ .kind = HD_EV_PROGRESS,
					.host = p->site->host->name,
					.step = hd_steps[HD_STEP_SHIP].name,
					.done = done,
					.size = size });
}

/* Uploads into the record folder, where no other user can place a link of that
 * name. */
int
hd_shipment_upload(struct hd_shipment *x, struct hd_err *err)
{
	struct hd_site *s = x->site;
	HD_AUTO_ARENA arena = { 0 };
	struct pieces pieces = { 0 };
	struct progress p = { .site = s, .done = x->from };
	struct hd_upload u = {
		.size = hd_ship_bytes(&x->ship),
		.from = x->from,
		.path =
		    hd_arena_fmt(&arena, "%s/.hdeploy/releases/%s/upload.part",
			s->host->path, s->goal.artifact->version),
		.channels = s->host->channels,
		.stall_ms = s->host->upload_timeout,
		.progress = emit_progress,
		.ctx = &p,
	};
	int rc;

	list_pieces(x, &pieces, &arena);
	u.pieces = pieces.v;
	u.n = pieces.n;
	hd_site_use(s);
	rc = hd_site_connect(s, err);
	if (rc == 0)
		rc = hd_tp_upload(s->t, &u, err);
	hd_site_leave(s);
	s->sent += (rc == 0 ? u.size : p.done) - x->from;
	return rc;
}
