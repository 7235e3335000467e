#ifndef HD_CALL_H
#define HD_CALL_H

#include "core/base/alloc.h"

#include <stdbool.h>

/* One script with what it needs. Borrowed for the call. */
struct hd_call {
	const char *script; /* "facts" for facts.sh */
	const char *name;   /* [a-z_]+, what the operation is called on the
			       host; NULL: as its script */
	const char *driver; /* "relx": for relx.sh and the like (compose.h) */
	const char *root;   /* release root, arg_root in the script */
	const char *app;    /* release name, arg_app */
	struct hd_pair args[8];     /* the others, by name: hd_call_set() */
	const struct hd_pairs *env; /* of the service; values may be secret:
				       they travel on stdin alone */
	const char
	    *env_file; /* on the host, read like systemd's; may be NULL */
	const struct hd_pairs *commands; /* command.NAME; no secrets: they lie
					    in the operation's folder */
	const char *service; /* unit that starts and stops the VM; NULL */
	const char *service_manager; /* its: "system" or "user" */
	bool two_phase;      /* an install is made permanent later (commit) */
	const char *lease;   /* number of the lock that the host gave: an
				operation is refused when another run has a
				newer one; NULL: the root was never locked */
	const char *journal; /* line for .hdeploy/change, written before the
				operation begins; NULL: that stays as it is */
	const char *unsure;  /* an earlier operation of which nobody knows
				whether its beginning arrived: it must not
				begin from now on; NULL: none */
	unsigned deadline_ms;
	bool last; /* also when hd_cancel_insisted(), and by deadline_ms */
	bool soon; /* only until hd_cancel_requested() */
};

/* Sets an argument of the script, borrowed for the call; NULL: it is left out.
 * A call whose arguments are not those of the script fails as HD_ELOCAL. */
void hd_call_set(struct hd_call *call, const char *name, const char *value);

#endif
