#include "core/plan/facts_take.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Each line of the answer is "key value"; the values are words with one space
 * between them, but for the keys whose value is one text.
 */

#define FIELD(member) offsetof(struct hd_facts, member)

/* words: how many a value has; 0: it is one text. */
static const struct key {
	const char *name;
	size_t words;
	hd_facts_take *take;
	size_t field;
} keys[] = {
	{ "user", 2, hd_take_word, FIELD(user) },
	{ "system", 2, hd_take_system, 0 },
	{ "libc", 0, hd_take_text, FIELD(libc) },
	{ "loader", 1, hd_take_item, FIELD(loaders) },
	{ "missing", 1, hd_take_missing, 0 },
	{ "refusal", 0, hd_take_refusal, FIELD(refusal) },
	{ "root", 1, hd_take_root, 0 },
	{ "id", 1, hd_take_word, FIELD(id) },
	{ "boot", 2, hd_take_boot, 0 },
	{ "script_boot", 1, hd_take_script_boot, 0 },
	{ "list", 1, hd_take_no_list, 0 },
	{ "switching", 2, hd_take_two, FIELD(switching) },
	{ "files", 2, hd_take_words, FIELD(files) },
	{ "disk", 1, hd_take_disk, 0 },
	{ "snapshot", 2, hd_take_two, FIELD(snapshot) },
	{ "unfinished", 0, hd_take_text, FIELD(unfinished) },
	{ "watching", 0, hd_take_text, FIELD(watching) },
	{ "lock", 0, hd_take_text, FIELD(lock) },
	{ "change", 0, hd_take_change, 0 },
	{ "change_step", 2, hd_take_words, FIELD(journal_step) },
	{ "unpacked", 1, hd_take_item, FIELD(unpacked) },
	{ "newest", 1, hd_take_item, FIELD(newest) },
	{ "record", 6, hd_take_record, 0 },
	{ "erts", 2, hd_take_erts, 0 },
	{ "cookie", 2, hd_take_cookie, 0 },
	{ "way", 5, hd_take_way, 0 },
	{ "lib", 3, hd_take_lib, 0 },
	{ "loose", 0, hd_take_pair, FIELD(loose) },
	{ "edited", 0, hd_take_pair, FIELD(edited) },
	{ "gone", 0, hd_take_pair, FIELD(gone) },
	{ "foreign", 0, hd_take_pair, FIELD(foreign) },
	{ "closed", 0, hd_take_pair, FIELD(closed) },
	{ "history", 0, hd_take_history, 0 },
	{ "service_refusal", 0, hd_take_reason, FIELD(service_refusal) },
	{ "service_state", 3, hd_take_service_state, 0 },
	{ "vm", 0, hd_take_vm, 0 },
	{ "vm_word", 1, hd_take_vm_word, 0 },
	{ "vm_unit", 2, hd_take_vm_unit, 0 },
	{ "vm_other", 2, hd_take_vm_other, 0 },
	{ "vm_changed", 3, hd_take_vm_changed, 0 },
	{ "vm_lost", 0, hd_take_text, FIELD(vm.lost) },
	{ "vm_stray", 1, hd_take_word, FIELD(vm.stray) },
	{ "vm_state", 1, hd_take_word, FIELD(vm.init) },
	{ "vm_pid", 1, hd_take_number, FIELD(vm.pid) },
	{ "vm_creation", 1, hd_take_number, FIELD(vm.creation) },
	{ "vm_names", 1, hd_take_word, FIELD(vm.names) },
	{ "vm_script", 1, hd_take_word, FIELD(vm.script) },
	{ "vm_release", 2, hd_take_vm_release, 0 },
	{ "vm_library", 2, hd_take_vm_library, 0 },
	{ "vm_app", 3, hd_take_vm_app, 0 },
	{ "vm_process", 3, hd_take_vm_process, 0 },
	{ "vm_blocked", 1, hd_take_word, FIELD(vm.blocked) },
	{ "vm_modified", 1, hd_take_item, FIELD(vm.modified) },
	{ "vm_gone", 1, hd_take_item, FIELD(vm.gone) },
	{ "vm_absent", 1, hd_take_item, FIELD(vm.absent) },
	{ "vm_old", 4, hd_take_vm_old, 0 },
	{ "vm_unasked", 1, hd_take_number, FIELD(vm.unasked) },
	{ "vm_env", 2, hd_take_vm_env, 0 },
	{ "vm_unread", 0, hd_take_text, FIELD(vm.unread) },
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
split(struct hd_facts_line *l, char *text, size_t n)
{
	char *save = NULL;

	for (char *w = strtok_r(text, " ", &save); w != NULL;
	     w = strtok_r(NULL, " ", &save)) {
		if (l->n == HD_WORDS_MAX)
			return false;
		l->word[l->n++] = w;
	}
	return l->n == n;
}

/* "a, b, c"; NULL of nothing */
static const char *
join(struct hd_arena *a, const struct hd_strs *list)
{
	size_t room = 0, n = 0;
	char *out;

	if (list->n == 0)
		return NULL;
	for (size_t i = 0; i < list->n; i++)
		room += strlen(list->v[i]) + strlen(", ");
	out = hd_arena_alloc(a, room);
	for (size_t i = 0; i < list->n; i++)
		n += (size_t)snprintf(
		    out + n, room - n, "%s%s", i > 0 ? ", " : "", list->v[i]);
	return out;
}

int
hd_facts_read(
    struct hd_facts **out, const struct hd_pairs *said, struct hd_err *err)
{
	struct hd_facts *f = hd_alloc(sizeof(*f));
	struct hd_index records = { 0 };
	struct hd_strs missing = { 0 };
	bool vm = false;

	for (size_t i = 0; i < said->n; i++) {
		const struct key *k = find_key(said->v[i].name);
		struct hd_facts_line l = { .f = f,
			.records = &records,
			.missing = &missing,
			.text = said->v[i].value };
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
		vm = vm || k->take == hd_take_vm;
	}
	if (!vm) {
		hd_facts_free(f);
		return hd_err_set(err, HD_EREMOTE,
		    "the host did not say whether the node runs");
	}
	f->missing = join(&f->arena, &missing);
	*out = f;
	return 0;
}
