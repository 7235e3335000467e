#ifndef HD_SETUP_H
#define HD_SETUP_H

#include "cmd/command.h"

/*
 * Reads deploy.ini and picks the environment and the hosts, as the flags of
 * the command say. Emits everything that is wrong; HD_STATUS_OK if nothing
 * is. hd_setup_done() frees what cli owns, in both cases.
 */
enum hd_status hd_setup(struct hd_cli *cli);
void hd_setup_done(struct hd_cli *cli);

#endif
