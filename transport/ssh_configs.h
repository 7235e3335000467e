#ifndef HD_SSH_CONFIGS_H
#define HD_SSH_CONFIGS_H

#include "core/base/alloc.h"
#include "core/base/index.h"
#include "transport/ssh_config.h"

#include <pthread.h>

/* The answers of `ssh -G`: see hd_ssh_config_get(). */
struct ssh_configs {
	const char *home, *user; /* from passwd; NULL: no entry */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct hd_arena arena; /* guarded by lock, as is the rest */
	struct hd_index index;
	HD_LIST(struct ssh_config_entry *) entries;
	unsigned running;
};

/* Before any thread is started. */
void ssh_configs_init(struct ssh_configs *all);
void ssh_configs_done(struct ssh_configs *all);
/* hd_ssh_config_get(); *out is borrowed until done. */
int ssh_configs_get(struct ssh_configs *all, const struct hd_ssh_config **out,
    const struct hd_ssh_query *q, enum hd_cancel stage,
    struct hd_err *err) HD_CHECK;

#endif
