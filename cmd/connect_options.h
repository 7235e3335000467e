#ifndef HD_CONNECT_OPTIONS_H
#define HD_CONNECT_OPTIONS_H

#include "cmd/connect.h"
#include "transport/ssh_config.h"

/*
 * How to reach a host: deploy.ini, else ssh_config, else the usual values.
 *
 *	option of ssh_config		key of deploy.ini that wins
 *	HostName			-
 *	User, Port			user, host
 *	IdentityFile			identity
 *	IdentitiesOnly, IdentityAgent,
 *	CertificateFile			-
 *	UserKnownHostsFile,
 *	GlobalKnownHostsFile		known_hosts
 *	HostKeyAlias, RevokedHostKeys	-
 *	ConnectTimeout			connect_timeout
 *	ServerAliveInterval, AddressFamily,
 *	BindAddress, ProxyJump, ProxyCommand	-
 *	StrictHostKeyChecking		ignored; see host_key_policy
 *
 * Borrows from c and host, allocates in a. *x: all that ssh_config
 * says. HD_ELOCAL if it is wrong, HD_ECANCELED.
 */
int hd_connect_options(struct hd_ssh_opts *o, const struct hd_ssh_config **x,
    const struct hd_connector *c, const struct hd_host *host, bool finish,
    struct hd_arena *a, struct hd_err *err) HD_CHECK;
/* Where sudo on the host gets its password from. Borrows from host. */
struct hd_sudo_source hd_connect_sudo(const struct hd_host *host);

#endif
