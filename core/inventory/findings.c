/* ignore = NAME, NAME */
#include "core/base/name.h"
#include "core/inventory/types.h"

#include <string.h>

/* plan/finding.c has a row for each. */
const char *const hd_finding_names[] = {
	"locked",
	"machine-foreign",
	"loader-missing",
	"glibc-too-old",
	"glibcxx-too-old",
	"library-missing",
	"library-optional",
	"disk-full",
	"inodes-full",
	"mount-noexec",
	"mount-network",
	"logout-ends-node",
	"logout-ends-runs",
	"forwarding-forbidden",
	"clock-off",
	"selinux-enforcing",
	"sudo-terminal",
	"node-tls",
	"node-nameless",
	"node-unknown-to-epmd",
	"name-unresolved",
	"env-lost",
	"env-unset",
	"limits-outdated",
	"limits-lower",
	"boot-file",
	"boot-pointers",
	"reboot-version",
	"start-pinned",
	"unit-start",
	"heart-command",
	"list-gone",
	"list-garbage",
	"list-short",
	"list-unread",
	"release-gone",
	"library-gone",
	"runtime-gone",
	"script-gone",
	"files-gone",
	"files-changed",
	"loose-files",
	"loaded-code",
	"leftover-config",
	"manifest-gone",
	"manifest-damaged",
	"record-gone",
	"tarball-gone",
	"tarball-damaged",
	"owner",
	"files-unread",
	"leftover-upload",
	"leftover-scratch",
	"leftover-unpack",
	"leftover-switch",
	"stray-files",
	"unit-disabled",
	NULL,
};

static size_t
count(void)
{
	size_t n = 0;

	while (hd_finding_names[n] != NULL)
		n++;
	return n;
}

static bool
known(const char *name)
{
	for (size_t i = 0; hd_finding_names[i] != NULL; i++)
		if (strcmp(hd_finding_names[i], name) == 0)
			return true;
	return false;
}

static int
refuse_name(const char *name, struct hd_err *err)
{
	const char *near = hd_name_nearest(name, hd_finding_names, count());

	if (near != NULL)
		return hd_err_set(err, HD_ECONFIG,
		    "there is no finding \"%s\" that can be ignored; did you "
		    "mean %s?",
		    name, near);
	return hd_err_set(err, HD_ECONFIG,
	    "there is no finding \"%s\" that can be ignored; docs/findings.md "
	    "has the list",
	    name);
}

/* Adds the words of a comma-separated list. */
static int
add_findings(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_strs *list = field;
	const char *at = v->text;

	for (;;) {
		const char *name;
		size_t n;

		at += strspn(at, " \t");
		n = strcspn(at, ", \t");
		name = hd_arena_strndup(v->arena, at, n);
		if (!known(name))
			return refuse_name(name, err);
		*HD_PUSH(v->arena, list) = name;
		at += n + strspn(at + n, " \t");
		if (*at == '\0')
			return 0;
		if (*at++ != ',')
			return hd_type_refuse(v, v->text, err);
	}
}

const struct hd_type hd_type_findings = {
	.set = add_findings,
	.list = true,
	.rule = "a list of findings, separated by commas",
};
