/* Reads single words of the reply of remote/facts.sh. */
#include "core/plan/facts_row.h"

#include "core/base/name.h"

#include <stdlib.h>
#include <string.h>

void *
hd_fact_push(struct hd_arena *a, void *list, size_t size)
{
	HD_LIST(char) any;
	char *entry;

	memcpy(&any, list, sizeof(any));
	any.v = hd_list_grow(a, any.v, any.n, &any.cap, size);
	entry = any.v + any.n++ * size;
	memcpy(list, &any, sizeof(any));
	return entry;
}

bool
hd_take_word(const struct hd_fact_word *w, void *into)
{
	const char **field = into;

	*field = hd_arena_strdup(w->arena, w->text);
	return true;
}

/* The host writes "-" for none. */
bool
hd_take_or_null(const struct hd_fact_word *w, void *into)
{
	return strcmp(w->text, "-") == 0 || hd_take_word(w, into);
}

bool
hd_take_version(const struct hd_fact_word *w, void *into)
{
	return hd_version_valid(w->text) && hd_take_word(w, into);
}

/* The first reason counts. An empty one is a refusal, too. */
bool
hd_take_reason(const struct hd_fact_word *w, void *into)
{
	const char **field = into;

	if (*field != NULL)
		return true;
	*field = "the host refuses without a reason";
	return w->text[0] == '\0' || hd_take_word(w, into);
}

bool
hd_take_number(const struct hd_fact_word *w, void *into)
{
	int64_t *field = into;
	char *end;

	*field = strtoll(w->text, &end, 10);
	return end != w->text && *end == '\0' && *field >= 0;
}

bool
hd_take_kilobytes(const struct hd_fact_word *w, void *into)
{
	uint64_t *field = into;
	int64_t kilobytes;

	if (!hd_take_number(w, &kilobytes))
		return false;
	*field = (uint64_t)kilobytes * 1024;
	return true;
}

bool
hd_take_is(const struct hd_fact_word *w, void *into)
{
	bool *field = into;

	*field = strcmp(w->text, w->yes) == 0;
	return true;
}

/* Into an array of HD_SHA256_HEX. */
bool
hd_take_digest(const struct hd_fact_word *w, void *into)
{
	size_t n = strlen(w->text);

	if (n >= HD_SHA256_HEX)
		return false;
	memcpy(into, w->text, n + 1);
	return true;
}

/* "a,b,c"; "-" for none. */
bool
hd_take_list(const struct hd_fact_word *w, void *into)
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
bool
hd_take_lost(const struct hd_fact_word *w, void *into)
{
	const char **field = into;

	if (strcmp(w->text, "yes") == 0)
		*field = NULL;
	else if (strcmp(w->text, "changed") == 0)
		*field = HD_LOST_SIZE;
	else if (strcmp(w->text, "unlisted") == 0)
		*field = HD_LOST_MANIFEST;
	else
		*field = HD_LOST_TARBALL;
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

bool
hd_take_vm_state(const struct hd_fact_word *w, void *into)
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

bool
hd_take_setting(const struct hd_fact_word *w, void *into)
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

bool
hd_take_machine(const struct hd_fact_word *w, void *into)
{
	unsigned *field = into;
	int64_t number;

	if (!hd_take_number(w, &number) || number > UINT16_MAX)
		return false;
	*field = (unsigned)number;
	return true;
}

bool
hd_take_loader(const struct hd_fact_word *w, void *into)
{
	if (strcmp(w->text, "-") == 0)
		return true;
	if (strlen(w->text) >= HD_LOADER_MAX)
		return false;
	memcpy(into, w->text, strlen(w->text) + 1);
	return true;
}

/* n numbers with dots between them; "-" for none. */
static bool
take_numbers(const char *text, unsigned *to, size_t n)
{
	char *end;

	if (strcmp(text, "-") == 0)
		return true;
	for (size_t i = 0; i < n; i++) {
		unsigned long number = strtoul(text, &end, 10);

		if (end == text || number > 9999 ||
		    *end != (i + 1 < n ? '.' : '\0'))
			return false;
		to[i] = (unsigned)number;
		text = end + 1;
	}
	return true;
}

bool
hd_take_glibc(const struct hd_fact_word *w, void *into)
{
	return take_numbers(w->text, into, 2);
}

bool
hd_take_glibcxx(const struct hd_fact_word *w, void *into)
{
	return take_numbers(w->text, into, 3);
}

/* Ignores a line that is not JSON, such as one that a full disk cut short: the
 * other lines still count. */
bool
hd_take_history(const struct hd_fact_word *w, void *into)
{
	struct hd_past past;

	if (hd_past_read(&past, w->arena, w->text))
		memcpy(hd_fact_push(w->arena, into, sizeof(past)), &past,
		    sizeof(past));
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
bool
hd_take_journal(const struct hd_fact_word *w, void *into)
{
	const struct hd_past **field = into;
	struct hd_past *past = hd_arena_alloc(w->arena, sizeof(*past));

	if (hd_past_read(past, w->arena, w->text) && journal_valid(past))
		*field = past;
	return true;
}
