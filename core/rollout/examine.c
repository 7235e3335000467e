#include "core/rollout/examine.h"

#include "core/base/index.h"
#include "core/plan/examine.h"

void
hd_site_examine(struct hd_site *s)
{
	HD_AUTO_STR why = HD_STR_INIT(sizeof(s->text));
	bool fine = hd_examine(s->run->app, s->host, s->before, &why);

	hd_site_end(s, fine ? HD_RES_OK : HD_RES_FAILED, HD_OK, why.ptr);
}

static void
refuse_duplicate(struct hd_site *sites, size_t i, size_t other)
{
	struct hd_facts *facts = sites[i].before;

	facts->refusal = hd_arena_fmt(&facts->arena,
	    "%s and %s are the same release root: keep one of them in "
	    "deploy.ini",
	    sites[i].host->name, sites[other].host->name);
}

void
hd_sites_refuse_duplicates(const struct hd_run *run, struct hd_site *sites)
{
	HD_AUTO_ARENA a = { 0 };
	struct hd_index first = { 0 }, second = { 0 };

	for (size_t i = 0; i < run->nhosts; i++) {
		const struct hd_facts *facts = sites[i].before;
		const char *id = facts != NULL ? facts->id : NULL;
		size_t *place = id != NULL ? hd_index_at(&first, &a, id) : NULL;

		if (place == NULL)
			continue;
		if (*place == 0) {
			*place = i + 1;
			continue;
		}
		refuse_duplicate(sites, i, *place - 1);
		if ((*hd_index_at(&second, &a, id))++ == 0)
			refuse_duplicate(sites, *place - 1, i);
	}
}
