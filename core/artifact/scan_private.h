#ifndef HD_SCAN_PRIVATE_H
#define HD_SCAN_PRIVATE_H

#include "core/artifact/cuts.h"
#include "core/artifact/digests.h"
#include "core/artifact/gunzip.h"
#include "core/artifact/pack.h"
#include "core/artifact/scan.h"
#include "core/artifact/tally.h"

#include <archive.h>
#include <archive_entry.h>

/* One pass over a tarball. */
struct hd_pass {
	struct hd_scan *scan;
	struct hd_gunzip *gunzip;
	struct archive *tar;
	struct hd_digests *digests;
	struct hd_packing *copy; /* NULL: none */
	struct hd_cuts cuts;
	uint64_t size; /* of the current entry */
	struct hd_err *err, feed_err;
	const char *path; /* of the current entry */
	size_t texts; /* bytes kept of texts that hd_text_wanted() selects */
	size_t more_texts; /* bytes kept of other texts */
	struct hd_tally tally;
	uint64_t fed; /* bytes of the tar so far */
	bool plain;   /* driver = app */
};

/* Takes the next entry, with its contents. HD_ELOCAL. */
int hd_pass_entry(struct hd_pass *p, struct archive_entry *e) HD_CHECK;
/* Reports libarchive's error, or why it got no bytes. Returns -1. */
int hd_pass_unread(struct hd_pass *p);

#endif
