#ifndef HD_COMMANDS_H
#define HD_COMMANDS_H

#include "cmd/command.h"

/* To add a command: a file of its own, a line here, a line in table.c. */
extern const struct hd_command hd_command_init;
extern const struct hd_command hd_command_build;
extern const struct hd_command hd_command_push;
extern const struct hd_command hd_command_deploy;
extern const struct hd_command hd_command_start;
extern const struct hd_command hd_command_stop;
extern const struct hd_command hd_command_restart;
extern const struct hd_command hd_command_upgrade;
extern const struct hd_command hd_command_rollback;
extern const struct hd_command hd_command_resume;
extern const struct hd_command hd_command_status;
extern const struct hd_command hd_command_history;
extern const struct hd_command hd_command_run;
extern const struct hd_command hd_command_console;
extern const struct hd_command hd_command_fetch;
extern const struct hd_command hd_command_prune;
extern const struct hd_command hd_command_unlock;
extern const struct hd_command hd_command_trust;
extern const struct hd_command hd_command_help;
extern const struct hd_command hd_command_version;

#endif
