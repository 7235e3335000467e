#include "core/plan/plan_private.h"

#include "core/base/name.h"

#include <stdlib.h>
#include <string.h>

/*
 * Each line of the answer is "key value"; the values are words with one space
 * between them, but for the keys whose value is one text.
 */

enum { WORDS_MAX = 8 };

struct line {
	struct hd_facts *f;
	void *field;      /* of f, that the key table names */
	const char *text; /* the whole value */
	char *word[WORDS_MAX];
	size_t n;
};

static char *
keep(const struct line *l, size_t i)
{
	return hd_arena_strdup(&l->f->arena, l->word[i]);
}

/* The host writes "-" where there is nothing. */
static const char *
keep_or_null(const struct line *l, size_t i)
{
	return strcmp(l->word[i], "-") == 0 ? NULL : keep(l, i);
}

static void
push_text(struct hd_facts *f, struct hd_strs *list, const char *text)
{
	*HD_PUSH(&f->arena, list) = hd_arena_strdup(&f->arena, text);
}

/* The whole value, into a const char *. */
static bool
take_text(struct line *l)
{
	const char **field = l->field;

	*field = hd_arena_strdup(&l->f->arena, l->text);
	return true;
}

/* The first word, into a const char *. */
static bool
take_word(struct line *l)
{
	const char **field = l->field;

	*field = keep(l, 0);
	return true;
}

/* The first word, onto a struct hd_strs. */
static bool
take_item(struct line *l)
{
	push_text(l->f, l->field, l->word[0]);
	return true;
}

static bool
number(const char *text, int64_t *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return end != text && *end == '\0' && *out >= 0;
}

/* The first word, into an int64_t. */
static bool
take_number(struct line *l)
{
	return number(l->word[0], l->field);
}

static bool
take_system(struct line *l)
{
	l->f->system = keep(l, 0);
	l->f->machine = keep(l, 1);
	return true;
}

static bool
take_missing(struct line *l)
{
	struct hd_facts *f = l->f;

	f->missing = f->missing == NULL ? keep(l, 0)
					: hd_arena_fmt(&f->arena, "%s, %s",
					      f->missing, l->word[0]);
	return true;
}

static bool
take_refusal(struct line *l)
{
	if (l->f->refusal == NULL)
		l->f->refusal = hd_arena_strdup(&l->f->arena, l->text);
	return true;
}

static bool
take_root(struct line *l)
{
	l->f->root_exists = strcmp(l->word[0], "yes") == 0;
	return true;
}

static bool
take_boot(struct line *l)
{
	l->f->boot_erts = keep_or_null(l, 0);
	l->f->boot = keep(l, 1);
	return hd_version_valid(l->f->boot);
}

static bool
take_script_boot(struct line *l)
{
	l->f->script_boot = keep(l, 0);
	return hd_version_valid(l->f->script_boot);
}

/* Both words, into two const char *; the second is a version. */
static bool
take_two(struct line *l)
{
	const char **field = l->field;

	field[0] = keep(l, 0);
	field[1] = keep(l, 1);
	return hd_version_valid(field[1]);
}

static bool
take_service_state(struct line *l)
{
	l->f->service_loaded = keep(l, 0);
	l->f->service_state = keep(l, 1);
	l->f->service_id = keep(l, 2);
	return true;
}

static bool
take_vm_word(struct line *l)
{
	l->f->vm.word = keep(l, 0);
	return hd_version_valid(l->f->vm.word);
}

static bool
take_vm_unit(struct line *l)
{
	l->f->vm.unit = keep(l, 0);
	l->f->vm.manager = keep(l, 1);
	return true;
}

static bool
take_disk(struct line *l)
{
	int64_t kilobytes;

	if (!number(l->word[0], &kilobytes))
		return false;
	l->f->disk_free = (uint64_t)kilobytes * 1024;
	return true;
}

/* VERSION IDENTITY SHA256 SIZE KEPT VERIFIED */
static bool
take_record(struct line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->records) = (struct hd_record){
		.version = keep(l, 0),
		.identity = keep_or_null(l, 1),
		.sha256 = keep_or_null(l, 2),
		.kept = strcmp(l->word[4], "yes") == 0,
		.verified = strcmp(l->word[5], "yes") == 0,
	};
	return hd_version_valid(l->word[0]);
}

static struct hd_record *
record(struct hd_facts *f, const char *version)
{
	for (size_t i = 0; i < f->records.n; i++) {
		if (strcmp(f->records.v[i].version, version) == 0)
			return &f->records.v[i];
	}
	return NULL;
}

/* VERSION ERTS */
static bool
take_erts(struct line *l)
{
	struct hd_record *r = record(l->f, l->word[0]);

	if (r != NULL)
		r->erts = keep(l, 1);
	return r != NULL;
}

/* VERSION up|down FROM emulator|plain APP,APP */
static bool
take_way(struct line *l)
{
	struct hd_record *r = record(l->f, l->word[0]);
	struct hd_way *w;
	char *save = NULL;

	if (r == NULL)
		return false;
	w = HD_PUSH(&l->f->arena, &r->ways);
	w->down = strcmp(l->word[1], "down") == 0;
	w->from = keep(l, 2);
	w->emulator = strcmp(l->word[3], "emulator") == 0;
	if (strcmp(l->word[4], "-") == 0)
		return true;
	for (char *app = strtok_r(l->word[4], ",", &save); app != NULL;
	     app = strtok_r(NULL, ",", &save))
		push_text(l->f, &w->restarts, app);
	return true;
}

/* NAME-VERSION DIGEST VERSION,VERSION: a library, and whose it is. A record
 * that was left out as damaged has none. */
static bool
take_lib(struct line *l)
{
	const struct hd_pair lib = { keep(l, 0), keep(l, 1) };
	char *save = NULL;

	for (char *version = strtok_r(l->word[2], ",", &save); version != NULL;
	     version = strtok_r(NULL, ",", &save)) {
		struct hd_record *r = record(l->f, version);

		if (r != NULL)
			*HD_PUSH(&l->f->arena, &r->libs) = lib;
	}
	return true;
}

/* A line that is no JSON is left out: it can only be one that a full disk cut
 * short, and the rest of the history still tells. */
static bool
take_history(struct line *l)
{
	struct hd_past past;

	if (hd_past_read(&past, &l->f->arena, l->text))
		*HD_PUSH(&l->f->arena, &l->f->history) = past;
	return true;
}

static bool
take_vm(struct line *l)
{
	static const char *const states[] = {
		[HD_VM_DOWN] = "down",
		[HD_VM_UP] = "up",
		[HD_VM_UNREACHABLE] = "unreachable",
	};

	for (size_t i = 0; i < HD_COUNT(states); i++) {
		size_t n = strlen(states[i]);

		if (strncmp(l->text, states[i], n) != 0 ||
		    (l->text[n] != '\0' && l->text[n] != ' '))
			continue;
		l->f->vm.state = (enum hd_vm_state)i;
		if (l->text[n] == ' ')
			l->f->vm.why =
			    hd_arena_strdup(&l->f->arena, l->text + n + 1);
		return true;
	}
	return false;
}

static bool
take_vm_release(struct line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->vm.releases) =
	    (struct hd_listed){ keep(l, 0), keep(l, 1) };
	return true;
}

static bool
take_vm_library(struct line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->vm.libraries) =
	    (struct hd_library){ keep(l, 0), keep(l, 1) };
	return true;
}

static bool
take_vm_app(struct line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->vm.apps) =
	    (struct hd_running){ keep(l, 0), keep(l, 1), keep_or_null(l, 2) };
	return true;
}

static bool
take_vm_process(struct line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->vm.processes) =
	    (struct hd_process){ keep(l, 0), keep(l, 1), keep_or_null(l, 2) };
	return true;
}

#define FIELD(member) offsetof(struct hd_facts, member)

/* words: how many a value has; 0: it is one text. */
static const struct key {
	const char *name;
	size_t words;
	bool (*take)(struct line *l);
	size_t field;
} keys[] = {
	{ "user", 2, take_word, FIELD(user) },
	{ "system", 2, take_system, 0 },
	{ "libc", 0, take_text, FIELD(libc) },
	{ "missing", 1, take_missing, 0 },
	{ "refusal", 0, take_refusal, 0 },
	{ "root", 1, take_root, 0 },
	{ "id", 1, take_word, FIELD(id) },
	{ "boot", 2, take_boot, 0 },
	{ "script_boot", 1, take_script_boot, 0 },
	{ "switching", 2, take_two, FIELD(switching) },
	{ "disk", 1, take_disk, 0 },
	{ "snapshot", 2, take_two, FIELD(snapshot) },
	{ "unfinished", 0, take_text, FIELD(unfinished) },
	{ "unpacked", 1, take_item, FIELD(unpacked) },
	{ "newest", 1, take_item, FIELD(newest) },
	{ "record", 6, take_record, 0 },
	{ "erts", 2, take_erts, 0 },
	{ "way", 5, take_way, 0 },
	{ "lib", 3, take_lib, 0 },
	{ "history", 0, take_history, 0 },
	{ "service_refusal", 0, take_text, FIELD(service_refusal) },
	{ "service_state", 3, take_service_state, 0 },
	{ "vm", 0, take_vm, 0 },
	{ "vm_word", 1, take_vm_word, 0 },
	{ "vm_unit", 2, take_vm_unit, 0 },
	{ "vm_pid", 1, take_number, FIELD(vm.pid) },
	{ "vm_creation", 1, take_number, FIELD(vm.creation) },
	{ "vm_script", 1, take_word, FIELD(vm.script) },
	{ "vm_release", 2, take_vm_release, 0 },
	{ "vm_library", 2, take_vm_library, 0 },
	{ "vm_app", 3, take_vm_app, 0 },
	{ "vm_process", 3, take_vm_process, 0 },
	{ "vm_modified", 1, take_item, FIELD(vm.modified) },
	{ "vm_old", 1, take_item, FIELD(vm.old_code) },
	{ "vm_env", 1, take_item, FIELD(vm.env_keys) },
};

static const struct key *
find_key(const char *name)
{
	for (size_t i = 0; i < HD_COUNT(keys); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

/* Cuts text, which is changed, into words. False if there are not n. */
static bool
split(struct line *l, char *text, size_t n)
{
	char *save = NULL;

	for (char *w = strtok_r(text, " ", &save); w != NULL;
	     w = strtok_r(NULL, " ", &save)) {
		if (l->n == WORDS_MAX)
			return false;
		l->word[l->n++] = w;
	}
	return l->n == n;
}

int
hd_facts_read(
    struct hd_facts **out, const struct hd_pairs *said, struct hd_err *err)
{
	struct hd_facts *f = hd_alloc(sizeof(*f));
	bool vm = false;

	for (size_t i = 0; i < said->n; i++) {
		const struct key *k = find_key(said->v[i].name);
		struct line l = { .f = f, .text = said->v[i].value };
		HD_AUTO_FREE char *copy = hd_strdup(l.text);

		if (k == NULL)
			continue; /* said for people */
		l.field = (char *)f + k->field;
		if ((k->words > 0 && !split(&l, copy, k->words)) ||
		    !k->take(&l)) {
			hd_facts_free(f);
			return hd_err_set(err, HD_EREMOTE,
			    "the host gave facts that make no sense: "
			    "\"%s %.200s\"",
			    said->v[i].name, said->v[i].value);
		}
		vm = vm || k->take == take_vm;
	}
	if (!vm) {
		hd_facts_free(f);
		return hd_err_set(err, HD_EREMOTE,
		    "the host did not say whether the node runs");
	}
	*out = f;
	return 0;
}
