#include "core/artifact/compare_private.h"

#include <stdlib.h>
#include <string.h>

struct hd_difference *
hd_differs(struct hd_comparing *c, enum hd_area area, const char *name)
{
	struct hd_difference *d = HD_PUSH(&c->out->arena, &c->out->differences);

	d->area = area;
	d->name = name;
	return d;
}

/* Equal names keep their order: value and shown do not count. */
static int
by_name(const void *a, const void *b)
{
	const struct hd_named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order
			  : (x->place > y->place) - (x->place < y->place);
}

static void
sort(struct hd_nameds *list)
{
	for (size_t i = 0; i < list->n; i++)
		list->v[i].place = i;
	if (list->n > 0)
		qsort(list->v, list->n, sizeof(*list->v), by_name);
}

/* old or new NULL: only the other has the name. */
static void
add_pair(struct hd_comparing *c, enum hd_area area, const char *name,
    const struct hd_named *old, const struct hd_named *new)
{
	struct hd_difference *d;

	if (old != NULL && new != NULL && strcmp(old->value, new->value) == 0)
		return;
	d = hd_differs(c, area, name);
	d->before = old != NULL ? old->shown : NULL;
	d->after = new != NULL ? new->shown : NULL;
}

void
hd_compare_named(struct hd_comparing *c, enum hd_area area,
    struct hd_nameds *old, struct hd_nameds *new)
{
	size_t i = 0, k = 0;

	sort(old);
	sort(new);
	while (i < old->n || k < new->n) {
		int order = i == old->n ? 1
			    : k == new->n
				? -1
				: strcmp(old->v[i].name, new->v[k].name);

		add_pair(c, area, order <= 0 ? old->v[i].name : new->v[k].name,
		    order <= 0 ? &old->v[i] : NULL,
		    order >= 0 ? &new->v[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
}

bool
hd_is_readable(const struct hd_artifact *a, const char *path)
{
	if (path == NULL)
		return true;
	for (size_t i = 0; i < a->defects.n; i++)
		if (strcmp(a->defects.v[i].path, path) == 0)
			return false;
	return true;
}
