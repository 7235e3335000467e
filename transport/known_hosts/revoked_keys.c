#include "transport/known_hosts/revoked_keys.h"

#include "core/base/digest.h"
#include "core/base/fs.h"
#include "core/base/index.h"
#include "transport/known_hosts/known_hosts_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 64 * 1024 * 1024, BLOB_MAX = 64 * 1024 };

struct hd_revoked_keys {
	struct hd_arena arena;
	const char *path;
	struct hd_index lines; /* base64 of the key to its line */
};

/* A line is "type key comment"; sshkey_in_file() in OpenSSH's authfile.c. */
static void
add_line(struct hd_revoked_keys *r, struct hd_span line, unsigned number)
{
	struct hd_span base64;
	const char *key;
	size_t *at;

	if (!hd_known_key_of(line, &base64))
		return;
	key = hd_arena_strndup(&r->arena, base64.p, base64.n);
	at = hd_index_at(&r->lines, &r->arena, key);
	if (*at == 0)
		*at = number;
}

static int
read_lines(struct hd_revoked_keys *r, struct hd_err *err)
{
	HD_AUTO_STR text = HD_STR_INIT(FILE_MAX);
	struct hd_span rest;
	int rc = hd_fs_read_regular(r->path, &text, err);

	if (rc > 0)
		return hd_err_set(
		    err, HD_ELOCAL, "%s: %s", r->path, strerror(ENOENT));
	if (rc < 0)
		return -1;
	if (strncmp(text.ptr, "SSHKRL\n", 7) == 0)
		return hd_err_set(err, HD_ELOCAL,
		    "%s is a KRL, which hdeploy cannot read: list the revoked "
		    "public keys in a text file, one a line",
		    r->path);
	rest = (struct hd_span){ text.ptr, text.len };
	for (unsigned number = 1; rest.n > 0; number++)
		add_line(r, hd_known_next(&rest), number);
	return 0;
}

int
hd_revoked_keys_read(
    struct hd_revoked_keys **out, const char *path, struct hd_err *err)
{
	struct hd_revoked_keys *r = hd_alloc(sizeof(*r));

	r->path = hd_arena_strdup(&r->arena, path);
	if (read_lines(r, err) < 0) {
		hd_revoked_keys_free(r);
		return hd_err_prefix(err, "revoked host keys");
	}
	*out = r;
	return 0;
}

void
hd_revoked_keys_free(struct hd_revoked_keys *r)
{
	if (r == NULL)
		return;
	hd_arena_done(&r->arena);
	free(r);
}

const char *
hd_revoked_keys_path(const struct hd_revoked_keys *r)
{
	return r->path;
}

unsigned
hd_revoked_keys_line(
    const struct hd_revoked_keys *r, const unsigned char *blob, size_t len)
{
	HD_AUTO_STR base64 = HD_STR_INIT(BLOB_MAX);

	hd_base64_encode(blob, len, &base64);
	return (unsigned)hd_index_get(&r->lines, base64.ptr);
}
