#ifndef HD_STORED_H
#define HD_STORED_H

#include "core/base/str.h"
#include "core/inventory/inventory.h"

/*
 * The file of `hdeploy status --save`, from which --facts plans with no host
 * at hand. It is a deploy.ini, with no more in it than a plan needs, followed
 * by a part for each host that answered:
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
 * It holds no secrets: "true" stands for every command, an environment variable
 * has a name and no value, and a digest of a cookie is only a number. Whoever
 * reads one does not trust it: it may come with a bug report.
 */
#define HD_STORED_FORMAT 1
enum { HD_STORED_MAX = 64 * 1024 * 1024 };

/* Appends the first part: all of env that a plan for these hosts needs. */
void hd_stored_begin(struct hd_str *out, const struct hd_app *app,
    const struct hd_env *env, const struct hd_host *const *hosts, size_t n);
/* Appends what a host answered. */
void hd_stored_add(
    struct hd_str *out, const char *host, const struct hd_pairs *said);

struct hd_stored {
	struct hd_arena arena;
	struct hd_inventory *inventory; /* one environment; nothing in it is
					   ever run */
	struct hd_pairs *said;          /* of each of its hosts */
};

/*
 * Reads text, n bytes. On a mistake returns -1 with HD_ECONFIG: either in err
 * with the line in it, or all of them in problems. name: of the file. The
 * caller frees *out, with its inventory.
 */
int hd_stored_read(struct hd_stored **out, const char *name, const char *text,
    size_t n, struct hd_problems *problems, struct hd_err *err) HD_CHECK;
void hd_stored_free(struct hd_stored *s); /* NULL is fine */

/* What this host of the inventory answered; NULL: it did not. */
const struct hd_pairs *hd_stored_said(
    const struct hd_stored *s, const struct hd_host *host);

#endif
