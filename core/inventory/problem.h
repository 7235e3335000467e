#ifndef HD_PROBLEM_H
#define HD_PROBLEM_H

#include "core/inventory/inventory.h"

/* Beyond this number, problems come without suggestions ("did you mean"). */
enum { HD_PROBLEMS_MANY = 100 };

/* Adds one mistake. The text must be one printable line. */
void hd_problem_add(struct hd_problems *p, unsigned line, const char *fmt, ...)
    HD_PRINTF(3, 4);
/* Sorts by line; mistakes of one line keep their order. */
void hd_problems_sort(struct hd_problems *p);

#endif
