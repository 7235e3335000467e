#ifndef HD_SHELL_H
#define HD_SHELL_H

#include "core/base/str.h"

/*
 * A command line for the remote POSIX shell. Text enters it only as a string
 * literal or as a quoted value.
 */
struct hd_shell {
	struct hd_str text;
};

#define HD_SHELL_INIT                                                          \
	{                                                                      \
		.text = HD_STR_INIT(1024 * 1024)                               \
	}
#define HD_AUTO_SHELL HD_CLEANUP(hd_shell_done) struct hd_shell

/* Does not compile unless lit is a literal. */
#define hd_shell_lit(sh, lit)                                                  \
	hd_str_addn(&(sh)->text, "" lit "", sizeof("" lit "") - 1)

void hd_shell_done(struct hd_shell *sh);
void hd_shell_arg(struct hd_shell *sh, const char *value);
/* The same, but without quotes if none are needed: for people to read. */
void hd_shell_word(struct hd_shell *sh, const char *value);
/* Whether text is one word, and the same without quotes. */
bool hd_shell_plain(const char *text);

#endif
