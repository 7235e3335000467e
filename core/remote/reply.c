#include "core/remote/reply.h"

#include <string.h>

void
hd_reply_done(struct hd_reply *r)
{
	hd_arena_done(&r->arena);
	*r = (struct hd_reply){ .errors = "" };
}

struct hd_reply *
hd_reply_last(struct hd_reply *r)
{
	while (r->then != NULL)
		r = r->then;
	return r;
}

const char *
hd_reply_get(const struct hd_reply *r, const char *key)
{
	for (size_t i = 0; i < r->facts.n; i++)
		if (strcmp(r->facts.v[i].name, key) == 0)
			return r->facts.v[i].value;
	return NULL;
}
