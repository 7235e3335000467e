#ifndef HD_HIDE_H
#define HD_HIDE_H

#include "core/artifact/term.h"
#include "core/base/str.h"

#include <stdbool.h>

/*
 * Configuration for people and logs, without the values that could be secret.
 * Nothing here proves that a value is not secret: show only values that help
 * the reader.
 */

#define HD_HIDDEN "(hidden)"

/* Whether the value of a setting, flag or variable of this name could be
 * secret: secret_key_base, SMTP_PASSWORD, apiKey. */
bool hd_hide_name(const char *name);
/* Whether text could be or contain a secret, whatever its name: a user in a
 * URL, "password=...", a private key, a long random word. */
bool hd_hide_text(const char *text);

/*
 * Appends the value of a setting as hd_term_add() does, with HD_HIDDEN for each
 * part that could be secret: by name (may be NULL), by the key of a tuple or of
 * a map inside it, or by its text. "${NAME}" alone is shown.
 */
void hd_hide_term(
    struct hd_str *out, const char *name, const struct hd_term *t);

/* Appends a line of vm.args. The words after one that could name a secret
 * ("-setcookie", "-env DB_PASSWORD") are hidden. Control characters are
 * escaped. */
void hd_hide_line(struct hd_str *out, const char *line);

#endif
