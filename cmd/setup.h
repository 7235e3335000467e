#ifndef HD_SETUP_H
#define HD_SETUP_H

#include "cmd/command.h"

/*
 * Reads deploy.ini (or the file of --facts) and selects the environment and the
 * hosts, as far as the flags of the command require. Emits all errors; returns
 * HD_STATUS_OK if there are none. Call hd_setup_done() in both cases.
 */
enum hd_status hd_setup(struct hd_cli *cli);
void hd_setup_done(struct hd_cli *cli);

#endif
