#ifndef HD_LIBRARY_H
#define HD_LIBRARY_H

/* The versions of the libraries that read and write tarballs: "1.2.13". */
const char *hd_archive_library(void);
const char *hd_zlib_library(void);
const char *hd_deflate_library(void); /* the one that hdeploy was built with */

#endif
