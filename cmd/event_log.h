#ifndef HD_EVENT_LOG_H
#define HD_EVENT_LOG_H

#include "core/event.h"

/*
 * Passes the events of a file that was written by --json (docs/events.md) to
 * sink, as they were emitted; unknown ones are skipped, and so is a last line
 * that was cut off. HD_EUSAGE, with the line, if the file is not such a log;
 * HD_ELOCAL if it cannot be read or is larger than 256 MiB.
 */
int hd_event_log_read(
    const char *path, const struct hd_sink *sink, struct hd_err *err) HD_CHECK;

#endif
