#ifndef HD_CMD_FINDINGS_H
#define HD_CMD_FINDINGS_H

#include "core/event.h"

#include <stdio.h>

/*
 * The findings of all hosts for people. The same finding on several hosts is
 * one entry with their names folded. Stops come first, then warnings, notes,
 * and settings that change.
 *
 *	web[1-3], db stop glibc-too-old: the runtime of 0.2.0 needs ...
 */
struct hd_finding_list;

struct hd_finding_list *hd_finding_list_new(void);
void hd_finding_list_free(struct hd_finding_list *l); /* NULL is fine */
/* ev is an HD_EV_FINDING or an HD_EV_SETTING. */
void hd_finding_list_take(struct hd_finding_list *l, const struct hd_event *ev);

struct hd_finding_show {
	bool color;
	bool notes;     /* also notes that the user did not ask for */
	size_t columns; /* of the terminal, which folds lines; 0: none */
};
/* Writes the findings taken since the last call. */
void hd_finding_list_print(
    struct hd_finding_list *l, FILE *out, const struct hd_finding_show *show);

#endif
