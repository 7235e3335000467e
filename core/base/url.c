#include "core/base/url.h"

#include "core/base/attr.h"

#include <string.h>

static const char *
skip_scheme(const char *text)
{
	static const char *const schemes[] = { "https://", "http://" };

	for (size_t i = 0; i < HD_COUNT(schemes); i++)
		if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
			return text + strlen(schemes[i]);
	return NULL;
}

bool
hd_url_valid(const char *text)
{
	const char *host = skip_scheme(text);

	return host != NULL && strcspn(host, "/?:@") > 0 &&
	       strlen(text) <= HD_URL_MAX &&
	       strspn(text,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		   "0123456789-._~:/?[]@!$&()*+,;=%") == strlen(text);
}

bool
hd_url_secret(const char *text)
{
	const char *host = skip_scheme(text);

	return strchr(text, '?') != NULL ||
	       (host != NULL && memchr(host, '@', strcspn(host, "/?")) != NULL);
}
