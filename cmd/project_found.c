/* What the reading of a project finds. */
#include "cmd/project_private.h"

#include "core/base/name.h"

#include <string.h>

void
hd_project_note(struct hd_reading *r, const char *text)
{
	*HD_PUSH(r->a, &r->p->notes) = text;
}

void
hd_project_line(struct hd_reading *r, const char *text)
{
	*HD_PUSH(r->a, &r->p->lines) = text;
}

void
hd_project_found(struct hd_reading *r, const char *name)
{
	if (name == NULL ||
	    !(r->program ? hd_program_valid : hd_app_valid)(name))
		return;
	if (r->p->name == NULL)
		r->p->name = name;
	else if (strcmp(name, r->p->name) != 0)
		hd_project_note(
		    r, hd_arena_fmt(r->a,
			   "there is also a %s %s: a deploy.ini is for one",
			   r->program ? "program" : "release", name));
}
