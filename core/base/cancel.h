#ifndef HD_CANCEL_H
#define HD_CANCEL_H

#include <stdbool.h>

/*
 * One flag for the whole process, set by cmd/'s signal handler. Loops that
 * may stop halfway (connecting, uploading, waiting) look at it and return
 * HD_ECANCELED; a step that changes a host never does.
 */
void hd_cancel_request(void); /* async-signal-safe */
bool hd_cancel_requested(void);

#endif
