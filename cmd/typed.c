#include "cmd/typed.h"

#include "cmd/commands.h"

void
hd_typed_command(const struct hd_cli *cli, struct hd_str *out)
{
	size_t n = cli->command == &hd_command_run ? 1 : cli->nargs;

	hd_str_add(out, cli->command->name);
	for (size_t i = 0; i < n; i++)
		hd_str_addf(out, " %s", cli->args[i]);
}

void
hd_typed_options(const struct hd_options *o, struct hd_str *out)
{
	const struct {
		const char *name, *value;
		bool given;
	} rows[] = {
		{ "--hot", NULL, o->hot },
		{ "--cold", NULL, o->cold },
		{ "--replace", NULL, o->replace },
		{ "--force-unhealthy", NULL, o->force_unhealthy },
		{ "--dry-run", NULL, o->dry_run },
		{ "--yes", NULL, o->yes },
		{ "--from", o->from, o->from != NULL },
	};

	for (size_t i = 0; i < HD_COUNT(rows); i++) {
		if (rows[i].given)
			hd_str_addf(out, "%s%s%s%s", out->len > 0 ? " " : "",
			    rows[i].name, rows[i].value != NULL ? " " : "",
			    rows[i].value != NULL ? rows[i].value : "");
	}
}
