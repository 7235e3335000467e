#ifndef HD_HELP_H
#define HD_HELP_H

#include "cmd/command.h"

/* Built from the tables of commands, options and statuses. */
void hd_help_all(FILE *out);
void hd_help_command(FILE *out, const struct hd_command *c);

#endif
