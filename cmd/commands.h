#ifndef HD_COMMANDS_H
#define HD_COMMANDS_H

#include "cmd/command.h"

/* To add a command, write its file and add a row here. Help lists commands in
 * this order. */
/* clang-format off */
#define HD_COMMANDS(row)                                                       \
	row(init)                                                              \
	row(doctor)                                                            \
	row(hosts)                                                             \
	row(appup)                                                             \
	row(inspect)                                                           \
	row(build)                                                             \
	row(push)                                                              \
	row(deploy)                                                            \
	row(start)                                                             \
	row(stop)                                                              \
	row(restart)                                                           \
	row(upgrade)                                                           \
	row(rollback)                                                          \
	row(resume)                                                            \
	row(status)                                                            \
	row(check)                                                             \
	row(explain)                                                           \
	row(repair)                                                            \
	row(history)                                                           \
	row(logs)                                                              \
	row(timeline)                                                          \
	row(run)                                                               \
	row(console)                                                           \
	row(fetch)                                                             \
	row(prune)                                                             \
	row(unlock)                                                            \
	row(trust)                                                             \
	row(help)                                                              \
	row(version)                                                           \
	row(complete)
/* clang-format on */

#define HD_COMMAND_DECLARED(name)                                              \
	extern const struct hd_command hd_command_##name;
HD_COMMANDS(HD_COMMAND_DECLARED)

#endif
