/* The place of a tarball in a store. */
#include "core/inventory/types.h"

#include "core/base/text.h"
#include "core/base/url.h"

#include <string.h>

/* Words in braces that hdeploy replaces; here by a character that is valid in
 * every part of a URL. */
static bool
artifact_url_valid(const char *text)
{
	static const char *const words[] = { "{app}", "{version}", "{sha256}",
		"{host}" };
	HD_AUTO_ARENA arena = { 0 };

	if (strcmp(text, HD_NO_ARTIFACT_URL) == 0)
		return true;
	for (size_t i = 0; i < HD_COUNT(words); i++)
		text = hd_text_replace(&arena, text, words[i], "x");
	return hd_url_valid(text);
}

static int
set_url(void *field, const struct hd_value *v, struct hd_err *err)
{
	const char **text = field;

	/* Not the value: it can contain a password. */
	if (!artifact_url_valid(v->text))
		return hd_err_set(
		    err, HD_ECONFIG, "the value is not %s", v->key->type->rule);
	*text = v->text;
	return 0;
}

const struct hd_type hd_type_artifact_url = {
	.set = set_url,
	.rule = "a URL such as https://HOST/{app}/{version}.tar.gz (https or "
		"http; no spaces, quotes or #; in braces only app, version, "
		"sha256 and host), or no",
};
