#ifndef HD_FS_H
#define HD_FS_H

#include "core/base/err.h"
#include "core/base/str.h"

void hd_closep(int *fd); /* keeps errno */
#define HD_AUTO_FD HD_CLEANUP(hd_closep) int
int hd_steal_fd(int *fd); /* returns *fd and sets it to -1 */

/* Appends the whole file to out. HD_ELOCAL if it is unreadable or too large. */
int hd_fs_read(
    const char *path, struct hd_str *out, struct hd_err *err) HD_CHECK;
/* The same, but never blocks: HD_ELOCAL also for everything except a regular
 * file and /dev/null. Returns 1, without an error, if there is no such file. */
int hd_fs_read_regular(
    const char *path, struct hd_str *out, struct hd_err *err) HD_CHECK;

/* All of p, despite short writes and EINTR. Returns 0, or -1 with errno. */
int hd_fs_write_all(int fd, const void *p, size_t n) HD_CHECK;

/* Makes a folder and its missing parents. HD_ELOCAL, with its name. */
int hd_fs_make_folder(const char *path, struct hd_err *err) HD_CHECK;

/*
 * Makes text the whole content of the file at path, mode 0600, at once: a
 * reader finds the old content or all of the new one. HD_ELOCAL, naming path,
 * also if anything but a regular file is there: links are not followed.
 */
int hd_fs_replace(
    const char *path, const char *text, size_t n, struct hd_err *err) HD_CHECK;
/* The same, mode 0666 less the umask: other programs read the file. */
int hd_fs_publish(
    const char *path, const char *text, size_t n, struct hd_err *err) HD_CHECK;

/* Creates a file with this text, mode 0666 and the umask. Returns 1, without an
 * error, if anything with this name exists: never overwrites. HD_ELOCAL. */
int hd_fs_create(
    const char *path, const char *text, size_t n, struct hd_err *err) HD_CHECK;

/*
 * Makes an unnamed temporary file that contains text, positioned at its start;
 * the caller closes *fd. HD_ELOCAL.
 */
int hd_fs_temp(
    int *fd, const char *text, size_t n, struct hd_err *err) HD_CHECK;

#endif
