#ifndef HD_SETTINGS_H
#define HD_SETTINGS_H

#include "core/base/shell.h"
#include "core/remote/call.h"

/* Values from deploy.ini and from the run, and the text that gets them. */
struct hd_settings {
	struct hd_shell *sh;
	const struct hd_call *call;
	bool inner; /* part of a script that another one starts: inherits the
		       environment */
};

/* Adds the values that this file of core/remote reads; call before its text. */
void hd_settings_add(const struct hd_settings *s, const char *file);
/* Whether the values for env.sh call env_file.sh. */
bool hd_settings_env_file(const struct hd_settings *s);

#endif
