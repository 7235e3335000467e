#ifndef HD_PROBLEM_H
#define HD_PROBLEM_H

#include "core/inventory/inventory.h"

/* After so many nobody needs to be told what may have been meant. */
enum { HD_PROBLEMS_MANY = 100 };

/* Notes one thing that is wrong; text must be one printable line. */
void hd_problem_add(struct hd_problems *p, unsigned line, const char *fmt, ...)
    HD_PRINTF(3, 4);
/* By line; problems of one line keep their order. */
void hd_problems_sort(struct hd_problems *p);

#endif
