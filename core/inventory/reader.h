#ifndef HD_READER_H
#define HD_READER_H

#include "core/base/index.h"
#include "core/inventory/inventory.h"

/*
 * deploy.ini as sections of entries. The only user of inih.
 *
 * What inih does without a word is refused with its line: it cuts values at
 * " ;", joins indented lines to the value before, cuts lines at 198 bytes
 * and section names at 49, takes ":" for "=", and ignores what follows "]".
 */
enum { HD_LINE_MAX = 198 };

struct hd_key;

struct hd_entry {
	unsigned line;
	const char *name, *value; /* value: NULL if the line was refused */
	const struct hd_key *key; /* NULL: unknown; set by hd_sections_check */
	bool bad;                 /* a problem was noted for it */
};

struct hd_section {
	unsigned line;
	const char *name;
	struct {
		struct hd_entry *v;
		size_t n, cap;
	} entries;

	/* Set by hd_sections_check(). */
	unsigned place;         /* enum hd_place; 0: not to be used */
	const char *env, *host; /* NULL where there is none */
	size_t next; /* [env:host]: 1 + the place of env's next such section */
};

struct hd_sections {
	struct hd_section *v;
	size_t n, cap;
	struct hd_index names;   /* 1 + the place of the first so called */
	struct hd_index of_envs; /* of the first [env:host] of each env */
};

/* Reads text of n bytes; out and all it holds live in arena. */
void hd_sections_read(struct hd_sections *out, struct hd_arena *arena,
    const char *text, size_t n, struct hd_problems *problems);

#endif
