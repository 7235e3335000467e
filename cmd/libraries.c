#include "cmd/libraries.h"

#include "cmd/connect.h"
#include "core/artifact/library.h"
#include "core/base/digest.h"
#include "core/base/json.h"

/* libelf and inih do not report their versions. */
static const struct hd_used_library libraries[] = {
	{ "libssh2", hd_connect_library },
	{ "libcrypto", hd_digest_library },
	{ "libarchive", hd_archive_library },
	{ "libdeflate", hd_deflate_library },
	{ "zlib", hd_zlib_library },
	{ "jansson", hd_json_library },
};

const struct hd_used_library *
hd_used_library(size_t i)
{
	return i < HD_COUNT(libraries) ? &libraries[i] : NULL;
}
