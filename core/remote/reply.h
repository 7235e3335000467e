#ifndef HD_REPLY_H
#define HD_REPLY_H

#include "core/base/alloc.h"

/* A script's answer. Free the first of a call with hd_reply_done(). */
struct hd_reply {
	struct hd_arena arena;  /* of the first, for all */
	int status;             /* of main(), from the end line */
	struct hd_pairs facts;  /* in order; keys may repeat */
	const char *errors;     /* last bytes of stderr, raw; never NULL */
	struct hd_reply *then;  /* the answer of call->then; NULL: that script
				   did not run */
	struct hd_reply *asked; /* of the first: the answer of call->asks; NULL:
				   it was not asked, or ended without one */
};
void hd_reply_done(struct hd_reply *r);
/* The answer of the last script that ran: the only one that can have failed. */
struct hd_reply *hd_reply_last(struct hd_reply *r);
/* The value of the first fact with that key; NULL if there is none. */
const char *hd_reply_get(const struct hd_reply *r, const char *key);

#endif
