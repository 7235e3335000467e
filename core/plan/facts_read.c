/*
 * The reply of remote/facts.sh is lines "key value". The table below has a row
 * for each key: the member of struct hd_facts that it fills, and how its value
 * is read. A key has the name of its member; "vm_" stands for "vm.".
 */
#include "core/plan/facts.h"

#include "core/base/index.h"
#include "core/base/name.h"

#include <stdlib.h>
#include <string.h>

/* A word of a value, or the rest of the value. */
struct word {
	const char *text;
	const char *yes; /* from its column */
	struct hd_arena *arena;
};
/* Reads w into the member at into. False if it makes no sense. */
typedef bool take_fn(const struct word *w, void *into);

struct column {
	take_fn *take;
	size_t at;       /* offset of the member */
	bool rest;       /* takes the rest of the value */
	const char *yes; /* take_is: the word that means true */
};

enum { COLUMNS_MAX = 5 };
struct row {
	const char *key;
	/* The members that a line fills: of the facts, or of a new entry of a
	 * list at this offset; size: of an entry, 0: not a list */
	size_t list, size;
	bool of_record; /* a member or list of the record of the version in the
			   first word, or of each of "a,b,c" */
	bool lenient;   /* ignores versions without a record */
	struct column columns[COLUMNS_MAX];
};

/* Appends an entry of this size to the list at list, a HD_LIST. */
static void *
push(struct hd_arena *a, void *list, size_t size)
{
	HD_LIST(char) any;
	char *entry;

	memcpy(&any, list, sizeof(any));
	any.v = hd_list_grow(a, any.v, any.n, &any.cap, size);
	entry = any.v + any.n++ * size;
	memcpy(list, &any, sizeof(any));
	return entry;
}

static bool
take_word(const struct word *w, void *into)
{
	const char **field = into;

	*field = hd_arena_strdup(w->arena, w->text);
	return true;
}

/* The host writes "-" for none. */
static bool
take_or_null(const struct word *w, void *into)
{
	return strcmp(w->text, "-") == 0 || take_word(w, into);
}

static bool
take_version(const struct word *w, void *into)
{
	return hd_version_valid(w->text) && take_word(w, into);
}

/* The first reason counts. An empty one is a refusal, too. */
static bool
take_reason(const struct word *w, void *into)
{
	const char **field = into;

	if (*field != NULL)
		return true;
	*field = "the host refuses without a reason";
	return w->text[0] == '\0' || take_word(w, into);
}

static bool
take_number(const struct word *w, void *into)
{
	int64_t *field = into;
	char *end;

	*field = strtoll(w->text, &end, 10);
	return end != w->text && *end == '\0' && *field >= 0;
}

static bool
take_kilobytes(const struct word *w, void *into)
{
	uint64_t *field = into;
	int64_t kilobytes;

	if (!take_number(w, &kilobytes))
		return false;
	*field = (uint64_t)kilobytes * 1024;
	return true;
}

static bool
take_is(const struct word *w, void *into)
{
	bool *field = into;

	*field = strcmp(w->text, w->yes) == 0;
	return true;
}

/* "a,b,c"; "-" for none. */
static bool
take_list(const struct word *w, void *into)
{
	struct hd_strs *list = into;
	char *save = NULL, *copy = hd_arena_strdup(w->arena, w->text);

	if (strcmp(w->text, "-") == 0)
		return true;
	for (char *one = strtok_r(copy, ",", &save); one != NULL;
	     one = strtok_r(NULL, ",", &save))
		*HD_PUSH(w->arena, list) = one;
	return true;
}

/* The problem of a kept tarball, NULL if there is none. */
static bool
take_lost(const struct word *w, void *into)
{
	const char **field = into;

	if (strcmp(w->text, "yes") == 0)
		*field = NULL;
	else if (strcmp(w->text, "changed") == 0)
		*field = "does not have the size that was pushed";
	else if (strcmp(w->text, "unlisted") == 0)
		*field = "has lost its manifest";
	else
		*field = "is gone";
	return true;
}

/* The index of word in names, or n. */
static size_t
which(const char *const *names, size_t n, const char *word)
{
	size_t i = 0;

	while (i < n && strcmp(names[i], word) != 0)
		i++;
	return i;
}

static bool
take_vm_state(const struct word *w, void *into)
{
	static const char *const names[] = {
		[HD_VM_DOWN] = "down",
		[HD_VM_UP] = "up",
		[HD_VM_UNREACHABLE] = "unreachable",
	};
	enum hd_vm_state *field = into;
	size_t i = which(names, HD_COUNT(names), w->text);

	*field = (enum hd_vm_state)i;
	return i < HD_COUNT(names);
}

static bool
take_setting(const struct word *w, void *into)
{
	static const char *const names[HD_SETTING_STATES] = {
		[HD_SET_PLANNED] = "planned",
		[HD_SET_MISSING] = "missing",
		[HD_SET_FALLEN] = "fallen",
		[HD_SET_OTHER] = "set",
		[HD_SET_OWN] = "own",
		[HD_SET_UNKNOWN] = "unknown",
	};
	enum hd_setting_state *field = into;
	size_t i = which(names, HD_COUNT(names), w->text);

	*field = (enum hd_setting_state)i;
	return i < HD_COUNT(names);
}

/* Ignores a line that is not JSON, such as one that a full disk cut short: the
 * other lines still count. */
static bool
take_history(const struct word *w, void *into)
{
	struct hd_past past;

	if (hd_past_read(&past, w->arena, w->text))
		memcpy(push(w->arena, into, sizeof(past)), &past, sizeof(past));
	return true;
}

static bool
one_of(const char *text, const char *x, const char *y)
{
	return text != NULL && (strcmp(text, x) == 0 || strcmp(text, y) == 0);
}

/* Checks the journal, whose words become versions of a plan and the id of its
 * operations. */
static bool
journal_valid(const struct hd_past *c)
{
	return c->id != NULL && strlen(c->id) == HD_PAST_ID &&
	       c->id[strspn(c->id, "0123456789abcdef")] == '\0' &&
	       one_of(c->command, "upgrade", "rollback") &&
	       one_of(c->going, "forward", "back") && c->from != NULL &&
	       c->to != NULL && hd_version_valid(c->from) &&
	       hd_version_valid(c->to);
}

/* Ignores a journal that makes no sense: the other facts still count. */
static bool
take_journal(const struct word *w, void *into)
{
	const struct hd_past **field = into;
	struct hd_past *past = hd_arena_alloc(w->arena, sizeof(*past));

	if (hd_past_read(past, w->arena, w->text) && journal_valid(past))
		*field = past;
	return true;
}

/* Columns: read a word, or the rest of the value, into a member of this
 * type. */
#define COL(type, member, how)                                                 \
	{                                                                      \
		.take = how, .at = offsetof(type, member)                      \
	}
#define REST(type, member, how)                                                \
	{                                                                      \
		.take = how, .at = offsetof(type, member), .rest = true        \
	}
#define IS(type, member, word)                                                 \
	{                                                                      \
		.take = take_is, .at = offsetof(type, member), .yes = word     \
	}

/* Rows; keys are the names of members: */
#define HOST(member) .key = #member
#define VM(member) .key = "vm_" #member
/* of one value: */
#define F struct hd_facts
#define WORD(member, how)                                                      \
	{                                                                      \
		HOST(member), .columns = { COL(F, member, how) }               \
	}
#define TEXT(member, how)                                                      \
	{                                                                      \
		HOST(member), .columns = { REST(F, member, how) }              \
	}
#define FLAG(member)                                                           \
	{                                                                      \
		HOST(member), .columns = { IS(F, member, "yes") }              \
	}
#define VM_WORD(member, how)                                                   \
	{                                                                      \
		VM(member), .columns = { COL(F, vm.member, how) }              \
	}
#define VM_TEXT(member)                                                        \
	{                                                                      \
		VM(member), .columns = { REST(F, vm.member, take_word) }       \
	}
/* of two values, the second into member_more: */
#define TWO(member, more, how)                                                 \
	{                                                                      \
		HOST(member), .columns = {                                     \
			COL(F, member, take_word),                             \
			COL(F, member##_##more, how)                           \
		}                                                              \
	}
/* of a list: */
#define LIST(member, type)                                                     \
	HOST(member), .list = offsetof(F, member), .size = sizeof(type)
#define VM_LIST(member, type)                                                  \
	VM(member), .list = offsetof(F, vm.member), .size = sizeof(type)
#define OF_RECORD(member, type)                                                \
	HOST(member), .of_record = true,                                       \
		      .list = offsetof(struct hd_record, member),              \
		      .size = sizeof(type)
#define STRS(member)                                                           \
	{                                                                      \
		LIST(member, const char *), .columns = {                       \
			{ .take = take_word }                                  \
		}                                                              \
	}
#define VM_STRS(member)                                                        \
	{                                                                      \
		VM_LIST(member, const char *), .columns = {                    \
			{ .take = take_word }                                  \
		}                                                              \
	}
#define PAIRS(member)                                                          \
	{                                                                      \
		LIST(member, struct hd_pair), .columns = {                     \
			COL(struct hd_pair, name, take_word),                  \
			REST(struct hd_pair, value, take_word)                 \
		}                                                              \
	}

static const struct row rows[] = {
	WORD(user, take_word),
	WORD(system, take_word),
	WORD(machine, take_word),
	TEXT(libc, take_word),
	STRS(loaders),
	STRS(missing),
	TEXT(refusal, take_reason),
	FLAG(root_exists),
	FLAG(plain),
	TEXT(unlinked, take_word),
	WORD(id, take_word),
	WORD(boot, take_version),
	WORD(script_boot, take_version),
	FLAG(no_list),
	TWO(switching, from, take_version),
	TWO(files, from, take_or_null),
	WORD(disk_free, take_kilobytes),
	TWO(snapshot, boot, take_version),
	TEXT(unfinished, take_word),
	TEXT(watching, take_word),
	TEXT(lock, take_word),
	TEXT(lock_silent, take_word),
	TEXT(journal, take_journal),
	TWO(journal_step, status, take_word),
	STRS(unpacked),
	STRS(newest),
	{ LIST(records, struct hd_record),
	    .columns = { COL(struct hd_record, version, take_version),
		COL(struct hd_record, identity, take_or_null),
		COL(struct hd_record, sha256, take_or_null),
		COL(struct hd_record, lost, take_lost),
		IS(struct hd_record, verified, "yes") } },
	{ HOST(erts), .of_record = true,
	    .columns = { COL(struct hd_record, erts, take_word) } },
	{ HOST(cookie), .of_record = true,
	    .columns = { COL(struct hd_record, cookie, take_word) } },
	{ OF_RECORD(relup, struct hd_relup_entry),
	    .columns = { IS(struct hd_relup_entry, down, "down"),
		COL(struct hd_relup_entry, from, take_word),
		IS(struct hd_relup_entry, emulator, "emulator"),
		COL(struct hd_relup_entry, restarts, take_list) } },
	{ OF_RECORD(libs, struct hd_pair), .lenient = true,
	    .columns = { COL(struct hd_pair, name, take_word),
		COL(struct hd_pair, value, take_word) } },
	PAIRS(loose),
	PAIRS(edited),
	PAIRS(gone),
	PAIRS(foreign),
	PAIRS(closed),
	TEXT(history, take_history),
	TEXT(service_refusal, take_reason),
	WORD(service_loaded, take_word),
	WORD(service_state, take_word),
	WORD(service_id, take_word),
	FLAG(no_reload),
	VM_WORD(state, take_vm_state),
	VM_TEXT(why),
	VM_WORD(init, take_word),
	VM_WORD(word, take_version),
	{ VM(unnamed), .columns = { IS(F, vm.unnamed, "yes") } },
	VM_WORD(unit, take_word),
	VM_WORD(manager, take_word),
	{ VM_LIST(others, struct hd_other),
	    .columns = { COL(struct hd_other, pid, take_word),
		COL(struct hd_other, user, take_word) } },
	{ VM_LIST(changed, struct hd_variable),
	    .columns = { COL(struct hd_variable, name, take_word),
		COL(struct hd_variable, was, take_or_null),
		COL(struct hd_variable, now, take_or_null) } },
	VM_TEXT(lost),
	VM_WORD(stray, take_word),
	VM_WORD(pid, take_number),
	VM_WORD(creation, take_number),
	VM_WORD(names, take_word),
	VM_WORD(script, take_word),
	{ VM_LIST(releases, struct hd_listed),
	    .columns = { COL(struct hd_listed, version, take_word),
		COL(struct hd_listed, status, take_word) } },
	{ VM_LIST(libraries, struct hd_library),
	    .columns = { COL(struct hd_library, app, take_word),
		COL(struct hd_library, version, take_word) } },
	{ VM_LIST(apps, struct hd_running),
	    .columns = { COL(struct hd_running, app, take_word),
		COL(struct hd_running, version, take_word),
		COL(struct hd_running, master, take_or_null) } },
	{ VM_LIST(processes, struct hd_process),
	    .columns = { COL(struct hd_process, name, take_word),
		COL(struct hd_process, id, take_word),
		COL(struct hd_process, app, take_or_null) } },
	VM_WORD(blocked, take_word),
	VM_STRS(modified),
	VM_STRS(gone),
	VM_STRS(absent),
	{ VM_LIST(old_code, struct hd_old_code),
	    .columns = { COL(struct hd_old_code, module, take_word),
		COL(struct hd_old_code, processes, take_number),
		COL(struct hd_old_code, id, take_word),
		COL(struct hd_old_code, who, take_word) } },
	VM_WORD(unasked, take_number),
	{ VM_LIST(settings, struct hd_setting),
	    .columns = { COL(struct hd_setting, key, take_word),
		COL(struct hd_setting, state, take_setting) } },
	VM_TEXT(stale),
	VM_TEXT(unread),
};

const char *
hd_facts_key(size_t i)
{
	return i < HD_COUNT(rows) ? rows[i].key : NULL;
}

static const struct row *
find_row(const char *key)
{
	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	}
	return NULL;
}

/* The state of reading a reply, line by line. */
struct reading {
	struct hd_facts *f;
	const struct row *row; /* of the current line */
	char *left;            /* the rest of its value, modified; NULL: none */
	struct hd_index records; /* 1 + the place of each version */
	size_t nindexed;
};

/* Cuts off the next word; NULL if none is left. */
static char *
next_word(struct reading *r)
{
	char *word = r->left;

	if (word == NULL)
		return NULL;
	word += strspn(word, " ");
	r->left = strchr(word, ' ');
	if (r->left != NULL)
		*r->left++ = '\0';
	return word[0] != '\0' ? word : NULL;
}

static char *
next(struct reading *r, const struct column *c)
{
	char *rest = r->left;

	if (!c->rest)
		return next_word(r);
	r->left = NULL;
	return rest;
}

/* Reads the rest of the line by its columns, into the members at these offsets
 * from into. */
static bool
take_columns(struct reading *r, void *into)
{
	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		const struct column *c = &r->row->columns[i];
		struct word w = { .arena = &r->f->arena, .yes = c->yes };

		if (c->take == NULL)
			break;
		w.text = next(r, c);
		if (w.text == NULL || !c->take(&w, (char *)into + c->at))
			return false;
	}
	return next_word(r) == NULL;
}

/* The record of version; NULL if there is none. */
static struct hd_record *
record(struct reading *r, const char *version)
{
	struct hd_facts *f = r->f;
	size_t place;

	for (; r->nindexed < f->records.n; r->nindexed++) {
		size_t *at = hd_index_at(
		    &r->records, &f->arena, f->records.v[r->nindexed].version);

		if (*at == 0)
			*at = r->nindexed + 1;
	}
	place = hd_index_get(&r->records, version);
	return place > 0 ? &f->records.v[place - 1] : NULL;
}

/* Adds an entry to the record of each version of "a,b,c". */
static bool
take_into_each(struct reading *r, char *versions)
{
	void *entry = hd_arena_alloc(&r->f->arena, r->row->size);
	char *save = NULL;

	if (!take_columns(r, entry))
		return false;
	for (char *version = strtok_r(versions, ",", &save); version != NULL;
	     version = strtok_r(NULL, ",", &save)) {
		struct hd_record *to = record(r, version);

		if (to != NULL)
			memcpy(push(&r->f->arena, (char *)to + r->row->list,
				   r->row->size),
			    entry, r->row->size);
		else if (!r->row->lenient)
			return false;
	}
	return true;
}

static bool
take_of_record(struct reading *r)
{
	char *versions = next_word(r);
	struct hd_record *to;

	if (versions == NULL)
		return false;
	if (r->row->size > 0)
		return take_into_each(r, versions);
	to = record(r, versions);
	return to != NULL && take_columns(r, to);
}

static bool
take_line(struct reading *r, const struct row *row, char *value)
{
	void *list = (char *)r->f + row->list;

	r->row = row;
	r->left = value;
	if (row->of_record)
		return take_of_record(r);
	return take_columns(
	    r, row->size > 0 ? push(&r->f->arena, list, row->size) : r->f);
}

static int
take_all(struct reading *r, const struct hd_pairs *reply, struct hd_err *err)
{
	bool has_vm_state = false; /* vm_state was in the reply */

	for (size_t i = 0; i < reply->n; i++) {
		const struct hd_pair *line = &reply->v[i];
		const struct row *row = find_row(line->name);
		HD_AUTO_FREE char *value = hd_strdup(line->value);

		if (row == NULL)
			continue; /* a message for people */
		if (!take_line(r, row, value))
			return hd_err_set(err, HD_EREMOTE,
			    "the host sent facts that make no sense: \"%s "
			    "%.200s\"",
			    line->name, line->value);
		has_vm_state =
		    has_vm_state || strcmp(row->key, "vm_state") == 0;
	}
	if (!has_vm_state)
		return hd_err_set(err, HD_EREMOTE,
		    "the host did not report whether the node runs");
	return 0;
}

int
hd_facts_read(
    struct hd_facts **out, const struct hd_pairs *reply, struct hd_err *err)
{
	struct hd_facts *f = hd_alloc(sizeof(*f));
	struct reading r = { .f = f };
	int rc = take_all(&r, reply, err);

	if (rc < 0)
		hd_facts_free(f);
	else
		*out = f;
	return rc;
}
