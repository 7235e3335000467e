#ifndef HD_SANITIZE_H
#define HD_SANITIZE_H

#include "core/base/str.h"

/*
 * Appends untrusted text as one line that is safe on any terminal and in any
 * log:
 *
 *	control sequences (ESC or 8-bit: colours, titles, clipboard) removed
 *	other control characters escaped: \r \n \x08 \u0085; tab is kept
 *	bytes that are not UTF-8 replaced by U+FFFD
 *	marks that reorder or hide text escaped: \u202e
 *	"##[" and "##word[", commands to GitHub, Azure and TeamCity anywhere in
 *	a line, escaped: ##\x5b
 *	cut after max bytes, with " ...(N more bytes)"
 *
 * Appends at most max + HD_SANITIZE_NOTE bytes.
 */
enum { HD_SANITIZE_NOTE = 48 };
void hd_sanitize(struct hd_str *out, const char *text, size_t n, size_t max);

#endif
