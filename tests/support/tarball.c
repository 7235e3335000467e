#include "tests/support/tarball.h"

#include "tests/support/cmocka_all.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char zeros[1024];

void
tarball_add(struct hd_str *tar, char type, const char *name, const char *link,
    const char *text)
{
	tarball_add_mode(tar, 0644, type, name, link, text);
}

void
tarball_add_mode(struct hd_str *tar, unsigned mode, char type, const char *name,
    const char *link, const char *text)
{
	tarball_add_bytes(tar, mode, type, name, link, text, strlen(text));
}

void
tarball_add_bytes(struct hd_str *tar, unsigned mode, char type,
    const char *name, const char *link, const void *p, size_t n)
{
	char h[512] = { 0 };
	unsigned sum = 0;

	assert_true(strlen(name) < 100 && strlen(link) < 100);
	memcpy(h, name, strlen(name));
	snprintf(h + 100, 8, "%07o", mode);
	memcpy(h + 108, "0000000", 7);
	memcpy(h + 116, "0000000", 7);
	snprintf(h + 124, 12, "%011o", (unsigned)n);
	memcpy(h + 136, "00000000000", 11);
	memset(h + 148, ' ', 8);
	h[156] = type;
	memcpy(h + 157, link, strlen(link));
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	hd_str_addn(tar, h, sizeof(h));
	hd_str_addn(tar, p, n);
	hd_str_addn(tar, zeros, -n & 511);
}

void
tarball_release(struct hd_str *tar, const char *app, const char *version)
{
	char name[100], text[200];

	snprintf(text, sizeof(text), "13.1 %s", version);
	tarball_add(tar, '0', "releases/start_erl.data", "", text);
	snprintf(name, sizeof(name), "releases/%s/%s.rel", version, app);
	snprintf(text, sizeof(text),
	    "{release,{\"%s\",\"%s\"},{erts,\"13.1\"},[{%s,\"%s\"}]}.\n", app,
	    version, app, version);
	tarball_add(tar, '0', name, "", text);
	snprintf(name, sizeof(name), "releases/%s/start.boot", version);
	tarball_add(tar, '0', name, "", "boot");
	tarball_add(tar, '0', "erts-13.1/bin/erl", "", "#!/bin/sh\n");
	snprintf(
	    name, sizeof(name), "lib/%s-%s/ebin/%s.app", app, version, app);
	tarball_add(tar, '0', name, "", "{application,x,[]}.");
}

void
tarball_end(struct hd_str *tar)
{
	hd_str_addn(tar, zeros, sizeof(zeros));
}

void
tarball_gzip(const struct hd_str *tar, struct hd_str *gz)
{
	unsigned char chunk[4096];
	z_stream z = { 0 };
	int status;

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, 0), Z_OK);
	z.next_in = (Bytef *)tar->ptr;
	z.avail_in = (uInt)tar->len;
	do {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		status = deflate(&z, Z_FINISH);
		hd_str_addn(gz, (char *)chunk, sizeof(chunk) - z.avail_out);
	} while (status == Z_OK);
	assert_int_equal(status, Z_STREAM_END);
	deflateEnd(&z);
}

void
tarball_write(struct hd_str *tar, const char *folder, const char *name)
{
	HD_AUTO_STR gz = TARBALL_INIT;

	tarball_end(tar);
	tarball_gzip(tar, &gz);
	folder_write(folder, name, gz.ptr, gz.len);
}
