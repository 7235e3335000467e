/* A library keeps the files that came first under its version: unpacking
 * leaves what is there (release_handler(3), erl_tar's keep_old_files). */
#include "core/plan/plan_private.h"

enum { NAMES_SHOWN = 3 };

/* What its files are on the host: a version that is not in release_handler's
 * list leaves none behind. */
static bool
unpacked(const struct hd_facts *f, const char *version)
{
	if (f->vm.state == HD_VM_UP)
		return hd_facts_status(f, version) != NULL;
	return hd_facts_unpacked(f, version);
}

static const char *
digest(const struct hd_pairs *libs, const char *name)
{
	for (size_t i = 0; i < libs->n; i++) {
		if (hd_same(libs->v[i].name, name))
			return libs->v[i].value;
	}
	return NULL;
}

/* Names of libs that r has with other content. */
static size_t
list_others(
    struct hd_str *out, const struct hd_pairs *libs, const struct hd_record *r)
{
	size_t n = 0;

	for (size_t i = 0; i < libs->n; i++) {
		const char *there = digest(&r->libs, libs->v[i].name);

		if (there == NULL || hd_same(there, libs->v[i].value))
			continue;
		if (n < NAMES_SHOWN)
			hd_str_addf(
			    out, "%s%s", n > 0 ? ", " : "", libs->v[i].name);
		n++;
	}
	if (n > NAMES_SHOWN)
		hd_str_addf(out, " and %zu more", n - NAMES_SHOWN);
	return n;
}

bool
hd_libraries_fit(
    struct hd_planning *p, const char *version, const struct hd_pairs *libs)
{
	for (size_t i = 0; i < p->facts->records.n; i++) {
		const struct hd_record *r = &p->facts->records.v[i];
		HD_AUTO_STR names = HD_STR_INIT(1024);

		if (hd_same(r->version, version) ||
		    !unpacked(p->facts, r->version) ||
		    list_others(&names, libs, r) == 0)
			continue;
		hd_refuse(p,
		    "%s of %s is not what %s brought here under that version, "
		    "and the host would keep the old code: give the library a "
		    "new version, or build with the same Erlang/OTP",
		    names.ptr, version, r->version);
		return false;
	}
	return true;
}
