#ifndef HD_SETUP_H
#define HD_SETUP_H

#include "cmd/command.h"

/*
 * Reads deploy.ini (or the file of --facts), asks sources of hosts, and selects
 * the environment and the hosts, as far as the flags of the command require.
 * Emits all errors; returns HD_STATUS_OK if there are none. Call
 * hd_setup_done() in both cases.
 */
enum hd_status hd_setup(struct hd_cli *cli);
/* Asks the sources of the environment of this name for its hosts; NULL: the
 * sources of all. hd_setup() does this for the environment of the command.
 * Emits all errors. Pointers into the environments become invalid. */
enum hd_status hd_setup_hosts(struct hd_cli *cli, const char *name);
void hd_setup_done(struct hd_cli *cli);

#endif
