#ifndef HD_SSH_ASKPASS_H
#define HD_SSH_ASKPASS_H

#include "core/base/alloc.h"
#include "transport/ssh_secret.h"

/*
 * Answers the questions of an ssh that has no terminal: passphrases, the codes
 * of a bastion, an unknown host key. ssh runs a small script instead of asking
 * (ssh(1): SSH_ASKPASS), which passes the question to a thread here, and that
 * asks a person. Answers go through a fifo in a private folder, never to a
 * disk.
 */
struct ssh_askpass;

/* path: how its files in that folder begin. name: whose questions they are.
 * NULL if nobody can be asked. */
struct ssh_askpass *ssh_askpass_new(
    const struct ssh_secrets *s, const char *path, const char *name);
/* The words before an ssh command that asks through p; none for NULL. */
void ssh_askpass_words(
    const struct ssh_askpass *p, struct hd_strs *list, struct hd_arena *a);
/* After that ssh has ended; waits for a question that is being asked. NULL:
 * does nothing. */
void ssh_askpass_free(struct ssh_askpass *p);

#endif
