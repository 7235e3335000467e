/* hosts = command COMMAND | srv NAME */
#include "core/inventory/answer.h"
#include "core/inventory/types.h"

#include <string.h>

#define LABELS                                                                 \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

enum { NAME_LIMIT = 253 };

const char *const hd_source_kinds[] = {
	[HD_SOURCE_COMMAND] = "command",
	[HD_SOURCE_SRV] = "srv",
};
_Static_assert(
    HD_COUNT(hd_source_kinds) == HD_SOURCE_KINDS, "a source has no name");

/* A DNS name; its first label usually begins with an underscore. */
static bool
is_dns_name(const char *text)
{
	if (strlen(text) > NAME_LIMIT)
		return false;
	for (;; text++) {
		size_t n = strspn(text, LABELS);

		if (n == 0 || n > 63 || text[0] == '-')
			return false;
		text += n;
		if (*text == '\0' || strcmp(text, ".") == 0)
			return true;
		if (*text != '.')
			return false;
	}
}

bool
hd_source_parse(struct hd_host_source *out, const char *text)
{
	size_t n = strcspn(text, " \t"), i = 0;

	while (i < HD_SOURCE_KINDS &&
	       (strlen(hd_source_kinds[i]) != n ||
		   memcmp(hd_source_kinds[i], text, n) != 0))
		i++;
	*out = (struct hd_host_source){
		.kind = (enum hd_source_kind)i,
		.text = text + n + strspn(text + n, " \t"),
	};
	return i < HD_SOURCE_KINDS && out->text[0] != '\0' &&
	       (i != HD_SOURCE_SRV || is_dns_name(out->text));
}

static int
check_source(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_host_source ignored;

	(void)field;
	return hd_source_parse(&ignored, v->text)
		   ? 0
		   : hd_type_refuse(v, v->text, err);
}

const struct hd_type hd_type_source = {
	.set = check_source,
	.list = true,
	.may_be_quoted = true, /* for a shell */
	.rule = "a source of hosts: write command and a shell command, or srv "
		"and the name of SRV records, such as _ssh._tcp.example.com",
};
