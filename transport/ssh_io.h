#ifndef HD_SSH_IO_H
#define HD_SSH_IO_H

#include "transport/ssh_session.h"

/* From now on, libssh2 sends and receives with functions that keep the members
 * half_sent, received, heard and preface of the session's struct hd_ssh. */
void ssh_io_use(LIBSSH2_SESSION *session);

#endif
