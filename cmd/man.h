#ifndef HD_MAN_H
#define HD_MAN_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * The manual pages. Their frames are in docs/man; the commands, options, exit
 * statuses, keys and events in them come from the tables of the program and
 * from docs/events.md.
 */

/* The file of the page about topic: "hdeploy.1" for "hdeploy", "hdeploy.1" or a
 * command, "deploy.ini.5" for a key, "hdeploy-events.7" for "events". NULL:
 * there is none. */
const char *hd_man_page_of(const char *topic);

/* Writes a page, the name of its file, as mdoc(7). */
void hd_man_write(FILE *out, const char *page);

/* Shows a page on the terminal with man or mandoc. Returns 1, without an error,
 * if neither is installed or works. HD_ELOCAL. Blocks until the reader is done.
 */
int hd_man_show(const char *page, struct hd_err *err) HD_CHECK;

#endif
