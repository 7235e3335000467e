#include "transport/keys/ssh_key_variable.h"

#include "core/base/alloc.h"
#include "core/base/digest.h"
#include "core/base/secret.h"
#include "transport/keys/ssh_key_read.h"
#include "transport/keys/ssh_public.h"

#include <stdlib.h>
#include <string.h>

#define BLANK " \t\r\n"

/* Some CI systems keep a value in one line, with \n for each line end. Keys
 * have no backslash, so this is unambiguous if all of the key is one line. */
static void
restore_lines(char *text)
{
	char *to = text;

	if (strchr(text, '\n') != NULL)
		return;
	for (const char *from = text; *from != '\0';) {
		if (strncmp(from, "\\r\\n", 4) == 0) {
			from += 4;
			*to++ = '\n';
		} else if (strncmp(from, "\\n", 2) == 0) {
			from += 2;
			*to++ = '\n';
		} else {
			*to++ = *from++;
		}
	}
	memset(to, 0, strlen(to));
}

static bool
is_path(const char *text)
{
	return strncmp(text, "/", 1) == 0 || strncmp(text, "~", 1) == 0 ||
	       strncmp(text, "./", 2) == 0 || strncmp(text, "../", 3) == 0;
}

static bool
is_public(const char *text)
{
	struct hd_bytes blob;

	if (!ssh_public_read(&blob, text))
		return false;
	ssh_key_forget(&blob);
	return true;
}

/* Whether it is base64 of a private key: of its file, or its middle alone. */
static bool
is_base64(const char *text)
{
	static const char begin[] = "-----BEGIN ", magic[] = "openssh-key-v1";
	HD_AUTO_SECRET char *plain = hd_secret_alloc(strlen(text) + 1);
	HD_AUTO_SECRET unsigned char *raw = hd_secret_alloc(strlen(text) + 1);
	size_t n = 0;

	for (const char *p = text; *p != '\0'; p++)
		if (strchr(BLANK, *p) == NULL)
			plain[n++] = *p;
	return hd_base64_decode(plain, n, raw, n) > (long)sizeof(magic) &&
	       (memcmp(raw, begin, sizeof(begin) - 1) == 0 ||
		   memcmp(raw, magic, sizeof(magic)) == 0);
}

/* Explains a text that is not a private key. */
static void
explain(struct ssh_key *k, const char *text)
{
	if (is_path(text))
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    "it holds a path: use identity = PATH, or put the content "
		    "of the file into the variable");
	else if (is_public(text))
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    "it holds a public key: put the private key into the "
		    "variable");
	else if (is_base64(text))
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    "it holds a private key in base64: decode it first "
		    "(base64 -d)");
	else
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    "it holds no private key: put the whole content of the "
		    "key file into the variable, with its first and last "
		    "line");
}

struct ssh_key *
ssh_key_variable(const char *name, const char *value)
{
	HD_AUTO_ARENA a = { 0 };
	bool fd = strncmp(name, "fd:", 3) == 0;
	struct ssh_key *k =
	    ssh_key_new(fd ? hd_arena_fmt(&a, "from descriptor %s", name + 3)
			   : hd_arena_fmt(&a, "$%s", name));
	HD_AUTO_SECRET char *text = NULL;
	size_t n;

	if (value == NULL) {
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    fd ? "it was not open when hdeploy started, or did not end "
			 "within 10 s and 64 KiB: start hdeploy with %s<KEY"
		       : "the environment has no variable %s: set it to the "
			 "content of a private key file",
		    fd ? name + 3 : name);
		return k;
	}
	value += strspn(value, BLANK);
	if (*value == '\0') {
		ssh_key_refuse(k, SSH_KEY_UNUSABLE,
		    "it is empty: set it to the content of a private key file");
		return k;
	}
	n = strlen(value);
	while (strchr(BLANK, value[n - 1]) != NULL)
		n--;
	text = hd_secret_copy(value, n);
	restore_lines(text);
	if (strstr(text, "PRIVATE KEY-----") != NULL)
		ssh_key_read(k, text, strlen(text));
	else
		explain(k, text);
	return k;
}
