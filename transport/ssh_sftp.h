#ifndef HD_SSH_SFTP_H
#define HD_SSH_SFTP_H

#include "transport/ssh_session.h"

/* Whether SFTP is faster than a command that receives the file, which costs
 * fewer round trips: for a large file, and where the command does not work. */
bool ssh_sftp_pays(const struct hd_ssh *s, const struct hd_upload *u);

/* 1: sent; 0: not sent, because the server has no SFTP or refuses the file, and
 * does not say why; -1: err is set. */
int ssh_sftp_upload(
    struct hd_ssh *s, const struct hd_upload *u, struct hd_err *err) HD_CHECK;

#endif
