#ifndef HD_SSH_KEY_VARIABLE_H
#define HD_SSH_KEY_VARIABLE_H

#include "transport/ssh_key.h"

/*
 * The private key in an environment variable, as CI systems keep it. Accepts
 * the changes that they make to its line ends. Without a private key in it, why
 * says so and does not quote the value. value NULL: the variable is not set.
 */
struct ssh_key *ssh_key_variable(const char *name, const char *value);

#endif
