#ifndef HD_SCREENS_H
#define HD_SCREENS_H

#include "core/event.h"
#include "core/status.h"

/*
 * Between core and what a person or a program sees: takes events as core
 * emits them and hands them to every screen, safe to show. All text has gone
 * through hd_sanitize(); output comes as whole lines, one event each, with a
 * NUL; progress comes at most once a second per host, and when it is done.
 */
struct hd_screens;

struct hd_screens *hd_screens_new(void);
void hd_screens_free(struct hd_screens *s); /* NULL is fine */
/* sink is borrowed; its emit is called as struct hd_sink says. At most 2. */
void hd_screens_add(struct hd_screens *s, const struct hd_sink *sink);
/* For core; borrowed from s. */
const struct hd_sink *hd_screens_sink(const struct hd_screens *s);
/* Makes sure that the run has a summary: one without hosts if it has none. */
void hd_screens_end(struct hd_screens *s, enum hd_status status);

#endif
