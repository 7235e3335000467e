#ifndef HD_FACTS_TEXT_H
#define HD_FACTS_TEXT_H

#include "core/plan/facts.h"

/* Facts from "key value" lines as a host says them; fails the test if they
 * cannot be read. The caller frees them. */
struct hd_facts *facts_from_text(const char *lines);

#endif
