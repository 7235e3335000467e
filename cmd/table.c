#include "cmd/commands.h"

const struct hd_command *const hd_commands[] = {
	&hd_command_init,
	&hd_command_build,
	&hd_command_push,
	&hd_command_deploy,
	&hd_command_start,
	&hd_command_stop,
	&hd_command_restart,
	&hd_command_upgrade,
	&hd_command_rollback,
	&hd_command_status,
	&hd_command_history,
	&hd_command_run,
	&hd_command_console,
	&hd_command_fetch,
	&hd_command_prune,
	&hd_command_unlock,
	&hd_command_trust,
	&hd_command_help,
	&hd_command_version,
	NULL,
};
