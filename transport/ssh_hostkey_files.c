#include "transport/ssh_hostkey_files.h"

#include "transport/known_hosts/known_hosts_edit.h"
#include "transport/ssh_client.h"

#include <errno.h>
#include <unistd.h>

/* Like ssh, skips a usual file that this user cannot read. In a container, HOME
 * can belong to another user. */
static bool
is_forbidden(const char *path)
{
	return access(path, R_OK) < 0 && errno == EACCES;
}

/* Adds the lines of the files for the host, or only the @revoked ones. */
static int
look(struct hd_known_hosts *k, const struct hd_ssh_opts *o,
    const struct hd_ssh_files *files, bool only_revoked, struct hd_err *err)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct hd_known_file *f;

		if (only_revoked && is_forbidden(files->v[i]))
			continue;
		if (hd_known_files_get(
			&o->client->known, files->v[i], &f, err) < 0)
			return -1;
		if (only_revoked)
			hd_known_hosts_look_revoked(k, f);
		else
			hd_known_hosts_look(k, f);
	}
	return 0;
}

int
ssh_hostkey_look(
    struct hd_known_hosts *k, const struct hd_ssh_opts *o, struct hd_err *err)
{
	const struct hd_ssh_trust *t = &o->trust;
	const bool pinned = t->npins > 0;

	if (t->name != NULL)
		hd_known_hosts_init(k, t->name, 0);
	else
		hd_known_hosts_init(k, o->address, o->port);
	if (look(k, o, &t->user, pinned, err) < 0 ||
	    look(k, o, &t->global, pinned, err) < 0)
		return -1;
	return look(k, o, &t->revoking, true, err);
}

/* Whether a list of revoked keys has the key; then err says so. */
static int
check_lists(const struct hd_ssh_opts *o, const struct ssh_shown *key,
    struct hd_err *err)
{
	for (size_t i = 0; i < o->trust.revoked.n; i++) {
		const char *path = o->trust.revoked.v[i];
		const struct hd_revoked_keys *list;
		unsigned line;

		if (hd_known_files_revoked(
			&o->client->known, path, &list, err) < 0)
			return -1;
		line = hd_revoked_keys_line(list, key->blob, key->len);
		if (line > 0)
			return ssh_hostkey_revoked(o, key, path, line, err);
	}
	return 0;
}

int
ssh_hostkey_not_revoked(const struct hd_known_hosts *k,
    const struct hd_ssh_opts *o, const struct ssh_shown *key,
    struct hd_err *err)
{
	const struct hd_known_key *by =
	    hd_known_hosts_revoked(k, key->blob, key->len);

	if (by != NULL)
		return ssh_hostkey_revoked(o, key, by->file, by->line, err);
	return check_lists(o, key, err);
}

/* Another thread may record the same key: the note comes once. */
int
ssh_hostkey_record(const struct hd_known_hosts *k, const struct hd_ssh_opts *o,
    const struct ssh_shown *key, struct hd_err *err)
{
	HD_AUTO_ARENA a = { 0 };
	int rc = hd_known_hosts_record(
	    o->trust.user.v[0], k, key->blob, key->len, err);

	if (rc == 0 && o->note != NULL)
		o->note(o->note_ctx,
		    hd_arena_fmt(&a,
			"the host key of %s port %u was unknown: recorded %s "
			"%s in %s (host_key_policy = accept-new)",
			o->address, o->port, key->type, key->print,
			o->trust.user.v[0]));
	return rc < 0 ? -1 : 0;
}
