#ifndef HD_FUZZ_INVENTORY_TARGET_H
#define HD_FUZZ_INVENTORY_TARGET_H

#include "core/inventory/load.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What must hold for any deploy.ini; abort() says that it does not. */
static inline void
fuzz_expect(int truth)
{
	if (!truth)
		abort();
}

static inline void
fuzz_good(const struct hd_inventory *inv, const char *limit)
{
	for (size_t i = 0; i < inv->envs.n; i++) {
		const struct hd_env *env = &inv->envs.v[i];
		const struct hd_host **hosts;
		struct hd_err err;
		size_t n;

		fuzz_expect(env->hosts.n > 0 && env->parallel > 0);
		for (size_t k = 0; k < env->hosts.n; k++) {
			const struct hd_host *h = &env->hosts.v[k];

			fuzz_expect(h->name[0] != '-' && h->path[0] == '/');
			fuzz_expect(h->address[0] != '-' && h->port > 0);
			fuzz_expect(strstr(h->path, "/../") == NULL);
			fuzz_expect(strchr(h->path, '\n') == NULL);
		}
		if (hd_inventory_select(&hosts, &n, env, limit, &err) == 0) {
			fuzz_expect(n > 0 && n <= env->hosts.n);
			free(hosts);
		}
	}
}

static inline void
fuzz_inventory(const uint8_t *data, size_t n)
{
	struct hd_problems problems = { 0 };
	struct hd_inventory *inv;
	char limit[32] = { 0 };

	memcpy(limit, data, n < sizeof(limit) ? n : sizeof(limit) - 1);
	if (hd_inventory_parse(&inv, (const char *)data, n, &problems) == 0) {
		fuzz_good(inv, limit);
		hd_inventory_free(inv);
	} else {
		fuzz_expect(problems.n > 0 && inv == NULL);
	}
	for (size_t i = 0; i < problems.n; i++)
		fuzz_expect(strchr(problems.v[i].text, '\n') == NULL &&
			    strchr(problems.v[i].text, '\x1b') == NULL);
	hd_problems_done(&problems);
}

#endif
