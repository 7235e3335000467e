#ifndef HD_WAY_H
#define HD_WAY_H

#include "core/artifact/artifact.h"
#include "core/base/index.h"

/* The effect of a relup entry: how a running node gets from one version to
 * another. */

/*
 * The entry by which release_handler changes a node that runs from into to, as
 * it finds it (release_handler: get_rh_script): by the exact version, first in
 * the up list of to's relup, then in the down list of from's. NULL: none, and
 * only a stop and start leads there.
 */
const struct hd_relup_entry *hd_way_find(
    const struct hd_artifact *from, const struct hd_artifact *to);

/* The state of one module's code after the instructions. */
enum hd_treatment {
	HD_TREAT_NONE,   /* unchanged: no instruction names the module */
	HD_TREAT_LOAD,   /* the code of the new version is loaded */
	HD_TREAT_REMOVE, /* it has no current code */
};

/* The treatment of each module by the instructions of one entry. */
struct hd_treatments {
	struct hd_arena arena;
	struct hd_index places; /* module -> 1 + place in v */
	struct hd_treated {
		enum hd_treatment is;
		bool converts; /* code_change for its processes */
		bool brutal;   /* processes that run old code are killed */
	} * v;
	size_t n, cap;
	bool restarts; /* the emulator */
};
/* Release it with hd_treatments_done(). If the entry restarts the emulator,
 * hd_treatment() is LOAD for every module. */
void hd_treatments_read(
    struct hd_treatments *out, const struct hd_relup_entry *entry);
void hd_treatments_done(struct hd_treatments *t);
/* Never NULL. */
const struct hd_treated *hd_treatment(
    const struct hd_treatments *t, const char *module);

/* "hot", "restarts applications" or "restarts the emulator"; NULL: "none". */
const char *hd_way_mode(const struct hd_relup_entry *entry);

enum { HD_WAY_MAX = 1024 };
/* Appends the effect of an entry in one line of less than HD_WAY_MAX bytes:
 * "hot: 3 modules, brutal purge", "restarts the emulator", "restarts hotcode: 3
 * modules, soft purge". */
void hd_way_describe(struct hd_str *out, const struct hd_relup_entry *entry);

#endif
