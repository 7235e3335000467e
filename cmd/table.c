#include "cmd/commands.h"

#define ADDRESS(name) &hd_command_##name,

const struct hd_command *const hd_commands[] = { HD_COMMANDS(ADDRESS) NULL };
