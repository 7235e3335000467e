#ifndef HD_TEST_FOLDER_H
#define HD_TEST_FOLDER_H

#include <stddef.h>

/* Folders with made-up releases. Everything here fails the test by itself. */

/* As cmocka group setup and teardown: *state is the path of a new empty
 * folder, which goes with all that is in it. */
int folder_setup(void **state);
int folder_teardown(void **state);

void folder_remove(const char *path);

/* "folder/path"; valid until the eighth call from now. */
const char *folder_path(const char *folder, const char *path);
/* Writes a file, and the folders that it needs. */
void folder_write(
    const char *folder, const char *path, const char *text, size_t n);

/*
 * A release with one application of the same name: all that hdeploy asks of
 * a built release, and a relup from 0.0.9 if relup is not NULL.
 */
void folder_release(const char *folder, const char *app, const char *version,
    const char *relup);

#endif
