#ifndef HD_TYPES_H
#define HD_TYPES_H

#include "core/inventory/keys.h"

/* The NAMEs of command.NAME. */
enum { HD_COMMANDS = 8 };
extern const char *const hd_command_names[HD_COMMANDS];

/* The types of values, each with the type of the field that it fills. */
extern const struct hd_type hd_type_app;           /* const char * */
extern const struct hd_type hd_type_driver;        /* const char * */
extern const struct hd_type hd_type_text;          /* const char * */
extern const struct hd_type hd_type_release;       /* const char * */
extern const struct hd_type hd_type_version;       /* const char * */
extern const struct hd_type hd_type_user;          /* const char * */
extern const struct hd_type hd_type_sudo;          /* struct hd_sudo_password */
extern const struct hd_type hd_type_login;         /* const char * */
extern const struct hd_type hd_type_path;          /* const char * */
extern const struct hd_type hd_type_connection;    /* enum hd_connection */
extern const struct hd_type hd_type_commit;        /* enum hd_commit */
extern const struct hd_type hd_type_confirm;       /* enum hd_confirm_by */
extern const struct hd_type hd_type_mode;          /* enum hd_mode */
extern const struct hd_type hd_type_undo;          /* enum hd_mode */
extern const struct hd_type hd_type_unsupervised;  /* enum hd_unsupervised */
extern const struct hd_type hd_type_appup;         /* enum hd_appup_by */
extern const struct hd_type hd_type_relup;         /* enum hd_relup_by */
extern const struct hd_type hd_type_old_processes; /* enum hd_old_processes */
extern const struct hd_type hd_type_findings;      /* struct hd_strs, adds */
extern const struct hd_type hd_type_retry;         /* struct hd_retry */
extern const struct hd_type hd_type_pins;          /* struct hd_strs, adds */
extern const struct hd_type hd_type_file;          /* const char * */
extern const struct hd_type hd_type_files;         /* struct hd_strs, adds */
extern const struct hd_type hd_type_secrets;       /* struct hd_strs, adds */
extern const struct hd_type hd_type_variable;      /* struct hd_pairs, adds */
extern const struct hd_type hd_type_command;       /* struct hd_pairs, adds */
extern const struct hd_type hd_type_hook;          /* struct hd_hooks, adds */
extern const struct hd_type hd_type_unit;          /* const char * */
extern const struct hd_type hd_type_manager;       /* const char * */
extern const struct hd_type hd_type_key_policy;    /* const char * */
extern const struct hd_type hd_type_health;        /* hd_host's list, adds */
extern const struct hd_type hd_type_count;         /* unsigned */
extern const struct hd_type hd_type_channels;      /* unsigned; auto: 0 */
extern const struct hd_type hd_type_duration;      /* unsigned, ms */
extern const struct hd_type hd_type_size;          /* uint64_t, bytes */
extern const struct hd_type hd_type_artifact_url;  /* const char * */
extern const struct hd_type hd_type_envs;          /* struct hd_strs, adds */
extern const struct hd_type hd_type_linked;        /* struct hd_strs, adds */
extern const struct hd_type hd_type_pid_file;      /* const char * */
extern const struct hd_type hd_type_host;          /* none: only checks */
extern const struct hd_type hd_type_source;        /* none: only checks */
extern const struct hd_type hd_type_group;         /* hd_env's list, adds */
extern const struct hd_type hd_type_canary;        /* const char *, adds */
extern const struct hd_type hd_type_batch;         /* hd_env's list */
extern const struct hd_type hd_type_pause;         /* struct hd_pause */
extern const struct hd_type hd_type_on_failure;    /* enum hd_on_failure */
extern const struct hd_type hd_type_unreachable;   /* enum hd_unreachable */
extern const struct hd_type hd_type_most;          /* struct hd_most */

/* Reads a value of hd_type_sudo; false if it is none. */
bool hd_sudo_password_parse(struct hd_sudo_password *out, const char *text);

/* For types with files of their own. */
int hd_type_refuse(
    const struct hd_value *v, const char *text, struct hd_err *err) HD_CHECK;
/* Appends the words of a comma-separated list that check() accepts. A word is
 * empty where a comma has nothing before or after it. */
typedef int hd_word_check(
    const struct hd_value *v, const char *word, struct hd_err *err);
int hd_type_add_words(struct hd_strs *list, const struct hd_value *v,
    hd_word_check *check, struct hd_err *err) HD_CHECK;

#endif
