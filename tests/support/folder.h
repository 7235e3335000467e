#ifndef HD_TEST_FOLDER_H
#define HD_TEST_FOLDER_H

#include <stddef.h>

/* Folders with made-up releases. On any error, these fail the test. */

/* cmocka group fixtures: *state is the path of a new empty folder. Teardown
 * removes it with its content. */
int folder_setup(void **state);
int folder_teardown(void **state);

void folder_remove(const char *path);

/* "folder/path"; valid until the eighth call from now. */
const char *folder_path(const char *folder, const char *path);
/* Writes a file; creates its folders. */
void folder_write(
    const char *folder, const char *path, const char *text, size_t n);

/*
 * A release with one application of the same name: all that hdeploy needs of a
 * built release, and a relup from 0.0.9 unless relup is NULL.
 */
void folder_release(const char *folder, const char *app, const char *version,
    const char *relup);

#endif
