#ifndef HD_CANCEL_H
#define HD_CANCEL_H

#include <stdbool.h>

/*
 * How urgently the process was asked to end. cmd/ sets it: its signal handler,
 * and SOON at the end of a command that still opens connections.
 * SOON: loops that can stop halfway (connecting, uploading, waiting) return
 * HD_ECANCELED, but a step that changes a host continues. NOW: everything that
 * blocks returns.
 */
enum hd_cancel { HD_CANCEL_NEVER, HD_CANCEL_SOON, HD_CANCEL_NOW };

void hd_cancel_request(void); /* async-signal-safe */
void hd_cancel_insist(void);  /* the second time; async-signal-safe */
bool hd_cancel_requested(void);
bool hd_cancel_insisted(void);
/* Whether this stage is reached; false for HD_CANCEL_NEVER. */
bool hd_cancel_reached(enum hd_cancel stage);

#endif
