/* How each kind of line is taken over into the facts. */
#include "core/plan/facts_take.h"

#include "core/base/name.h"

#include <stdlib.h>
#include <string.h>

static char *
keep(const struct hd_facts_line *l, size_t i)
{
	return hd_arena_strdup(&l->f->arena, l->word[i]);
}

/* The host writes "-" where there is nothing. */
static const char *
keep_or_null(const struct hd_facts_line *l, size_t i)
{
	return strcmp(l->word[i], "-") == 0 ? NULL : keep(l, i);
}

static void
push_text(struct hd_facts *f, struct hd_strs *list, const char *text)
{
	*HD_PUSH(&f->arena, list) = hd_arena_strdup(&f->arena, text);
}

/* The whole value, into a const char *. */
bool
hd_take_text(struct hd_facts_line *l)
{
	const char **field = l->field;

	*field = hd_arena_strdup(&l->f->arena, l->text);
	return true;
}

/* The first word, into a const char *. */
bool
hd_take_word(struct hd_facts_line *l)
{
	const char **field = l->field;

	*field = keep(l, 0);
	return true;
}

/* The first word, onto a struct hd_strs. */
bool
hd_take_item(struct hd_facts_line *l)
{
	push_text(l->f, l->field, l->word[0]);
	return true;
}

/* The first word and the rest, onto a struct hd_pairs. */
bool
hd_take_pair(struct hd_facts_line *l)
{
	size_t n = strcspn(l->text, " ");
	struct hd_arena *a = &l->f->arena;
	struct hd_pairs *list = l->field;

	if (n == 0 || l->text[n] == '\0')
		return false;
	*HD_PUSH(a, list) = (struct hd_pair){ hd_arena_strndup(a, l->text, n),
		hd_arena_strdup(a, l->text + n + 1) };
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
bool
hd_take_number(struct hd_facts_line *l)
{
	return number(l->word[0], l->field);
}

bool
hd_take_system(struct hd_facts_line *l)
{
	l->f->system = keep(l, 0);
	l->f->machine = keep(l, 1);
	return true;
}

bool
hd_take_missing(struct hd_facts_line *l)
{
	push_text(l->f, l->missing, l->word[0]);
	return true;
}

/* As hd_take_text(): a refusal that says nothing is one all the same. */
bool
hd_take_reason(struct hd_facts_line *l)
{
	if (l->text[0] == '\0')
		l->text = "the host refuses, and does not say why";
	return hd_take_text(l);
}

/* The first counts. */
bool
hd_take_refusal(struct hd_facts_line *l)
{
	return l->f->refusal != NULL || hd_take_reason(l);
}

bool
hd_take_root(struct hd_facts_line *l)
{
	l->f->root_exists = strcmp(l->word[0], "yes") == 0;
	return true;
}

bool
hd_take_boot(struct hd_facts_line *l)
{
	l->f->boot_erts = keep_or_null(l, 0);
	l->f->boot = keep(l, 1);
	return hd_version_valid(l->f->boot);
}

bool
hd_take_script_boot(struct hd_facts_line *l)
{
	l->f->script_boot = keep(l, 0);
	return hd_version_valid(l->f->script_boot);
}

bool
hd_take_no_list(struct hd_facts_line *l)
{
	l->f->no_list = strcmp(l->word[0], "none") == 0;
	return true;
}

/* Both words, into two const char *. */
bool
hd_take_words(struct hd_facts_line *l)
{
	const char **field = l->field;

	field[0] = keep(l, 0);
	field[1] = keep(l, 1);
	return true;
}

/* The second is a version. */
bool
hd_take_two(struct hd_facts_line *l)
{
	return hd_take_words(l) && hd_version_valid(l->word[1]);
}

bool
hd_take_service_state(struct hd_facts_line *l)
{
	l->f->service_loaded = keep(l, 0);
	l->f->service_state = keep(l, 1);
	l->f->service_id = keep(l, 2);
	return true;
}

bool
hd_take_vm_word(struct hd_facts_line *l)
{
	l->f->vm.word = keep(l, 0);
	return hd_version_valid(l->f->vm.word);
}

bool
hd_take_vm_unit(struct hd_facts_line *l)
{
	l->f->vm.unit = keep(l, 0);
	l->f->vm.manager = keep(l, 1);
	return true;
}

/* PID USER */
bool
hd_take_vm_other(struct hd_facts_line *l)
{
	struct hd_facts *f = l->f;

	push_text(f, &f->vm.others,
	    hd_arena_fmt(
		&f->arena, "process %s of user %s", l->word[0], l->word[1]));
	return true;
}

/* VARIABLE WAS NOW; the first counts */
bool
hd_take_vm_changed(struct hd_facts_line *l)
{
	struct hd_vm *vm = &l->f->vm;

	if (vm->changed != NULL)
		return true;
	vm->changed = keep(l, 0);
	vm->changed_was = keep_or_null(l, 1);
	vm->changed_now = keep_or_null(l, 2);
	return true;
}

bool
hd_take_disk(struct hd_facts_line *l)
{
	int64_t kilobytes;

	if (!number(l->word[0], &kilobytes))
		return false;
	l->f->disk_free = (uint64_t)kilobytes * 1024;
	return true;
}

static const char *
lost(const char *kept)
{
	if (strcmp(kept, "changed") == 0)
		return "does not have the size that was pushed";
	if (strcmp(kept, "unlisted") == 0)
		return "has lost its manifest";
	return "is gone";
}

/* VERSION IDENTITY SHA256 SIZE KEPT VERIFIED */
bool
hd_take_record(struct hd_facts_line *l)
{
	const char *version = keep(l, 0);
	size_t *place = hd_index_at(l->records, &l->f->arena, version);

	if (*place == 0)
		*place = l->f->records.n + 1;
	*HD_PUSH(&l->f->arena, &l->f->records) = (struct hd_record){
		.version = version,
		.identity = keep_or_null(l, 1),
		.sha256 = keep_or_null(l, 2),
		.kept = strcmp(l->word[4], "yes") == 0,
		.lost = lost(l->word[4]),
		.verified = strcmp(l->word[5], "yes") == 0,
	};
	return hd_version_valid(l->word[0]);
}

static struct hd_record *
record(struct hd_facts_line *l, const char *version)
{
	size_t place = hd_index_get(l->records, version);

	return place > 0 ? &l->f->records.v[place - 1] : NULL;
}

/* VERSION ERTS */
bool
hd_take_erts(struct hd_facts_line *l)
{
	struct hd_record *r = record(l, l->word[0]);

	if (r != NULL)
		r->erts = keep(l, 1);
	return r != NULL;
}

bool
hd_take_cookie(struct hd_facts_line *l)
{
	struct hd_record *r = record(l, l->word[0]);

	if (r != NULL)
		r->cookie = keep(l, 1);
	return r != NULL;
}

/* VERSION up|down FROM emulator|plain APP,APP */
bool
hd_take_way(struct hd_facts_line *l)
{
	struct hd_record *r = record(l, l->word[0]);
	struct hd_relup_entry *w;
	char *save = NULL;

	if (r == NULL)
		return false;
	w = HD_PUSH(&l->f->arena, &r->relup);
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
bool
hd_take_lib(struct hd_facts_line *l)
{
	const struct hd_pair lib = { keep(l, 0), keep(l, 1) };
	char *save = NULL;

	for (char *version = strtok_r(l->word[2], ",", &save); version != NULL;
	     version = strtok_r(NULL, ",", &save)) {
		struct hd_record *r = record(l, version);

		if (r != NULL)
			*HD_PUSH(&l->f->arena, &r->libs) = lib;
	}
	return true;
}

/* A line that is no JSON is left out: it can only be one that a full disk cut
 * short, and the rest of the history still tells. */
bool
hd_take_history(struct hd_facts_line *l)
{
	struct hd_past past;

	if (hd_past_read(&past, &l->f->arena, l->text))
		*HD_PUSH(&l->f->arena, &l->f->history) = past;
	return true;
}

static bool
one_of(const char *text, const char *a, const char *b)
{
	return text != NULL && (strcmp(text, a) == 0 || strcmp(text, b) == 0);
}

/* Its words become versions of a plan and the id of its operations. */
static bool
change_valid(const struct hd_past *c)
{
	return c->id != NULL && strlen(c->id) == HD_PAST_ID &&
	       c->id[strspn(c->id, "0123456789abcdef")] == '\0' &&
	       one_of(c->command, "upgrade", "rollback") &&
	       one_of(c->going, "forward", "back") && c->from != NULL &&
	       c->to != NULL && hd_version_valid(c->from) &&
	       hd_version_valid(c->to);
}

/* One that makes no sense is none: the rest of the facts still tells. */
bool
hd_take_change(struct hd_facts_line *l)
{
	struct hd_past *c = hd_arena_alloc(&l->f->arena, sizeof(*c));

	if (hd_past_read(c, &l->f->arena, l->text) && change_valid(c))
		l->f->journal = c;
	return true;
}

bool
hd_take_vm(struct hd_facts_line *l)
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

bool
hd_take_vm_release(struct hd_facts_line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->vm.releases) =
	    (struct hd_listed){ keep(l, 0), keep(l, 1) };
	return true;
}

bool
hd_take_vm_library(struct hd_facts_line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->vm.libraries) =
	    (struct hd_library){ keep(l, 0), keep(l, 1) };
	return true;
}

bool
hd_take_vm_app(struct hd_facts_line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->vm.apps) =
	    (struct hd_running){ keep(l, 0), keep(l, 1), keep_or_null(l, 2) };
	return true;
}

bool
hd_take_vm_process(struct hd_facts_line *l)
{
	*HD_PUSH(&l->f->arena, &l->f->vm.processes) =
	    (struct hd_process){ keep(l, 0), keep(l, 1), keep_or_null(l, 2) };
	return true;
}

/* MODULE PROCESSES ID WHO: WHO is a registered name or a function */
bool
hd_take_vm_old(struct hd_facts_line *l)
{
	struct hd_facts *f = l->f;
	struct hd_old_code *old = HD_PUSH(&f->arena, &f->vm.old_code);

	old->module = keep(l, 0);
	old->example =
	    hd_arena_fmt(&f->arena, "<%s> %s", l->word[2], l->word[3]);
	return number(l->word[1], &old->processes);
}

/* APP/KEY STATE */
bool
hd_take_vm_env(struct hd_facts_line *l)
{
	static const char *const states[HD_SETTING_STATES] = {
		[HD_SET_PLANNED] = "planned",
		[HD_SET_MISSING] = "missing",
		[HD_SET_FALLEN] = "fallen",
		[HD_SET_OTHER] = "set",
		[HD_SET_OWN] = "own",
		[HD_SET_UNKNOWN] = "unknown",
	};

	for (size_t i = 0; i < HD_COUNT(states); i++) {
		if (strcmp(states[i], l->word[1]) != 0)
			continue;
		*HD_PUSH(&l->f->arena, &l->f->vm.settings) =
		    (struct hd_setting){ keep(l, 0), (enum hd_setting_state)i };
		return true;
	}
	return false;
}
