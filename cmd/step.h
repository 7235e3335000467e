#ifndef HD_CMD_STEP_H
#define HD_CMD_STEP_H

#include "cmd/command.h"

/* One step on this machine, with its events. */
struct hd_local_step {
	const struct hd_sink *sink;
	const char *name;
	int64_t begun;
};

struct hd_local_step hd_local_begin(
    const struct hd_cli *cli, const char *name, const char *text);
void hd_local_end(const struct hd_local_step *s, const char *text);
/* Reports the failure; returns the exit status that err means. */
enum hd_status hd_local_failed(
    const struct hd_local_step *s, const struct hd_err *err);

#endif
