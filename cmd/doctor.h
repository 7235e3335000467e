#ifndef HD_DOCTOR_H
#define HD_DOCTOR_H

#include "cmd/command.h"

/*
 * The findings of `hdeploy doctor` about this machine, each a line and a
 * `doctor` event. A problem would end a run, with this status; a warning would
 * not, or only perhaps.
 */
struct hd_doctor {
	struct hd_cli *cli;
	struct hd_arena arena;
	enum hd_status status; /* of a run, with the problems so far */
	unsigned warnings, problems;
};

/* topic: one word, "key". text: what was found. remedy: what to do; NULL: text
 * says it. */
void hd_doctor_ok(struct hd_doctor *d, const char *topic, const char *text);
void hd_doctor_warn(struct hd_doctor *d, const char *topic, const char *text,
    const char *remedy);
void hd_doctor_problem(struct hd_doctor *d, enum hd_status status,
    const char *topic, const char *text, const char *remedy);

/* Examines keys, agents, known_hosts files and ssh_config, for the hosts of
 * this environment; NULL: of all. Without deploy.ini, for a host without
 * settings. Blocks while ssh resolves ssh_config, a few ms for each host, of
 * several hosts at once. */
void hd_doctor_ssh(struct hd_doctor *d, const struct hd_env *env);

#endif
