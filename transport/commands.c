#include "transport/commands.h"

#include "core/base/digest.h"
#include "core/base/name.h"

#include <stdio.h>

/* No "!" and no line break: csh treats them specially within quotes too. */
#define DAMAGED                                                                \
	"echo \"another program on this host read the first line of the "      \
	"input: does a startup file of the login shell read it?\" >&2; exit 3"
/* A script that did not arrive whole is not run. The variable is gone before a
 * program could inherit it: the login can have exported one of this name. */
#define RUN_GZIP                                                               \
	"[ \"$h\" = \"$1 gzip\" ] && { "                                       \
	"hd_text=$(gzip -dc 2>/dev/null) && [ \"$hd_text\" ] || { "            \
	"echo \"$1 plain\"; exit; }; "                                         \
	"shift; eval \"unset hd_text; $hd_text\"; exit; }; "
/* dd cuts the file off: neither truncate nor head -c are on every host. */
#define RUN_OR_TAKE                                                            \
	"IFS= read -r h; [ \"$h\" = \"$1\" ] && exec /bin/sh -s; " RUN_GZIP    \
	"[ \"${h%% *}\" = \"$1\" ] && { umask 077; "                           \
	"h=${h#* }; n=${h%% *}; h=${h#* }; if [ \"$n\" = 0 ]; then "           \
	"d=${h%/*}; [ -d \"$d/\" ] || mkdir -p \"$d\"; "                       \
	"cat >\"$h\"; else dd if=/dev/null of=\"$h\" bs=1 seek=\"$n\" && "     \
	"cat >>\"$h\"; fi && echo \"$1\"; exit; }; " DAMAGED

/* -k: sudo neither uses nor leaves a record that the user has authenticated, so
 * other processes of this user cannot use ours. See sudo_call.h. */
#define RUN_SUDO                                                               \
	"IFS= read -r h; [ \"${h%% *}\" = \"$1\" ] && { h=${h#* }; "           \
	"exec sudo -k -S -p \"${h% *}\" -u \"$2\" -- "                         \
	"/bin/sh -c \"$3\" sh \"$1\" \"${h#* }\"; }; " DAMAGED
#define SAY_READY "echo \"$2\" >&2; set -- \"$1\"; "

int
hd_commands_init(struct hd_commands *c, const char *run_as,
    struct hd_sudo *sudo, struct hd_err *err)
{
	char before[128] = "";

	if (run_as != NULL && !hd_user_valid(run_as))
		return hd_err_set(
		    err, HD_ECONFIG, "run_as is not " HD_USER_RULE);
	hd_random_hex(c->word, sizeof(c->word) / 2);
	c->sudo = run_as != NULL ? sudo : NULL;
	if (c->sudo != NULL) {
		snprintf(c->text, sizeof(c->text),
		    "exec /bin/sh -c '%s' sh %s %s '%s'", RUN_SUDO, c->word,
		    run_as, SAY_READY RUN_OR_TAKE);
		return 0;
	}
	if (run_as != NULL)
		snprintf(before, sizeof(before), "sudo -n -u %s -- ", run_as);
	snprintf(c->text, sizeof(c->text), "exec %s/bin/sh -c '%s' sh %s",
	    before, RUN_OR_TAKE, c->word);
	return 0;
}
