#include "core/artifact/library.h"

#include <archive.h>
#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

/* "libarchive 3.6.2" */
const char *
hd_archive_library(void)
{
	const char *text = archive_version_string();
	const char *blank = strrchr(text, ' ');

	return blank != NULL ? blank + 1 : text;
}

const char *
hd_zlib_library(void)
{
	return zlibVersion();
}

const char *
hd_deflate_library(void)
{
	return LIBDEFLATE_VERSION_STRING;
}
