/* Findings about the files of each version on the host, and about its record,
 * manifest and kept tarball. */
#include "core/plan/drift.h"

#include "core/base/str.h"
#include "core/base/text.h"

#include <inttypes.h>
#include <string.h>

/* The part of a version that a path in the facts belongs to. */
enum part { RELEASE, LIBRARY, RUNTIME, SCRIPT, FILES };

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* name: "lib/x-1.0", the folder as a whole, or a file in it. */
static enum part
part_of(const struct hd_look *l, const char *name)
{
	const char *slash = strchr(name, '/');
	bool whole = slash != NULL && strchr(slash + 1, '/') == NULL;

	if (l->facts->plain)
		return FILES;
	if (starts(name, "erts-"))
		return RUNTIME;
	if (whole && starts(name, "releases/"))
		return RELEASE;
	if (whole && starts(name, "lib/"))
		return LIBRARY;
	return starts(name, "bin/") ? SCRIPT : FILES;
}

/* The names of "a, b, c and 5 more" that are of this part, in the same form;
 * NULL: none. The number is known for all parts together only. */
static const char *
only(const struct hd_look *l, const char *names, enum part part)
{
	char *save = NULL, *copy = hd_arena_strdup(l->arena, names);
	const char *text = NULL;

	for (char *name = strtok_r(copy, ",", &save); name != NULL;
	     name = strtok_r(NULL, ",", &save)) {
		name += strspn(name, " ");
		if (part_of(l, name) == part)
			text = text == NULL ? name
					    : hd_arena_fmt(l->arena, "%s, %s",
						  text, name);
	}
	return text;
}

/* The versions that have the same text as the first in list, which they leave:
 * a library can belong to all of them. */
static const char *
take_equal(const struct hd_look *l, struct hd_pairs *list)
{
	struct hd_strs versions = { 0 };
	const char *text = list->v[0].value;
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->v[i].value, text) == 0)
			*HD_PUSH(l->arena, &versions) = list->v[i].name;
		else
			list->v[kept++] = list->v[i];
	}
	list->n = kept;
	return hd_drift_join(l->arena, &versions);
}

/* Whether the kept tarball of version can restore its files. */
static bool
restores(const struct hd_look *l, const char *version)
{
	const struct hd_record *r = hd_facts_record(l->facts, version);

	return r != NULL &&
	       (r->lost == NULL || strcmp(r->lost, HD_LOST_MANIFEST) == 0);
}

/* The advice at the end of a text about files of the version. */
static const char *
remedy(const struct hd_look *l, const char *version)
{
	if (restores(l, version))
		return hd_arena_fmt(l->arena,
		    "`%s` restores them from the kept tarball",
		    hd_drift_repair(l));
	return hd_arena_fmt(l->arena,
	    "its tarball is not on the host: `%s` uploads it and restores them",
	    hd_advice(l->arena, l->host, "push", version));
}

/* "files of 0.1.0 WORDS (...); files of 0.2.0 WORDS (...): REMEDY", for each
 * different text in list, which is emptied. */
static const char *
tell_files(const struct hd_look *l, struct hd_pairs *list, const char *words)
{
	HD_AUTO_STR text = HD_STR_INIT(700);
	const char *version = list->n > 0 ? list->v[0].name : NULL;

	while (list->n > 0) {
		const char *names = list->v[0].value;

		hd_str_addf(&text, "%sfiles of %.150s %s (%.400s%s)",
		    text.len > 0 ? "; " : "", take_equal(l, list), words, names,
		    strlen(names) > 400 ? " ..." : "");
	}
	if (version == NULL)
		return NULL;
	return hd_arena_fmt(l->arena, "%s: %s", text.ptr, remedy(l, version));
}

/* Files only seem to be gone if a folder cannot be read: hd_facts.closed has
 * the advice. */
static const char *
tell_gone(const struct hd_look *l, enum part part)
{
	const struct hd_pairs *gone = &l->facts->gone;
	struct hd_pairs list = { 0 };

	if (!hd_drift_settled(l) || l->facts->closed.n > 0)
		return NULL;
	for (size_t i = 0; i < gone->n; i++) {
		const char *names = only(l, gone->v[i].value, part);

		if (names != NULL)
			*HD_PUSH(l->arena, &list) =
			    (struct hd_pair){ .name = gone->v[i].name,
				    .value = names };
	}
	return tell_files(l, &list, "are gone");
}

const char *
hd_tell_release_gone(const struct hd_look *l)
{
	return tell_gone(l, RELEASE);
}

const char *
hd_tell_library_gone(const struct hd_look *l)
{
	return tell_gone(l, LIBRARY);
}

const char *
hd_tell_runtime_gone(const struct hd_look *l)
{
	return tell_gone(l, RUNTIME);
}

const char *
hd_tell_script_gone(const struct hd_look *l)
{
	return tell_gone(l, SCRIPT);
}

const char *
hd_tell_files_gone(const struct hd_look *l)
{
	return tell_gone(l, FILES);
}

const char *
hd_tell_files_changed(const struct hd_look *l)
{
	const struct hd_pairs *changed = &l->facts->changed;
	struct hd_pairs list = { 0 };

	if (!hd_drift_settled(l))
		return NULL;
	for (size_t i = 0; i < changed->n; i++)
		*HD_PUSH(l->arena, &list) = changed->v[i];
	return tell_files(l, &list, "differ from the pushed ones");
}

const char *
hd_tell_files_unread(const struct hd_look *l)
{
	if (!hd_drift_settled(l) || l->facts->unread == 0)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "%" PRId64 " files have a new size or time and were not read: `%s` "
	    "compares them",
	    l->facts->unread, hd_advice(l->arena, l->host, "status", "--deep"));
}

/* "TEXT 0.1.0, 0.2.0 ...". NULL if list is empty. */
static const char *
tell_versions(const struct hd_look *l, const struct hd_strs *list,
    const char *subject, const char *words, const char *advice)
{
	if (!hd_drift_settled(l) || list->n == 0)
		return NULL;
	return hd_arena_fmt(l->arena, "the %s of %s %s: %s", subject,
	    hd_drift_join(l->arena, list), words, advice);
}

/* The command that brings the first version of list again. */
static const char *
push_again(const struct hd_look *l, const struct hd_strs *list)
{
	if (list->n == 0)
		return "";
	return hd_arena_fmt(l->arena, "`%s` restores it",
	    hd_advice(l->arena, l->host, "push", list->v[0]));
}

static const char *
repair_makes(const struct hd_look *l)
{
	return hd_arena_fmt(l->arena, "`%s` recreates it", hd_drift_repair(l));
}

const char *
hd_tell_tarball_gone(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	struct hd_strs list = { 0 };

	for (size_t i = 0; i < f->records.n; i++) {
		const struct hd_record *r = &f->records.v[i];

		if (r->lost != NULL && strcmp(r->lost, HD_LOST_TARBALL) == 0)
			*HD_PUSH(l->arena, &list) = r->version;
	}
	return tell_versions(l, &list, "kept tarball",
	    "is gone, so nothing could restore its files",
	    push_again(l, &list));
}

/* The versions whose file of this name differs from the record. */
static struct hd_strs
damaged(const struct hd_look *l, const char *what)
{
	const struct hd_pairs *all = &l->facts->damaged;
	struct hd_strs list = { 0 };

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->v[i].value, what) == 0)
			*HD_PUSH(l->arena, &list) = all->v[i].name;
	return list;
}

const char *
hd_tell_tarball_damaged(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;
	struct hd_strs list = damaged(l, "tarball");

	for (size_t i = 0; i < f->records.n; i++) {
		const struct hd_record *r = &f->records.v[i];

		if (r->lost != NULL && strcmp(r->lost, HD_LOST_SIZE) == 0 &&
		    !hd_text_listed(&list, r->version))
			*HD_PUSH(l->arena, &list) = r->version;
	}
	return tell_versions(l, &list, "kept tarball",
	    "is not as it was pushed", push_again(l, &list));
}

const char *
hd_tell_manifest_gone(const struct hd_look *l)
{
	const struct hd_strs *list = &l->facts->unlisted;

	return tell_versions(l, list, "manifest", "is gone",
	    list->n > 0 && restores(l, list->v[0]) ? repair_makes(l)
						   : push_again(l, list));
}

const char *
hd_tell_manifest_damaged(const struct hd_look *l)
{
	const struct hd_strs list = damaged(l, "manifest");

	return tell_versions(l, &list, "manifest", "is not as it was pushed",
	    list.n > 0 && restores(l, list.v[0]) ? repair_makes(l)
						 : push_again(l, &list));
}

const char *
hd_tell_record_gone(const struct hd_look *l)
{
	const struct hd_strs *list = &l->facts->unrecorded;

	return tell_versions(l, list, "record",
	    "is gone, so hdeploy cannot change to it", push_again(l, list));
}
