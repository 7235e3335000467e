/* The files of a library version come from its first release: unpacking keeps
 * existing files (release_handler(3), keep_old_files of erl_tar). */
#include "core/base/index.h"
#include "core/plan/plan_private.h"

enum { NAMES_SHOWN = 3 };

/* Finds the versions whose files are on the host. A version that is not in the
 * list of release_handler has none, if there is a list. */
static void
find_unpacked(
    struct hd_index *out, struct hd_arena *a, const struct hd_facts *f)
{
	if (f->vm.state == HD_VM_UP && !f->no_list && hd_vm_handler(&f->vm))
		for (size_t i = 0; i < f->vm.releases.n; i++)
			*hd_index_at(out, a, f->vm.releases.v[i].version) = 1;
	else
		for (size_t i = 0; i < f->unpacked.n; i++)
			*hd_index_at(out, a, f->unpacked.v[i]) = 1;
}

/* Lists libraries of r whose content differs from that in libs; places maps
 * their names to libs. */
static size_t
list_differing(struct hd_str *out, const struct hd_pairs *libs,
    const struct hd_index *places, const struct hd_record *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->libs.n; i++) {
		const char *name = r->libs.v[i].name;
		size_t place = hd_index_get(places, name);

		if (place == 0 ||
		    hd_same(r->libs.v[i].value, libs->v[place - 1].value))
			continue;
		if (n < NAMES_SHOWN)
			hd_str_addf(out, "%s%s", n > 0 ? ", " : "", name);
		n++;
	}
	if (n > NAMES_SHOWN)
		hd_str_addf(out, " and %zu more", n - NAMES_SHOWN);
	return n;
}

bool
hd_require_libraries(
    struct hd_planning *p, const char *version, const struct hd_pairs *libs)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_index unpacked = { 0 }, places = { 0 };

	find_unpacked(&unpacked, &arena, p->facts);
	for (size_t i = 0; i < libs->n; i++)
		*hd_index_at(&places, &arena, libs->v[i].name) = i + 1;
	for (size_t i = 0; i < p->facts->records.n; i++) {
		const struct hd_record *r = &p->facts->records.v[i];
		HD_AUTO_STR names = HD_STR_INIT(1024);

		if (hd_same(r->version, version) ||
		    hd_index_get(&unpacked, r->version) == 0 ||
		    list_differing(&names, libs, &places, r) == 0)
			continue;
		hd_refuse(p,
		    "%s: other content in %s than in %s, which is on this "
		    "host, and the host would keep the old code: give the "
		    "library a new version, or build with the same Erlang/OTP",
		    names.ptr, version, r->version);
		return false;
	}
	return true;
}
