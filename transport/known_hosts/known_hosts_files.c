#include "transport/known_hosts/known_hosts_files.h"

#include <string.h>

void
hd_known_files_init(struct hd_known_files *all)
{
	*all = (struct hd_known_files){ 0 };
	pthread_mutex_init(&all->lock, NULL);
}

void
hd_known_files_done(struct hd_known_files *all)
{
	for (size_t i = 0; i < all->files.n; i++)
		hd_known_file_free(all->files.v[i]);
	for (size_t i = 0; i < all->revoked.n; i++)
		hd_revoked_keys_free(all->revoked.v[i]);
	hd_arena_done(&all->arena);
	pthread_mutex_destroy(&all->lock);
}

static const struct hd_known_file *
find_file(const struct hd_known_files *all, const char *path)
{
	for (size_t i = 0; i < all->files.n; i++)
		if (strcmp(hd_known_file_path(all->files.v[i]), path) == 0)
			return all->files.v[i];
	return NULL;
}

static int
read_file(struct hd_known_files *all, const char *path,
    const struct hd_known_file **out, struct hd_err *err)
{
	struct hd_known_file *file = NULL;

	*out = find_file(all, path);
	if (*out != NULL)
		return 0;
	if (hd_known_file_read(&file, path, err) < 0)
		return -1;
	*HD_PUSH(&all->arena, &all->files) = file;
	*out = file;
	return 0;
}

/* Reads under the lock: other threads need the same files. */
int
hd_known_files_get(struct hd_known_files *all, const char *path,
    const struct hd_known_file **out, struct hd_err *err)
{
	int rc;

	pthread_mutex_lock(&all->lock);
	rc = read_file(all, path, out, err);
	pthread_mutex_unlock(&all->lock);
	return rc;
}

static int
read_revoked(struct hd_known_files *all, const char *path,
    const struct hd_revoked_keys **out, struct hd_err *err)
{
	struct hd_revoked_keys *keys = NULL;

	for (size_t i = 0; i < all->revoked.n; i++) {
		*out = all->revoked.v[i];
		if (strcmp(hd_revoked_keys_path(*out), path) == 0)
			return 0;
	}
	if (hd_revoked_keys_read(&keys, path, err) < 0)
		return -1;
	*HD_PUSH(&all->arena, &all->revoked) = keys;
	*out = keys;
	return 0;
}

int
hd_known_files_revoked(struct hd_known_files *all, const char *path,
    const struct hd_revoked_keys **out, struct hd_err *err)
{
	int rc;

	pthread_mutex_lock(&all->lock);
	rc = read_revoked(all, path, out, err);
	pthread_mutex_unlock(&all->lock);
	return rc;
}
