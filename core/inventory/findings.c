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

static int
check_name(const struct hd_value *v, const char *name, struct hd_err *err)
{
	const char *near;

	(void)v;
	for (size_t i = 0; hd_finding_names[i] != NULL; i++)
		if (strcmp(hd_finding_names[i], name) == 0)
			return 0;
	near = hd_name_nearest(name, hd_finding_names, count());
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

static int
add_findings(void *field, const struct hd_value *v, struct hd_err *err)
{
	return hd_type_add_words(field, v, check_name, err);
}

const struct hd_type hd_type_findings = {
	.set = add_findings,
	.list = true,
	.rule = "a list of findings, separated by commas",
};
