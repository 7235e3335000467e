#ifndef HD_ANSWER_H
#define HD_ANSWER_H

#include "core/base/str.h"
#include "core/inventory/host_line.h"
#include "core/inventory/inventory.h"

/*
 * What a source of hosts answered: text with one host per line, as deploy.ini
 * has it after `host =`. The words `host =` are allowed too, as are comments,
 * blank lines and blanks at both ends of a line.
 */
enum { HD_ANSWER_MAX = 1024 * 1024 };

struct hd_answer {
	unsigned line; /* of its source in deploy.ini */
	const char *text;
	size_t n;
};

/* A line of an answer with hosts. */
struct hd_answer_line {
	struct hd_host_line hosts;
	const char *place; /* "line 3 of `COMMAND`" */
};
struct hd_answer_lines {
	struct hd_answer_line *v;
	size_t n, cap;
	bool bad; /* a problem was added */
};

/* Appends the lines of the answer; allocates in arena. */
void hd_answer_read(struct hd_answer_lines *out, struct hd_arena *arena,
    const struct hd_host_source *s, const struct hd_answer *answer,
    struct hd_problems *problems);
/* Whether any line is neither blank nor a comment. */
bool hd_answer_says_something(const char *text, size_t n);

/* The source as messages name it: its command or its name, shortened. */
const char *hd_source_title(struct hd_arena *a, const struct hd_host_source *s);
/* Reads the value of `hosts`. Borrows text; false if it is invalid. */
bool hd_source_parse(struct hd_host_source *out, const char *text);

#endif
