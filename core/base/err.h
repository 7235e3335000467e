#ifndef HD_ERR_H
#define HD_ERR_H

#include "core/base/attr.h"

/*
 * What a caller may want to branch on; everything else is in the text.
 * cmd/ maps these to the exit statuses of the README.
 */
enum hd_code {
	HD_OK = 0,
	HD_EUSAGE,    /* bad command line */
	HD_ECONFIG,   /* bad deploy.ini */
	HD_ELOCAL,    /* something on this machine failed */
	HD_ECONNECT,  /* not reached, or connection lost */
	HD_EAUTH,     /* the host does not let us in */
	HD_EHOSTKEY,  /* host key unknown, changed or revoked */
	HD_ETIMEOUT,  /* no answer in time; what the host did is not known */
	HD_EREMOTE,   /* the host answered that it failed */
	HD_EREFUSED,  /* the plan cannot work; nothing was changed */
	HD_ELOCKED,   /* another run has the host; nothing was changed */
	HD_EBUSY,     /* processes run replaced code: later, perhaps */
	HD_ECANCELED, /* interrupted */
	HD_CODES,
};

/* Caller-owned, no heap, so that a failure can always be reported. */
struct hd_err {
	enum hd_code code;
	char msg[1024];
};

/* Both return -1, so that callers can write: return hd_err_set(err, ...). */
int hd_err_set(struct hd_err *err, enum hd_code code, const char *fmt, ...)
    HD_PRINTF(3, 4);
/* Puts "text: " before the message that is there; keeps the code. */
int hd_err_prefix(struct hd_err *err, const char *fmt, ...) HD_PRINTF(2, 3);

#endif
