#ifndef HD_FACTS_ROW_H
#define HD_FACTS_ROW_H

#include "core/plan/facts.h"

/*
 * How a line "key value" of the reply of remote/facts.sh becomes a member of
 * struct hd_facts: facts_rows.c has a row for each key, facts_words.c the
 * functions that read a word of a value, and facts_read.c reads the lines.
 */

/* A word of a value, or the rest of the value. */
struct hd_fact_word {
	const char *text;
	const char *yes; /* from its column */
	struct hd_arena *arena;
};
/* Reads w into the member at into. False if it makes no sense. */
typedef bool hd_fact_take(const struct hd_fact_word *w, void *into);

/* facts_words.c */
hd_fact_take hd_take_word, hd_take_or_null, hd_take_version, hd_take_reason,
    hd_take_number, hd_take_kilobytes, hd_take_is, hd_take_list, hd_take_lost,
    hd_take_vm_state, hd_take_setting, hd_take_machine, hd_take_loader,
    hd_take_glibc, hd_take_glibcxx, hd_take_digest, hd_take_history,
    hd_take_journal;

struct hd_fact_column {
	hd_fact_take *take;
	size_t at;       /* offset of the member */
	bool rest;       /* takes the rest of the value */
	const char *yes; /* hd_take_is: the word that means true */
};

enum { HD_FACT_COLUMNS = 6 };
struct hd_fact_row {
	const char *key;
	/* The members that a line fills: of the facts, or of a new entry of a
	 * list at this offset; size: of an entry, 0: not a list */
	size_t list, size;
	bool of_record; /* a member or list of the record of the version in the
			   first word, or of each of "a,b,c" */
	bool lenient;   /* ignores versions without a record */
	struct hd_fact_column columns[HD_FACT_COLUMNS];
};

/* The row of key; NULL: there is none. */
const struct hd_fact_row *hd_fact_row_find(const char *key);

/* Appends an entry of this size to the list at list, a HD_LIST. */
void *hd_fact_push(struct hd_arena *a, void *list, size_t size);

#endif
