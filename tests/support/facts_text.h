#ifndef HD_FACTS_TEXT_H
#define HD_FACTS_TEXT_H

#include "core/plan/facts.h"

/* Facts from the "key value" lines of a host; fails the test if they are
 * invalid. The caller frees them. */
struct hd_facts *facts_from_text(const char *lines);

#endif
