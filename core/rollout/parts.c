#include "core/rollout/parts.h"

#include "core/rollout/site.h"

#include <string.h>

enum { LIST_MAX = 64 * 1024, PARTS_MS = 60 * 1000 };

bool
hd_parts_wanted(const struct hd_site *s)
{
	return s->goal.kind == HD_GOAL_PUSH && s->goal.artifact != NULL &&
	       !s->begun && !s->run->dry_run && s->run->stored == NULL;
}

int
hd_parts_begin(struct hd_parts_call *c, const struct hd_site *s,
    const struct hd_ship *ship, struct hd_err *err)
{
	c->call = hd_site_call(s, "parts", PARTS_MS);
	hd_str_init(&c->list, LIST_MAX);
	if (ship != NULL)
		hd_ship_ask(ship, &c->list);
	if (hd_str_check(&c->list, err) < 0)
		return -1;
	hd_call_set(&c->call, "version", s->goal.artifact->version);
	hd_call_set(&c->call, "identity", s->goal.artifact->identity);
	hd_call_set(&c->call, "parts", c->list.len > 0 ? c->list.ptr : NULL);
	return 0;
}

void
hd_parts_end(struct hd_parts_call *c)
{
	hd_str_done(&c->list);
}

void
hd_parts_keep(struct hd_site *s, const struct hd_reply *reply)
{
	struct hd_arena *a = &s->parts.arena;

	hd_parts_forget(s);
	for (size_t i = 0; reply != NULL && i < reply->facts.n; i++)
		*HD_PUSH(a, &s->parts.said) = (struct hd_pair){
			hd_arena_strdup(a, reply->facts.v[i].name),
			hd_arena_strdup(a, reply->facts.v[i].value)
		};
	s->parts.known = reply != NULL;
}

void
hd_parts_forget(struct hd_site *s)
{
	hd_arena_done(&s->parts.arena);
	memset(&s->parts, 0, sizeof(s->parts));
}
