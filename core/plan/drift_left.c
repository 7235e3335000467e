/* Findings about files that scripts left behind when they were cut off, files
 * that no release brought, and files of other users. */
#include "core/plan/drift.h"

/* "TEXT (a, b and 3 more): `hdeploy repair prod` VERB" */
static const char *
tell_left(const struct hd_look *l, const char *kind, const char *text,
    const char *verb)
{
	const char *names = hd_facts_about(&l->facts->leftover, kind);

	if (!hd_drift_settled(l) || names == NULL)
		return NULL;
	return hd_arena_fmt(l->arena, "%s (%s): `%s` %s", text, names,
	    hd_drift_repair(l), verb);
}

const char *
hd_tell_uploads(const struct hd_look *l)
{
	return tell_left(
	    l, "upload", "interrupted uploads left files", "removes them");
}

const char *
hd_tell_scratch(const struct hd_look *l)
{
	return tell_left(
	    l, "scratch", "interrupted operations left files", "removes them");
}

const char *
hd_tell_unpacked(const struct hd_look *l)
{
	return tell_left(
	    l, "unpack", "interrupted unpacks left files", "removes them");
}

const char *
hd_tell_switched(const struct hd_look *l)
{
	return tell_left(l, "switch",
	    "files that were to replace others were never put in place",
	    "removes them");
}

const char *
hd_tell_aside(const struct hd_look *l)
{
	return tell_left(l, "config",
	    "the packaged configuration is still set aside, and a start would "
	    "use the evaluated one",
	    "puts it back");
}

const char *
hd_tell_stray(const struct hd_look *l)
{
	const char *names = hd_facts_about(&l->facts->leftover, "stray");

	if (!hd_drift_settled(l) || names == NULL)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "files in releases/ belong to no release (%s): hdeploy never "
	    "touches them",
	    names);
}

const char *
hd_tell_owner(const struct hd_look *l)
{
	const struct hd_facts *f = l->facts;

	if (!hd_drift_settled(l) || f->owners.n == 0)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "files of releases belong to %s (%s), so a change by %s can fail "
	    "on them: `%s` gives them to %s, or names the command for root",
	    f->owners.v[0].name, f->owners.v[0].value,
	    f->user != NULL ? f->user : "hdeploy", hd_drift_repair(l),
	    f->user != NULL ? f->user : "the right user");
}
