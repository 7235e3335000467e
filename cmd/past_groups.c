#include "cmd/past_groups.h"

#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

static const char *
text_of(const char *text)
{
	return text != NULL ? text : "";
}

/* 0 for another form. A host writes its own lines without milliseconds. */
static int64_t
time_of(struct hd_arena *a, const struct hd_past *past)
{
	static const char seconds[] = "2026-01-31T08:15:00";
	const char *text = text_of(past->time);
	int64_t ms;

	if (strlen(text) == sizeof(seconds) && text[sizeof(seconds) - 1] == 'Z')
		text = hd_arena_fmt(
		    a, "%.*s.000Z", (int)sizeof(seconds) - 1, text);
	return hd_clock_read(&ms, text) ? ms : 0;
}

/* NULL: the change is equal to no other. */
static const char *
key_of(struct hd_arena *a, const struct hd_past *p)
{
	if (p->run == NULL)
		return NULL;
	return hd_arena_fmt(a, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s", p->run,
	    text_of(p->command), text_of(p->from), text_of(p->to),
	    text_of(p->result), text_of(p->mode), text_of(p->who),
	    text_of(p->job));
}

static struct hd_past_group *
group_of(struct hd_past_groups *g, const char *host, const struct hd_past *past)
{
	const char *key = key_of(&g->arena, past);
	size_t *place =
	    key != NULL ? hd_index_at(&g->places, &g->arena, key) : NULL;
	struct hd_past_group *group;

	if (place != NULL && *place != 0) {
		group = &g->v[*place - 1];
		if (strcmp(group->hosts.v[group->hosts.n - 1], host) != 0)
			return group;
	}
	group = HD_PUSH(&g->arena, g);
	hd_past_copy(&group->past, &g->arena, past);
	group->place = g->n;
	if (place != NULL)
		*place = g->n;
	return group;
}

static void
widen(int64_t *low, int64_t *high, int64_t value)
{
	if (value <= 0)
		return;
	if (*low == 0 || value < *low)
		*low = value;
	if (value > *high)
		*high = value;
}

void
hd_past_groups_add(
    struct hd_past_groups *g, const char *host, const struct hd_past *past)
{
	const char *name = hd_arena_strdup(&g->arena, host);
	struct hd_past_group *group = group_of(g, name, past);

	*HD_PUSH(&g->arena, &group->hosts) = name;
	widen(&group->first, &group->last, time_of(&g->arena, past));
	widen(&group->least, &group->most, past->ms);
	*hd_index_at(&g->hosts, &g->arena, name) = 1;
	g->changes++;
}

static int
compare(const void *a, const void *b)
{
	const struct hd_past_group *x = a, *y = b;

	if (x->last != y->last)
		return x->last < y->last ? 1 : -1;
	return x->place < y->place ? 1 : -1;
}

void
hd_past_groups_sort(struct hd_past_groups *g)
{
	if (g->n > 0)
		qsort(g->v, g->n, sizeof(*g->v), compare);
}

bool
hd_past_groups_have(const struct hd_past_groups *g, const char *host)
{
	return hd_index_get(&g->hosts, host) != 0;
}

void
hd_past_groups_done(struct hd_past_groups *g)
{
	hd_arena_done(&g->arena);
	*g = (struct hd_past_groups){ 0 };
}
