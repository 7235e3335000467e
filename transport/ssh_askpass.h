#ifndef HD_SSH_ASKPASS_H
#define HD_SSH_ASKPASS_H

#include "core/base/alloc.h"
#include "transport/ssh_secret.h"

#include <stdatomic.h>

/*
 * Answers the questions of an ssh that has no terminal: passphrases, the codes
 * of a bastion, an unknown host key. Instead of asking, ssh runs a small script
 * (ssh(1): SSH_ASKPASS). The script passes the question to a thread of hdeploy,
 * which asks a person. Answers go through a fifo in a private folder, never to
 * a disk.
 */
struct ssh_askpass;

/* path: prefix of its files in that folder. name: the bastion, for questions.
 * NULL if nobody can be asked. */
struct ssh_askpass *ssh_askpass_new(
    const struct ssh_secrets *s, const char *path, const char *name);
/* Appends the words that make the ssh command after them ask through p; NULL:
 * none. */
void ssh_askpass_words(
    const struct ssh_askpass *p, struct hd_strs *list, struct hd_arena *a);
/* When an ssh that begins now must have ended, as hd_clock_ms() counts: after
 * ms, and again ms after each answer, for which a person has minutes. NULL for
 * NULL. */
const atomic_llong *ssh_askpass_end(struct ssh_askpass *p, unsigned ms);
/* Call it after that ssh has ended; waits for the answer to a pending question.
 * NULL: does nothing. */
void ssh_askpass_free(struct ssh_askpass *p);

#endif
