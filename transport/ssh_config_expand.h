#ifndef HD_SSH_CONFIG_EXPAND_H
#define HD_SSH_CONFIG_EXPAND_H

#include "transport/ssh_config.h"

/* Where the tokens of ssh_config(5) get their values. */
struct ssh_config_values {
	const struct hd_ssh_config *config; /* %h, %j, %k, %r */
	const struct hd_ssh_tokens *tokens;
	const char *machine;    /* %L: without its domain */
	const char *port;       /* %p */
	const char *hash;       /* "/" and %C; NULL: not known */
	struct hd_arena *arena; /* of the results */
};

/*
 * Replaces *text, the value of option, by the value without tokens. HD_ELOCAL,
 * naming option, if it has a token that ssh does not know there, or a variable
 * that is not set. The name of a file may have tokens and ${VARIABLE}; a
 * command for a shell has tokens alone, since the shell expands its variables.
 */
int ssh_config_expand_file(const struct ssh_config_values *v, const char **text,
    const char *option, struct hd_err *err) HD_CHECK;
int ssh_config_expand_command(const struct ssh_config_values *v,
    const char **text, const char *option, struct hd_err *err) HD_CHECK;

#endif
