#include "core/artifact/content.h"

#include "core/artifact/beam.h"
#include "core/artifact/rel.h"
#include "core/base/alloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_MAX = 8 * 1024 * 1024, PROGRAM_MAX = 32 * 1024 * 1024 };

/* Fills in identity and code. */
typedef bool digest_fn(
    const struct hd_str *kept, const char *path, struct hd_sums *out);

struct hd_content {
	const char *path;
	digest_fn *digest; /* for the identity; NULL: sha256 */
	bool text, program;
	struct hd_str kept;
	bool whole; /* kept has all bytes so far, and sha256 none of them */
	struct hd_sha256 *sha256;
};

static bool
digest_beam(const struct hd_str *kept, const char *path, struct hd_sums *out)
{
	HD_AUTO_STR module = HD_STR_INIT(4096);
	const char *name = strrchr(path, '/');

	name = name != NULL ? name + 1 : path;
	hd_str_addn(&module, name, strlen(name) - strlen(".beam"));
	return hd_beam_digest(
	    kept->ptr, kept->len, module.ptr, out->identity, out->code);
}

/* Without comment lines, because systools(3) writes the time into one. */
static bool
digest_terms(const struct hd_str *kept, const char *path, struct hd_sums *out)
{
	struct hd_sha256 *h = hd_sha256_new();
	const char *at = kept->ptr, *end = kept->ptr + kept->len;

	(void)path;
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));

		line = line != NULL ? line + 1 : end;
		if (*at != '%')
			hd_sha256_add(h, at, (size_t)(line - at));
		at = line;
	}
	hd_sha256_hex(h, out->identity);
	hd_sha256_free(h);
	return true;
}

/* A relup of hdeploy's own is not part of the identity. */
static bool
digest_relup(const struct hd_str *kept, const char *path, struct hd_sums *out)
{
	if (strncmp(path, "releases/", strlen("releases/")) != 0 ||
	    strncmp(kept->ptr, HD_OWN_RELUP, strlen(HD_OWN_RELUP)) != 0)
		return digest_terms(kept, path, out);
	out->identity[0] = '\0';
	return true;
}

static const struct {
	const char *tail;
	digest_fn *digest;
} special[] = {
	{ ".beam", digest_beam },
	{ ".rel", digest_terms },
	{ ".script", digest_terms },
	{ "/relup", digest_relup },
	{ "releases/RELEASES", digest_terms },
};

/* erts-<version>/bin/<name> */
static bool
is_runtime(const char *path)
{
	const char *rest = strchr(path, '/');

	return strncmp(path, "erts-", strlen("erts-")) == 0 && rest != NULL &&
	       strncmp(rest, "/bin/", strlen("/bin/")) == 0 &&
	       strchr(rest + strlen("/bin/"), '/') == NULL;
}

/* lib/<lib>/priv/... */
static bool
is_priv(const char *path)
{
	const char *rest;

	if (strncmp(path, "lib/", strlen("lib/")) != 0)
		return false;
	rest = strchr(path + strlen("lib/"), '/');
	return rest != NULL && strncmp(rest, "/priv/", strlen("/priv/")) == 0;
}

struct hd_content *
hd_content_new(const char *path)
{
	struct hd_content *c = hd_alloc(sizeof(*c));
	size_t n = strlen(path);

	c->path = path;
	c->sha256 = hd_sha256_new();
	for (size_t i = 0; i < HD_COUNT(special); i++) {
		size_t m = strlen(special[i].tail);

		if (n >= m && strcmp(path + n - m, special[i].tail) == 0)
			c->digest = special[i].digest;
	}
	c->text = hd_text_kept(path);
	c->program = is_runtime(path) || (c->digest == NULL && is_priv(path));
	c->whole = c->text || c->program || c->digest != NULL;
	hd_str_init(&c->kept, c->program ? PROGRAM_MAX : KEPT_MAX);
	return c;
}

void
hd_content_free(struct hd_content *c)
{
	hd_str_done(&c->kept);
	hd_sha256_free(c->sha256);
	free(c);
}

/* Whether the file begins as ELF does, as far as it is known with these bytes:
 * priv can contain large files of any kind. */
static bool
may_be_elf(const struct hd_content *c, const char *p, size_t n)
{
	static const char magic[] = "\177ELF";
	size_t known = c->kept.len;

	for (size_t i = 0; i < n && known + i < sizeof(magic) - 1; i++)
		if (p[i] != magic[known + i])
			return false;
	return true;
}

/* From now on digests the file as it comes. */
static void
give_up(struct hd_content *c)
{
	hd_sha256_add(c->sha256, c->kept.ptr, c->kept.len);
	hd_str_done(&c->kept);
	c->whole = false;
}

void
hd_content_add(struct hd_content *c, const void *p, size_t n)
{
	if (c->whole && c->program && !may_be_elf(c, p, n)) {
		c->program = false;
		if (!c->text && c->digest == NULL)
			give_up(c);
	}
	if (c->whole) {
		hd_str_addn(&c->kept, p, n);
		if (!c->kept.failed)
			return;
		give_up(c);
	}
	hd_sha256_add(c->sha256, p, n);
}

size_t
hd_content_kept(const struct hd_content *c)
{
	return c->kept.len;
}

const char *
hd_content_text(const struct hd_content *c, size_t *n)
{
	*n = c->kept.len;
	return c->text && c->whole ? c->kept.ptr : NULL;
}

const void *
hd_content_program(const struct hd_content *c, size_t *n)
{
	*n = c->kept.len;
	return c->program && c->whole ? c->kept.ptr : NULL;
}

void
hd_content_sums(struct hd_content *c, struct hd_sums *out)
{
	*out = (struct hd_sums){ 0 };
	if (c->whole)
		hd_sha256_add(c->sha256, c->kept.ptr, c->kept.len);
	hd_sha256_hex(c->sha256, out->sha256);
	if (c->digest == NULL || !c->whole ||
	    !c->digest(&c->kept, c->path, out))
		memcpy(out->identity, out->sha256, HD_SHA256_HEX);
}
