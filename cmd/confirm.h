#ifndef HD_CONFIRM_H
#define HD_CONFIRM_H

#include "cmd/command.h"

/*
 * Before a command with HD_CHANGES_HOSTS that is not a dry run: if confirm_env
 * names the environment, asks for its name at the terminal, and blocks. With
 * --yes it does not ask. HD_EUSAGE if there is no terminal, HD_ECANCELED after
 * another answer or Ctrl-C.
 */
int hd_confirm_env(const struct hd_cli *cli, struct hd_err *err) HD_CHECK;

#endif
