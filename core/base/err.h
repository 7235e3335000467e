#ifndef HD_ERR_H
#define HD_ERR_H

#include "core/base/attr.h"

/*
 * The causes that callers distinguish; the text has the details. core/status.h
 * maps each cause to the exit status of a run that it ends.
 */
enum hd_code {
	HD_OK = 0,
	HD_EUSAGE,    /* bad command line */
	HD_ECONFIG,   /* bad deploy.ini */
	HD_ELOCAL,    /* something on this machine failed */
	HD_ECONNECT,  /* host not reached, or connection lost */
	HD_EAUTH,     /* the host refused the login */
	HD_EHOSTKEY,  /* host key unknown, changed or revoked */
	HD_ETIMEOUT,  /* no answer in time; the host's state is unknown */
	HD_EREMOTE,   /* the host reported a failure */
	HD_EREFUSED,  /* the plan cannot work; nothing was changed */
	HD_ELOCKED,   /* another run has the lock; nothing was changed */
	HD_EBUSY,     /* processes still run old code; try again later */
	HD_ECANCELED, /* interrupted */
	HD_CODES,
};

/* Caller-owned and without heap, so that a failure can always be reported. */
struct hd_err {
	enum hd_code code;
	char msg[1024];
};

/* Both return -1, so that callers can write: return hd_err_set(err, ...). */
int hd_err_set(struct hd_err *err, enum hd_code code, const char *fmt, ...)
    HD_PRINTF(3, 4);
/* Prepends "text: " to the message; keeps the code. */
int hd_err_prefix(struct hd_err *err, const char *fmt, ...) HD_PRINTF(2, 3);

#endif
