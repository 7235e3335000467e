#include "tests/support/facts_text.h"

#include "tests/support/cmocka_all.h"

#include <string.h>

struct hd_facts *
facts_from_text(const char *lines)
{
	HD_AUTO_ARENA arena = { 0 };
	struct hd_pairs said = { 0 };
	struct hd_facts *f = NULL;
	struct hd_err err = { 0 };
	char *save = NULL, *copy = hd_arena_strdup(&arena, lines);

	for (char *line = strtok_r(copy, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		char *space = strchr(line, ' ');

		assert_non_null(space);
		*space = '\0';
		*HD_PUSH(&arena, &said) = (struct hd_pair){ line, space + 1 };
	}
	assert_hd_ok(hd_facts_read(&f, &said, &err), &err);
	return f;
}
