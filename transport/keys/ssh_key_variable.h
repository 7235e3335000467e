#ifndef HD_SSH_KEY_VARIABLE_H
#define HD_SSH_KEY_VARIABLE_H

#include "transport/keys/ssh_key.h"

/*
 * The private key from an environment variable, as CI systems keep it, or from
 * a descriptor (name "fd:3"). Accepts the changes that CI systems make to line
 * ends. If value is not a private key, sets why, without quoting it. value
 * NULL: the variable or descriptor is missing. The caller calls ssh_key_free().
 */
struct ssh_key *ssh_key_variable(const char *name, const char *value);

#endif
