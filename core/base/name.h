#ifndef HD_NAME_H
#define HD_NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Names that may be part of a path or a remote command. Quoting does not stop
 * a leading dash or a "..", so names are checked as well as quoted.
 */
enum { HD_VERSION_MAX = 128 };

/* [A-Za-z0-9][A-Za-z0-9._+~-]*, at most HD_VERSION_MAX bytes. */
bool hd_version_valid(const char *text);
/* An Erlang application or release name: [a-z][A-Za-z0-9_]*, at most 64. */
bool hd_app_valid(const char *text);
/* The name of any program: [A-Za-z0-9][A-Za-z0-9_-]*, at most 64. */
bool hd_program_valid(const char *text);
/* An environment or host name: [A-Za-z0-9][A-Za-z0-9._-]*, at most 255. */
bool hd_label_valid(const char *text);
/* A POSIX environment variable: [A-Za-z_][A-Za-z0-9_]*, at most 255. */
bool hd_variable_valid(const char *text);
/* A user: [A-Za-z0-9_][A-Za-z0-9_.-]*, at most 64. Stricter than systems are:
 * no character that is special to a shell, and no name that sudo takes for an
 * option or a number ("#0"). */
bool hd_user_valid(const char *text);
/* A user to log in as: [A-Za-z0-9_][A-Za-z0-9_.+@#%:\-]*, at most 128, no \ at
 * the end: also "me@corp", "dom\me" and the names that gateways split. Some of
 * these characters are special to a shell: the name must be quoted there. */
bool hd_login_valid(const char *text);
#define HD_LOGIN_RULE                                                           \
	"a user name: letters, digits and _ . + @ # % : \\ -, a letter, digit " \
	"or _ first, at most 128"
#define HD_USER_RULE                                                           \
	"a user name: letters, digits and _ . -, neither - nor . first, "      \
	"at most 64"

/* The candidate nearest to word by edit distance, or NULL if none is near.
 * Borrowed from candidates. */
const char *hd_name_nearest(
    const char *word, const char *const *candidates, size_t n);

#endif
