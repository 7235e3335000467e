#include "tests/support/inventory_case.h"

#include "tests/support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

int
hd_loaded_begin(void **state)
{
	*state = hd_alloc(sizeof(struct loaded));
	return 0;
}

int
hd_loaded_end(void **state)
{
	struct loaded *t = *state;

	hd_inventory_free(t->inv);
	hd_problems_done(&t->problems);
	free(t);
	return 0;
}

void
hd_loaded_parse(struct loaded *t, const char *text)
{
	if (hd_inventory_parse(&t->inv, text, strlen(text), &t->problems) < 0)
		fail_msg("line %u: %s", t->problems.v[0].line,
		    t->problems.v[0].text);
}
