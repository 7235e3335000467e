#ifndef HD_TEST_SSH_FIXTURE_H
#define HD_TEST_SSH_FIXTURE_H

#include "tests/support/sshd.h"

/* One server for the group, one connection for each test. */
struct ssh_fixture {
	struct sshd *d;
	struct hd_transport *t;
	char folder[64]; /* for files */
};

/* cmocka group fixtures; *state is a struct ssh_fixture. */
int ssh_fixture_setup(void **state);
int ssh_fixture_teardown(void **state);
/* cmocka test fixtures: default configuration, new connection. */
int ssh_fixture_connect(void **state);
int ssh_fixture_disconnect(void **state);

/* A new connection to a server with these lines in its configuration. */
void ssh_fixture_reconnect(struct ssh_fixture *f, const char *lines);
/* A new connection that runs scripts and writes files as another user; skips
 * the test if this is not possible. */
void ssh_fixture_nobody(struct ssh_fixture *f);

/* Declares f, the fixture; skips the test if this machine has no sshd. */
#define NEEDS_SSHD(f)                                                          \
	struct ssh_fixture *f = *state;                                        \
	if (f->d == NULL)                                                      \
	skip()

#endif
