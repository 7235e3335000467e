#ifndef HD_KEY_TEXT_H
#define HD_KEY_TEXT_H

#include "core/base/alloc.h"
#include "core/base/str.h"
#include "core/inventory/keys.h"

/* The words for a key of deploy.ini, for the help and the manual: its row in
 * keys.c, and its comment and lines in deploy.ini.example. */
struct hd_key_text {
	struct hd_strs lines;    /* of the comment, without "# " */
	struct hd_strs examples; /* "soak = 0s" */
};

/* Empty if the example lacks the key. All of it is allocated in a. */
void hd_key_text(
    struct hd_key_text *out, const struct hd_key *key, struct hd_arena *a);

/* Appends the valid values: "number (1 to 1000)". */
void hd_key_value(const struct hd_key *key, struct hd_str *out);
/* Appends the sections: "[defaults], [ENV] or [ENV:HOST]". */
void hd_key_sections(const struct hd_key *key, struct hd_str *out);
/* Appends the NAMEs that a family such as hook.NAME has, separated by commas;
 * nothing if any name will do, or if key is not a family. */
void hd_key_names(const struct hd_key *key, struct hd_str *out);

#endif
