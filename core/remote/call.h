#ifndef HD_CALL_H
#define HD_CALL_H

#include "core/base/alloc.h"

#include <stdbool.h>

struct hd_upload;

/* A script and its input. All pointers are borrowed during the call. */
struct hd_call {
	/* The script that runs next in the same round trip, if this one ends
	 * with status 0 (remote.h); NULL: none. Only its script and args
	 * count. */
	const struct hd_call *then;
	/* The question that follows an operation in the same round trip if the
	 * operation succeeds (remote.h); NULL: none. */
	const struct hd_call *asks;
	void (*asked)(void *ctx); /* called when that question begins, perhaps
				     once for each connection; NULL: not
				     wanted */
	void *ctx;                /* for asked */
	const char *script;       /* "facts" for facts.sh */
	const char *name;         /* [a-z_]+, the operation's name on the host;
				     NULL: the script's name */
	const char *driver; /* "relx" adds relx.sh and the like (compose.h) */
	const char *root;   /* release root, $arg_root in the script */
	const char *app;    /* release name, $arg_app */
	struct hd_pair args[8];     /* other arguments: hd_call_set() */
	const struct hd_pairs *env; /* of the service; may hold secrets: sent on
				       stdin only, never stored */
	const char *env_file;       /* path on the host, read like systemd's
				       EnvironmentFile; NULL: none */
	const struct hd_pairs *commands; /* command.NAME; no secrets: stored in
					    the operation's folder */
	const char *service; /* unit that starts and stops the VM; NULL: none */
	const char *service_manager; /* of that unit: "system" or "user" */
	const char *pid_file;        /* driver = app: of a program that no unit
					starts; NULL: none */
	const struct hd_strs *linked_dirs, *linked_files; /* driver = app:
							     below shared/ */
	bool reload;         /* driver = app: changes by reload */
	bool two_phase;      /* an install is made permanent later (commit) */
	const char *lease;   /* number that the host granted: it refuses an
				operation if another run has a newer lease;
				NULL: the root was never locked */
	const char *journal; /* line for .hdeploy/change, written before the
				operation begins; NULL: keep the journal */
	const char *unsure;  /* id of an earlier operation whose script might
				not have arrived: the host must not begin it
				any more; NULL: none */
	bool release; /* the run does not need the host after this operation:
			 if it succeeds, it releases lease and answers
			 "released yes" */
	unsigned deadline_ms;
	bool last; /* runs even after hd_cancel_insisted(); the connection has
		      no grace beyond deadline_ms */
	bool soon; /* ends at hd_cancel_requested() */
	/* an upload that probably follows (transport.h); NULL: none */
	const struct hd_upload *next;
	bool *sent; /* set before anything of the script is sent (transport.h);
		       NULL: not wanted */
};

/* Sets an argument of the script; value is borrowed during the call, NULL omits
 * it. Arguments that do not match the script's make the call fail with
 * HD_ELOCAL (args.h). */
void hd_call_set(struct hd_call *call, const char *name, const char *value);

#endif
