#include "core/rollout/ship.h"

#include "core/artifact/needs.h"
#include "core/artifact/packed.h"

/* Relup entries as lines "way up 0.1.0 plain hotcode,other", which facts.sh
 * prints later. */
static void
describe_relup(const struct hd_relup *relup, struct hd_str *out)
{
	for (size_t i = 0; i < relup->n; i++) {
		const struct hd_relup_entry *entry = &relup->v[i];

		hd_str_addf(out, "way %s %s %s ", entry->down ? "down" : "up",
		    entry->from, entry->emulator ? "emulator" : "plain");
		for (size_t k = 0; k < entry->restarts.n; k++)
			hd_str_addf(out, "%s%s", k > 0 ? "," : "",
			    entry->restarts.v[k]);
		hd_str_add(out, entry->restarts.n > 0 ? "\n" : "-\n");
	}
}

/* The same for libraries: "lib foo-1.0 DIGEST". */
static void
describe_libs(const struct hd_pairs *libs, struct hd_str *out)
{
	for (size_t i = 0; i < libs->n; i++)
		hd_str_addf(
		    out, "lib %s %s\n", libs->v[i].name, libs->v[i].value);
}

void
hd_ship_notes(const struct hd_artifact *a, struct hd_str *out)
{
	describe_relup(&a->relup, out);
	describe_libs(&a->libs, out);
	hd_needs_write(out, a);
	hd_needs_variables(out, a, "variable ");
	hd_packed_write(out, a);
}
