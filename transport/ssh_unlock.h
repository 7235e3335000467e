#ifndef HD_SSH_UNLOCK_H
#define HD_SSH_UNLOCK_H

#include "transport/keys/ssh_key.h"
#include "transport/ssh_secret.h"

/*
 * Decrypts a copy of an encrypted key with the passphrase from, in this order,
 * the environment, login->passphrase_command, and a person, who may try three
 * times. *out is the caller's, or NULL. HD_ELOCAL, HD_ECANCELED.
 */
int ssh_unlock(struct ssh_key **out, const struct ssh_key *key,
    const struct ssh_secrets *secrets, const struct hd_ssh_login *login,
    enum hd_cancel stage, struct hd_err *err) HD_CHECK;

#endif
