#include "core/erlang/relup_make.h"

#include "core/artifact/extract.h"
#include "core/base/fs.h"
#include "core/base/index.h"
#include "core/base/scratch.h"
#include "core/erlang/erlang.h"

#include <string.h>

enum {
	TEXT_MAX = 4 * 1024 * 1024, /* of an .app, .appup or .rel */
	RELUP_MAX = 16 * 1024 * 1024,
	TIME_MS = 60 * 1000,
	TIME_EACH_MS = 30 * 1000,
};
static const uint64_t modules_max = (uint64_t)1 << 30;

struct making {
	const struct hd_relup_make *how;
	const char *folder; /* private, with a folder for each release */
	struct hd_arena *arena;
	struct hd_pairs args; /* of relup.erl */
	struct hd_err *err;
};

static bool
ends(const char *text, const char *tail)
{
	size_t n = strlen(text), m = strlen(tail);

	return n >= m && strcmp(text + n - m, tail) == 0;
}

/* Selects what relup.erl reads of one release: the modules only of libraries
 * that another release lacks. */
struct wanted {
	struct hd_index others; /* how many other releases have this library */
	size_t nothers;
	uint64_t modules; /* bytes */
	bool drafts;      /* these look at all modules, and at NIFs */
};

/* "foo-1.0" of "lib/foo-1.0/ebin/foo.beam"; NULL: not in the ebin of a library
 */
static const char *
library_of(struct hd_arena *arena, const char *path)
{
	const char *name = path + strlen("lib/"), *slash;

	if (strncmp(path, "lib/", strlen("lib/")) != 0)
		return NULL;
	slash = strchr(name, '/');
	if (slash == NULL || strncmp(slash, "/ebin/", strlen("/ebin/")) != 0)
		return NULL;
	return hd_arena_strndup(arena, name, (size_t)(slash - name));
}

/* lib: of a file in ebin/ */
static bool
is_code(struct wanted *w, const char *path, const char *lib)
{
	if (w->drafts && (ends(path, ".so") || ends(path, ".dylib")))
		return strncmp(path, "lib/", strlen("lib/")) == 0;
	return lib != NULL && ends(path, ".beam") &&
	       (w->drafts || hd_index_get(&w->others, lib) < w->nothers);
}

static bool
is_wanted(void *ctx, const char *path, uint64_t size)
{
	struct wanted *w = ctx;
	HD_AUTO_ARENA words = { 0 };
	const char *lib = library_of(&words, path);

	if (ends(path, ".rel") && strncmp(path, "releases/", 9) == 0)
		return size <= TEXT_MAX;
	if (lib != NULL && (ends(path, ".app") || ends(path, ".appup")))
		return size <= TEXT_MAX;
	if (!is_code(w, path, lib))
		return false;
	w->modules += size;
	return w->modules <= modules_max;
}

static int
extract(struct making *m, const struct hd_artifact *a, const char *folder,
    const struct hd_artifact *const *others, size_t nothers)
{
	struct wanted w = { .nothers = nothers, .drafts = m->how->drafts };

	for (size_t i = 0; i < nothers; i++)
		for (size_t k = 0; k < others[i]->libs.n; k++)
			(*hd_index_at(
			    &w.others, m->arena, others[i]->libs.v[k].name))++;
	if (hd_extract(a, folder, is_wanted, &w, m->err) < 0)
		return hd_err_prefix(m->err, "%s", a->version);
	if (w.modules > modules_max)
		return hd_err_set(m->err, HD_ELOCAL,
		    "%s has more than 1 GiB of modules that changed",
		    a->version);
	return 0;
}

static void
add(struct making *m, const char *name, const char *value)
{
	*HD_PUSH(m->arena, &m->args) = (struct hd_pair){ name, value };
}

/* The files below folder, which ends in a slash. They are adjacent. */
static size_t
find_files(
    const struct hd_artifact *a, const char *folder, const struct hd_entry **v)
{
	size_t n = strlen(folder), i = 0, count = 0;

	while (
	    i < a->entries.n && strncmp(a->entries.v[i].path, folder, n) != 0)
		i++;
	*v = &a->entries.v[i];
	while (i + count < a->entries.n &&
	       strncmp(a->entries.v[i + count].path, folder, n) == 0)
		count++;
	return count;
}

/* Whether two versions of a library have the same files in priv/. */
static bool
same_priv(struct making *m, const struct hd_artifact *a, const char *lib,
    const struct hd_artifact *b, const char *other)
{
	const char *x = hd_arena_fmt(m->arena, "lib/%s/priv/", lib),
		   *y = hd_arena_fmt(m->arena, "lib/%s/priv/", other);
	const struct hd_entry *v, *w;
	size_t n = find_files(a, x, &v);

	if (find_files(b, y, &w) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].sha256, w[i].sha256) != 0 ||
		    strcmp(v[i].path + strlen(x), w[i].path + strlen(y)) != 0)
			return false;
	return true;
}

/* The library of this application, "foo-1.1" for "foo"; NULL: none. */
static const char *
find_library(const struct hd_artifact *a, const char *app, size_t n)
{
	for (size_t i = 0; i < a->libs.n; i++) {
		const char *name = a->libs.v[i].name;

		if (strncmp(name, app, n) == 0 && name[n] == '-')
			return name;
	}
	return NULL;
}

/* An application whose priv/ changed can have another NIF. */
static void
add_changed_priv(struct making *m, const struct hd_artifact *from)
{
	const struct hd_artifact *to = m->how->to;

	for (size_t i = 0; i < from->libs.n; i++) {
		const char *lib = from->libs.v[i].name, *other;
		size_t n = strcspn(lib, "-");

		other = find_library(to, lib, n);
		if (other != NULL && strcmp(lib, other) != 0 &&
		    !same_priv(m, from, lib, to, other))
			add(m, "priv", hd_arena_strndup(m->arena, lib, n));
	}
}

static int
prepare_old(struct making *m, size_t i)
{
	const struct hd_artifact *from = m->how->from[i];
	const char *folder = hd_arena_fmt(m->arena, "%s/%zu", m->folder, i);

	add(m, "base", from->version);
	add(m, "from", folder);
	add(m, "advice", m->how->advice[i]);
	add_changed_priv(m, from);
	return extract(m, from, folder, &m->how->to, 1);
}

static int
prepare(struct making *m)
{
	const struct hd_relup_make *how = m->how;
	const char *top = hd_arena_fmt(m->arena, "%s/to", m->folder);

	add(m, "name", how->to->name);
	add(m, "version", how->to->version);
	add(m, "root", top);
	add(m, "appups", how->appups);
	add(m, "drafts", how->drafts ? "yes" : "no");
	add(m, "out", hd_arena_fmt(m->arena, "%s/relup", m->folder));
	if (extract(m, how->to, top, how->from, how->nfrom) < 0)
		return -1;
	for (size_t i = 0; i < how->nfrom; i++)
		if (prepare_old(m, i) < 0)
			return -1;
	return 0;
}

static void
take(struct hd_relup_made *made, struct hd_arena *arena,
    const struct hd_pairs *answer)
{
	const struct {
		const char *key;
		struct hd_strs *list;
	} rows[] = { { "up", &made->up }, { "down", &made->down },
		{ "note", &made->notes }, { "problem", &made->problems } };

	for (size_t i = 0; i < answer->n; i++)
		for (size_t k = 0; k < HD_COUNT(rows); k++)
			if (strcmp(answer->v[i].name, rows[k].key) == 0)
				*HD_PUSH(arena, rows[k].list) =
				    answer->v[i].value;
}

static int
make(struct making *m, struct hd_relup_made *made)
{
	HD_AUTO_STR term = HD_STR_INIT(RELUP_MAX);
	struct hd_erlang_call call = { .program = "relup",
		.purpose = "the relup",
		.timeout_ms =
		    TIME_MS + (unsigned)m->how->nfrom * TIME_EACH_MS };
	struct hd_pairs answer = { 0 };

	if (prepare(m) < 0)
		return -1;
	call.args = m->args.v;
	call.nargs = m->args.n;
	if (hd_erlang_run(&call, m->arena, &answer, m->err) < 0 ||
	    hd_fs_read(hd_arena_fmt(m->arena, "%s/relup", m->folder), &term,
		m->err) < 0)
		return -1;
	made->term = hd_arena_strndup(m->arena, term.ptr, term.len);
	take(made, m->arena, &answer);
	return 0;
}

int
hd_relup_make(const struct hd_relup_make *how, struct hd_arena *arena,
    struct hd_relup_made *made, struct hd_err *err)
{
	char folder[HD_SCRATCH_PATH] = "";
	struct making m = {
		.how = how, .folder = folder, .arena = arena, .err = err
	};
	int status = hd_scratch_make(folder, err);

	*made = (struct hd_relup_made){ 0 };
	if (status == 0)
		status = make(&m, made);
	hd_scratch_remove(folder);
	return status;
}
