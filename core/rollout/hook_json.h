#ifndef HD_HOOK_JSON_H
#define HD_HOOK_JSON_H

#include "core/rollout/hook.h"

/* Hosts beyond this size are only counted; the other members are short. */
enum { HD_HOOK_JSON_HOSTS = 1024 * 1024 };
/* Bound of hd_hook_json(). */
enum { HD_HOOK_JSON_MAX = HD_HOOK_JSON_HOSTS + 64 * 1024 };

/* The stdin of a hook on this machine: the run so far as one JSON object and a
 * newline, with the members of docs/events.md. It holds no secret: the COMMAND
 * of `run` and the values of deploy.ini are not in it. */
void hd_hook_json(struct hd_str *out, const struct hd_run *run,
    const struct hd_hook *hook, const struct hd_hook_context *context);

#endif
