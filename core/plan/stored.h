#ifndef HD_STORED_H
#define HD_STORED_H

#include "core/base/str.h"
#include "core/inventory/inventory.h"

/*
 * The file of `hdeploy status --save`, from which --facts plans without
 * connecting to a host. It is a deploy.ini with only the keys that a plan
 * needs, followed by a part for each host that answered:
 *
 *	# hdeploy facts 1
 *	[app]
 *	name = hotcode
 *	...
 *	facts web1
 *	user deploy
 *	vm_state up
 *	...
 *
 * It contains no secrets: every command is "true", environment variables have
 * no values, and digests of cookies are only numbers. Readers do not trust it:
 * it may come with a bug report.
 */
#define HD_STORED_FORMAT 1
enum { HD_STORED_MAX = 64 * 1024 * 1024 };

/* Appends the first part: the settings of env that a plan for these hosts
 * needs. */
void hd_stored_begin(struct hd_str *out, const struct hd_app *app,
    const struct hd_env *env, const struct hd_host *const *hosts, size_t n);
/* Appends the reply of a host. */
void hd_stored_add(
    struct hd_str *out, const char *host, const struct hd_pairs *said);

struct hd_stored {
	struct hd_arena arena;
	struct hd_inventory
	    *inventory;        /* one environment; its commands are never run */
	struct hd_pairs *said; /* the reply of each host */
};

/*
 * Reads text of n bytes. name: of the file, for messages. On a mistake returns
 * -1 with HD_ECONFIG: err has the line, or problems has all mistakes. The
 * caller frees *out, with its inventory.
 */
int hd_stored_read(struct hd_stored **out, const char *name, const char *text,
    size_t n, struct hd_problems *problems, struct hd_err *err) HD_CHECK;
void hd_stored_free(struct hd_stored *s); /* NULL is fine */

/* The reply of this host of the inventory; NULL: it did not answer. */
const struct hd_pairs *hd_stored_said(
    const struct hd_stored *s, const struct hd_host *host);

#endif
