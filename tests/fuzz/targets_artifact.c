/* Parsers of the contents of a release. */
#include "tests/fuzz/targets.h"

#include "core/artifact/beam.h"
#include "core/artifact/elf.h"
#include "core/artifact/gunzip.h"
#include "core/artifact/hide.h"
#include "core/artifact/names.h"
#include "core/artifact/rel.h"
#include "core/artifact/scan.h"
#include "core/artifact/term.h"
#include "core/artifact/vm_args.h"
#include "core/base/name.h"
#include "core/base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { INFLATE_MAX = 1024 * 1024, UNPACKED_MAX = 64 * 1024 * 1024 };

static void
check_term(const struct hd_term *t)
{
	FUZZ_EXPECT(t->n == 0 || t->items != NULL);
	FUZZ_EXPECT(t->kind >= HD_TERM_TUPLE || t->text != NULL);
	for (size_t i = 0; i < t->n; i++)
		check_term(hd_term_at(t, i));
	FUZZ_EXPECT(hd_term_at(t, t->n) == NULL);
}

static void
check_only(struct hd_arena *arena, const uint8_t *data, size_t n,
    enum hd_term_variables as)
{
	HD_AUTO_STR out = HD_STR_INIT(64 * 1024 * 1024);
	struct hd_err err = { 0 };
	struct hd_term t;

	if (hd_term_parse_only(&t, arena, (const char *)data, n, as, &err) < 0)
		return;
	check_term(&t);
	hd_term_add(&out, &t);
	FUZZ_EXPECT(!out.failed);
}

void
fuzz_term(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_err err = { 0 };
	struct hd_term t;

	if (hd_term_parse(&t, &arena, (const char *)data, n, &err) == 0)
		check_term(&t);
	else
		FUZZ_EXPECT(err.code == HD_ELOCAL && err.msg[0] != '\0');
	for (int as = HD_TERM_VARIABLES_NONE; as <= HD_TERM_VARIABLES_EMPTY;
	     as++)
		check_only(&arena, data, n, (enum hd_term_variables)as);
}

static struct hd_text
text_of(struct hd_arena *a, const char *path, const uint8_t *data, size_t n)
{
	return (struct hd_text){ path,
		hd_arena_strndup(a, (const char *)data, n), n };
}

void
fuzz_rel(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_text text =
	    text_of(&arena, "releases/0.2.0/hotcode.rel", data, n);
	const struct hd_texts texts = { &text, 1, 1 };
	struct hd_release rel = { 0 };
	struct hd_err err = { 0 };

	if (hd_release_find(&rel, &arena, &texts, NULL, "0.2.0", &err) < 0) {
		FUZZ_EXPECT(err.code == HD_ELOCAL);
		return;
	}
	FUZZ_EXPECT(hd_app_valid(rel.name) && hd_version_valid(rel.erts));
	FUZZ_EXPECT(strcmp(rel.version, "0.2.0") == 0);
	for (size_t i = 0; i < rel.libs.n; i++)
		FUZZ_EXPECT(hd_app_valid(rel.libs.v[i].name) &&
			    hd_version_valid(rel.libs.v[i].value));
}

void
fuzz_start_data(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_text text =
	    text_of(&arena, "releases/start_erl.data", data, n);
	const char *erts, *version;
	struct hd_err err = { 0 };

	if (hd_start_data_parse(&text, &arena, &erts, &version, &err) == 0)
		FUZZ_EXPECT(
		    hd_version_valid(erts) && hd_version_valid(version));
}

void
fuzz_relup(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_text text = text_of(&arena, "releases/0.2.0/relup", data, n);
	struct hd_relup relup = { 0 };
	struct hd_err err = { 0 };

	if (hd_relup_parse(&relup, &arena, &text, "0.2.0", &err) < 0) {
		FUZZ_EXPECT(err.code == HD_ELOCAL);
		return;
	}
	for (size_t i = 0; i < relup.n; i++)
		FUZZ_EXPECT(hd_version_valid(relup.v[i].from));
}

void
fuzz_beam(const uint8_t *data, size_t n)
{
	char hex[HD_SHA256_HEX] = "", code[HD_SHA256_HEX] = "";
	unsigned char *plain;
	size_t len = 0;

	if (hd_beam_digest(data, n, "demo", hex, code))
		FUZZ_EXPECT(strlen(hex) == HD_SHA256_HEX - 1 &&
			    strlen(code) == HD_SHA256_HEX - 1);
	plain = hd_inflate(data, n, INFLATE_MAX, &len);
	FUZZ_EXPECT(plain == NULL || len <= INFLATE_MAX);
	free(plain);
}

void
fuzz_elf(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_elf e, twice = { 0 };

	if (!hd_elf_read(&e, &arena, data, n))
		return;
	FUZZ_EXPECT(memchr(e.loader, '\0', sizeof(e.loader)) != NULL);
	FUZZ_EXPECT(e.loader[0] == '\0' || e.loader[0] == '/');
	FUZZ_EXPECT(
	    strspn(e.loader, "/._+-0123456789abcdefghijklmnopqrstuvwxyz"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(e.loader));
	hd_elf_merge(&twice, &arena, &e);
	hd_elf_merge(&twice, &arena, &e);
	FUZZ_EXPECT(twice.libraries.n == e.libraries.n);
	FUZZ_EXPECT(
	    twice.glibc[0] == e.glibc[0] && twice.glibc[1] == e.glibc[1]);
	hd_elf_runs_on(e.machine, "x86_64");
}

void
fuzz_vm_args(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_vm_words words = { 0 };
	const char *problem;

	hd_vm_words_read(&words, &arena, (const char *)data, n);
	for (size_t i = 0; i < words.n; i++)
		FUZZ_EXPECT(words.v[i].line >= 1 &&
			    (i == 0 || words.v[i].line >= words.v[i - 1].line));
	problem = hd_vm_flags_problem(&arena, &words);
	FUZZ_EXPECT(
	    problem == NULL || strncmp(problem, "line ", strlen("line ")) == 0);
}

void
fuzz_names(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	const char *name = hd_arena_strndup(&arena, (const char *)data, n);
	char shown[HD_SHOWN_MAX];

	hd_shown(shown, name);
	for (const char *p = shown; *p != '\0'; p++)
		FUZZ_EXPECT((unsigned char)*p >= ' ' && *p != 0x7f);
	if (hd_entry_problem(name) == NULL)
		FUZZ_EXPECT(name[0] != '/' && strstr(name, "/../") == NULL);
	if (hd_link_problem(name) == NULL)
		FUZZ_EXPECT(name[0] != '/' && strchr(name, '\n') == NULL);
	(void)hd_version_valid(name);
	(void)hd_text_wanted(name);
	(void)hd_text_kept(name);
}

void
fuzz_hide(const uint8_t *data, size_t n)
{
	HD_AUTO_ARENA arena = { 0 };
	HD_AUTO_STR line = HD_STR_INIT(INFLATE_MAX);
	HD_AUTO_STR value = HD_STR_INIT(INFLATE_MAX);
	const char *text = hd_arena_strndup(&arena, (const char *)data, n);
	struct hd_err err = { 0 };
	struct hd_term t;

	hd_hide_line(&line, text);
	for (const char *p = line.ptr; *p != '\0'; p++)
		FUZZ_EXPECT((unsigned char)*p >= ' ' && *p != 0x7f);
	if (hd_term_parse(&t, &arena, text, n, &err) < 0)
		return;
	hd_hide_term(&value, "password", &t);
	FUZZ_EXPECT(
	    t.kind != HD_TERM_NUMBER || strcmp(value.ptr, HD_HIDDEN) == 0);
	hd_hide_term(&value, NULL, &t);
	(void)hd_hide_name(text);
}

/* An unnamed file with these bytes, the same for the life of the process. */
static int
file_of(const void *p, size_t n)
{
	static FILE *file;

	if (file == NULL)
		file = tmpfile();
	FUZZ_EXPECT(file != NULL && ftruncate(fileno(file), 0) == 0 &&
		    pwrite(fileno(file), p, n, 0) == (ssize_t)n);
	return fileno(file);
}

static void
check_scan(const struct hd_scan *s)
{
	for (size_t i = 0; i < s->items.n; i++) {
		const struct hd_item *item = &s->items.v[i];

		FUZZ_EXPECT(hd_entry_problem(item->entry.path) == NULL);
		FUZZ_EXPECT(item->entry.link == NULL ||
			    hd_link_problem(item->entry.link) == NULL);
		FUZZ_EXPECT(strlen(item->identity) == HD_SHA256_HEX - 1);
	}
	for (size_t i = 0; i < s->texts.n; i++)
		FUZZ_EXPECT(hd_text_kept(s->texts.v[i].path));
}

void
fuzz_gzip(const uint8_t *data, size_t n)
{
	struct hd_err err = { 0 };
	struct hd_scan s;

	if (hd_scan_tarball(&s, file_of(data, n), UNPACKED_MAX, -1, &err) == 0)
		check_scan(&s);
	else
		FUZZ_EXPECT(err.code == HD_ELOCAL && err.msg[0] != '\0');
	hd_scan_done(&s);
}

void
fuzz_tar(const uint8_t *data, size_t n)
{
	size_t room = n + n / 1000 + 64;
	HD_AUTO_FREE uint8_t *gz = hd_alloc(room);
	z_stream z = { 0 };

	FUZZ_EXPECT(deflateInit2(&z, 1, Z_DEFLATED, 16 + 15, 8, 0) == Z_OK);
	z.next_in = (z_const Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)n;
	z.next_out = gz;
	z.avail_out = (uInt)room;
	FUZZ_EXPECT(deflate(&z, Z_FINISH) == Z_STREAM_END);
	room -= z.avail_out;
	deflateEnd(&z);
	fuzz_gzip(gz, room);
}
