/* Findings about the host itself. */
#include "core/plan/finding_private.h"

#include "core/base/str.h"

const char *
hd_tell_refusal(const struct hd_look *l)
{
	return l->facts->refusal;
}

const char *
hd_tell_tools(const struct hd_look *l)
{
	const struct hd_strs *tools = &l->facts->missing;
	HD_AUTO_STR names = HD_STR_INIT(1024);

	for (size_t i = 0; i < tools->n; i++)
		hd_str_addf(&names, "%s%s", i > 0 ? ", " : "", tools->v[i]);
	if (tools->n == 0)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "the host lacks %s: install it on the host",
	    names.failed ? "many tools" : names.ptr);
}

const char *
hd_tell_operation(const struct hd_look *l)
{
	if (l->facts->unfinished == NULL)
		return NULL;
	return hd_arena_fmt(l->arena,
	    "an earlier operation still runs on the host (%s): wait until it "
	    "ends, then try again",
	    l->facts->unfinished);
}

const char *
hd_tell_lock(const struct hd_look *look)
{
	const struct hd_facts *f = look->facts;

	if (f->lock == NULL)
		return NULL;
	return hd_arena_fmt(look->arena,
	    "another run works on this host (%s): wait until it ends, or use "
	    "--wait",
	    f->lock);
}
