#include "core/plan/drain.h"

#include <inttypes.h>

enum { MODULES_SHOWN = 3 };

unsigned
hd_drain_longest(const struct hd_host *host)
{
	return host->drain +
	       (host->old_processes == HD_OLD_WAIT ? host->upgrade_timeout : 0);
}

enum hd_drain
hd_drain_judge(const struct hd_host *host, int64_t processes, int64_t waited_ms)
{
	if (processes == 0)
		return HD_DRAIN_DONE;
	if (waited_ms < hd_drain_longest(host))
		return HD_DRAIN_WAIT;
	return host->old_processes == HD_OLD_KILL ? HD_DRAIN_KILL
						  : HD_DRAIN_REFUSE;
}

int64_t
hd_old_processes(const struct hd_vm *vm)
{
	int64_t n = vm->unasked;

	for (size_t i = 0; i < vm->old_code.n; i++)
		n += vm->old_code.v[i].processes;
	return n;
}

void
hd_old_code_tell(
    const struct hd_vm *vm, const char *version, struct hd_str *out)
{
	int64_t n = hd_old_processes(vm);

	hd_str_addf(out, "%" PRId64 " process%s code that %s replaced (", n,
	    n == 1 ? " still runs" : "es still run", version);
	if (vm->unasked > 0)
		hd_str_addf(out,
		    "%" PRId64 " of them perhaps: they could not be checked in "
		    "time%s",
		    vm->unasked, vm->old_code.n > 0 ? "; " : "");
	for (size_t i = 0; i < vm->old_code.n && i < MODULES_SHOWN; i++) {
		const struct hd_old_code *old = &vm->old_code.v[i];

		hd_str_addf(out, "%s%.64s: <%.24s> %.56s", i > 0 ? "; " : "",
		    old->module, old->id, old->who);
		if (old->processes > 1)
			hd_str_addf(
			    out, " and %" PRId64 " more", old->processes - 1);
	}
	if (vm->old_code.n > MODULES_SHOWN)
		hd_str_addf(out, "; %zu more module%s",
		    vm->old_code.n - MODULES_SHOWN,
		    vm->old_code.n - MODULES_SHOWN == 1 ? "" : "s");
	hd_str_add(out, ")");
}
