#ifndef HD_READER_H
#define HD_READER_H

#include "core/base/index.h"
#include "core/inventory/inventory.h"

/*
 * deploy.ini as sections of settings. The only user of inih.
 *
 * inih silently cuts values at " ;", joins indented lines to the previous
 * value, cuts lines at 198 bytes and section names at 49, accepts ":" for "=",
 * and ignores text after "]". All of these are refused here, with their line.
 */
enum { HD_LINE_MAX = 198 };

struct hd_key;

struct hd_setting {
	unsigned line;
	const char *name, *value; /* value: NULL if the line was refused */
	const struct hd_key
	    *key; /* NULL: unknown; set by hd_sections_check() */
	bool bad; /* a problem was added for it */
};

struct hd_section {
	unsigned line;
	const char *name;
	struct {
		struct hd_setting *v;
		size_t n, cap;
	} entries;

	/* Set by hd_sections_check(). */
	unsigned place;         /* enum hd_place; 0: ignore the section */
	const char *env, *host; /* NULL: none */
	size_t next; /* [env:host]: 1 + index of env's next such section */
};

struct hd_sections {
	struct hd_section *v;
	size_t n, cap;
	struct hd_index names;   /* 1 + index of the first with that name */
	struct hd_index of_envs; /* 1 + index of each env's first [env:host] */
};

/* Reads text of n bytes. Everything in out is allocated in arena. */
void hd_sections_read(struct hd_sections *out, struct hd_arena *arena,
    const char *text, size_t n, struct hd_problems *problems);

#endif
