#include "cmd/plan_groups.h"

#include "cmd/fold.h"
#include "cmd/result_words.h"
#include "core/base/index.h"
#include "core/base/str.h"

#include <stdlib.h>

enum { CHANGE = 560, HOSTS_MAX = 1024 * 1024, INDENT = 2 };

/* Hosts that have the same plan. */
struct group {
	const char *result, *text;
	char change[CHANGE];
	struct hd_str hosts; /* "web1, web2" */
};

struct hd_plan_groups {
	struct hd_arena arena;
	HD_LIST(struct group) groups;
	struct hd_index places; /* key -> 1 + place in groups */
};

struct hd_plan_groups *
hd_plan_groups_new(void)
{
	return hd_alloc(sizeof(struct hd_plan_groups));
}

static void
clear(struct hd_plan_groups *p)
{
	for (size_t i = 0; i < p->groups.n; i++)
		hd_str_done(&p->groups.v[i].hosts);
	hd_arena_done(&p->arena);
	*p = (struct hd_plan_groups){ 0 };
}

void
hd_plan_groups_free(struct hd_plan_groups *p)
{
	if (p == NULL)
		return;
	clear(p);
	free(p);
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static struct group *
group_of(struct hd_plan_groups *p, const struct hd_event *ev)
{
	const char *result =
	    or_empty(ev->kind == HD_EV_PROOF ? ev->verdict : ev->result);
	const char *text = or_empty(ev->text);
	char change[CHANGE] = "";
	const char *key;
	struct group *g;
	size_t *place;

	if (ev->before != NULL || ev->after != NULL)
		hd_summary_change(
		    change, sizeof(change), ev->before, ev->after);
	key = hd_arena_fmt(&p->arena, "%s\n%s\n%s", result, text, change);
	place = hd_index_at(&p->places, &p->arena, key);
	if (*place > 0)
		return &p->groups.v[*place - 1];
	g = HD_PUSH(&p->arena, &p->groups);
	*place = p->groups.n;
	g->result = hd_arena_strdup(&p->arena, result);
	g->text = hd_arena_strdup(&p->arena, text);
	snprintf(g->change, sizeof(g->change), "%s", change);
	hd_str_init(&g->hosts, HOSTS_MAX);
	return g;
}

void
hd_plan_groups_take(struct hd_plan_groups *p, const struct hd_event *ev)
{
	struct group *g = group_of(p, ev);

	hd_str_addf(&g->hosts, "%s%s", g->hosts.len > 0 ? ", " : "",
	    or_empty(ev->host));
}

static void
print(const struct group *g, FILE *out, bool color, size_t columns)
{
	HD_AUTO_STR head = HD_STR_INIT(HOSTS_MAX + 2 * CHANGE);

	hd_str_addf(&head, "%s: %s%s%s%s%s", g->hosts.ptr,
	    hd_color_of(g->result, color), g->result,
	    hd_color_end(g->result, color), g->change[0] != '\0' ? " " : "",
	    g->change);
	hd_fold(out, head.ptr, 0, INDENT, columns);
	if (g->text[0] == '\0')
		return;
	fprintf(out, "%*s", INDENT, "");
	hd_fold(out, g->text, INDENT, INDENT, columns);
}

void
hd_plan_groups_print(
    struct hd_plan_groups *p, FILE *out, bool color, size_t columns)
{
	for (size_t i = 0; i < p->groups.n; i++)
		print(&p->groups.v[i], out, color, columns);
	clear(p);
}
