#ifndef HD_SSH_KEY_FILE_H
#define HD_SSH_KEY_FILE_H

#include "transport/keys/ssh_key.h"

/*
 * Reads the key file at path, and its public key and certificate beside it
 * (path.pub, path-cert.pub), as ssh does (OpenSSH: authfile.c, ssh.c). Never
 * blocks: reads regular files only. The caller calls ssh_key_free().
 */
struct ssh_key *ssh_key_load(const char *path);

#endif
