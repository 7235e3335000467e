#include "core/artifact/library.h"

#include <archive.h>
#include <libdeflate.h>
#include <zlib.h>

const char *
hd_archive_library(void)
{
	return archive_version_string();
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
