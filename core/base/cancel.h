#ifndef HD_CANCEL_H
#define HD_CANCEL_H

#include <stdbool.h>

/*
 * How urgently the process was asked to end, set by cmd/'s signal handler.
 * Asked once, it brings to an end what has begun: loops that may stop halfway
 * (connecting, uploading, waiting) return HD_ECANCELED, a step that changes a
 * host goes on. Asked twice, everything that blocks returns.
 */
enum hd_cancel { HD_CANCEL_NEVER, HD_CANCEL_SOON, HD_CANCEL_NOW };

void hd_cancel_request(void); /* async-signal-safe */
void hd_cancel_insist(void);  /* asked twice; async-signal-safe */
bool hd_cancel_requested(void);
bool hd_cancel_insisted(void);
/* For what stops at this stage: whether it is reached. */
bool hd_cancel_reached(enum hd_cancel stage);

#endif
