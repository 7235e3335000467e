#ifndef HD_JSON_H
#define HD_JSON_H

#include "core/base/err.h"
#include "core/base/str.h"

#include <stdint.h>

/*
 * One JSON object at a time: event lines, history lines. The only user of
 * jansson. Bytes that are not UTF-8 become U+FFFD, so that text from a host
 * cannot make a line invalid.
 */
struct hd_json;

struct hd_json *hd_json_new(void);    /* {} */
void hd_json_free(struct hd_json *o); /* NULL is fine */
/* A NULL text is left out. Keys keep the order in which they were added. */
void hd_json_text(struct hd_json *o, const char *key, const char *text);
void hd_json_int(struct hd_json *o, const char *key, int64_t value);
/* Appends item, which o then owns, to an array that the first call creates.
 * item NULL: only creates the array. */
void hd_json_append(struct hd_json *o, const char *key, struct hd_json *item);
/* Compact, one line, no newline. */
void hd_json_dump(const struct hd_json *o, struct hd_str *out);

/* The object in text; NULL if it is not exactly one JSON object. The caller
 * frees it. */
struct hd_json *hd_json_parse(const char *text);
/* Borrowed from o; NULL if key is missing or not a text. */
const char *hd_json_get(const struct hd_json *o, const char *key);
int64_t hd_json_get_int(const struct hd_json *o, const char *key); /* or 0 */
bool hd_json_has(const struct hd_json *o, const char *key);
/* The objects of an array; 0 if key is missing or not an array. NULL if item i
 * is not an object. */
size_t hd_json_count(const struct hd_json *o, const char *key);
const struct hd_json *hd_json_item(
    const struct hd_json *o, const char *key, size_t i);

/* The version of jansson that this process uses: "2.14". */
const char *hd_json_library(void);

#endif
