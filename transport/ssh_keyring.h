#ifndef HD_SSH_KEYRING_H
#define HD_SSH_KEYRING_H

#include "core/base/clock.h"
#include "core/base/err.h"
#include "transport/keys/ssh_key.h"
#include "transport/ssh_opts.h"
#include "transport/ssh_secret.h"

#include <pthread.h>

/*
 * The keys of a run. Each file is read once, and each passphrase is asked for
 * once, whatever the number of hosts; all threads share the keys, which live as
 * long as the ring.
 */
struct ssh_keyring {
	const struct ssh_secrets *secrets;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* guarded by lock */
	bool busy; /* a thread unlocks a key */
	struct ssh_keyring_entry *first;
};
void ssh_keyring_init(struct ssh_keyring *r, const struct ssh_secrets *secrets);
void ssh_keyring_done(struct ssh_keyring *r);

/*
 * The keys of a login, in order. *out ends with NULL; the caller frees it, but
 * not the keys. HD_ELOCAL if deploy.ini names a key that neither hdeploy nor an
 * agent can use. A default key that cannot be used is in the list with its
 * reason, for a note; without a file it is left out.
 */
int ssh_keyring_list(struct ssh_keyring *r, const struct hd_ssh_login *login,
    struct ssh_key ***out, struct hd_err *err) HD_CHECK;

/*
 * Makes sure that key->text is set; decrypts an encrypted key once for all
 * threads. Call it only if the server would accept the key and no agent has it,
 * because it may ask a person. Blocks until then, or until cancellation reaches
 * stage; the caller adds that time to the login's deadline. HD_ELOCAL, with
 * advice, if the passphrase is missing or wrong or the file is damaged, then
 * for the whole run; HD_ECANCELED.
 */
int ssh_keyring_unlock(struct ssh_keyring *r, struct ssh_key *key,
    const struct hd_ssh_login *login, enum hd_cancel stage,
    struct hd_err *err) HD_CHECK;

#endif
