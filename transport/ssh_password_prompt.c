#include "transport/ssh_password.h"

#include <string.h>
#include <strings.h>

/* Whether text is user, perhaps with "@host". */
static bool
is_login(const char *text, size_t n, const char *user)
{
	size_t len = strlen(user);

	return n >= len && strncmp(text, user, len) == 0 &&
	       (n == len || text[len] == '@');
}

static bool
ends(const char *text, size_t n, const char *end)
{
	size_t len = strlen(end);

	return n >= len && strncasecmp(text + n - len, end, len) == 0;
}

/* "Password:" of PAM, "Password for me@web1:" of FreeBSD, "me@web1's
 * password:". */
bool
ssh_password_is_wanted(const char *prompt, size_t n, const char *user)
{
	static const char before[] = "password for ", after[] = "'s password";
	const size_t nbefore = sizeof(before) - 1, nafter = sizeof(after) - 1;

	while (n > 0 && strchr(" :\t\r\n", prompt[n - 1]) != NULL)
		n--;
	if (n == 8 && ends(prompt, n, "password"))
		return true;
	if (n > nbefore && strncasecmp(prompt, before, nbefore) == 0)
		return is_login(prompt + nbefore, n - nbefore, user);
	return ends(prompt, n, after) && is_login(prompt, n - nafter, user);
}
