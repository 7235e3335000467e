#include "core/inventory/health.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_MAX = 65535, CODE_MIN = 100, CODE_MAX = 599, CODE_OK = 200 };

#define BLANK " \t"
#define EXPECT " expect "
#define CONTAINS " contains "

static int
wrong(const char *text, const char *rule, struct hd_err *err)
{
	return hd_err_set(
	    err, HD_ECONFIG, "\"%s\" is not a health check: %s", text, rule);
}

/* A whole number between least and most, up to the end of text. */
static bool
number(unsigned *out, const char *text, unsigned least, unsigned most)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 5 || text[n] != '\0')
		return false;
	*out = (unsigned)strtoul(text, NULL, 10);
	return *out >= least && *out <= most;
}

static bool
address_valid(const char *text)
{
	return text[0] != '\0' && text[0] != '-' &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789.-_")] == '\0';
}

/* ADDRESS:PORT or [IPV6]:PORT */
static bool
parse_target(struct hd_health *h, struct hd_arena *a, const char *text)
{
	const char *colon = strrchr(text, ':');
	struct in6_addr ignored;
	char *address;

	if (colon == NULL || !number(&h->port, colon + 1, 1, PORT_MAX))
		return false;
	address = hd_arena_strndup(a, text, (size_t)(colon - text));
	h->address = address;
	if (address[0] != '[')
		return address_valid(address);
	h->address = address + 1;
	if (strlen(address) < 2 || address[strlen(address) - 1] != ']')
		return false;
	address[strlen(address) - 1] = '\0';
	return inet_pton(AF_INET6, h->address, &ignored) == 1;
}

/* Cuts " WORD VALUE" off the end of text and returns VALUE; NULL: no WORD. */
static char *
cut(char *text, const char *word)
{
	char *at = NULL, *next = text;

	while ((next = strstr(next, word)) != NULL)
		at = next++;
	if (at == NULL)
		return NULL;
	*at = '\0';
	return at + strlen(word);
}

static int
parse_command(
    struct hd_health *h, struct hd_arena *a, char *text, struct hd_err *err)
{
	(void)a;
	h->contains = cut(text, EXPECT);
	h->command = text;
	if (text[0] == '\0' || (h->contains != NULL && *h->contains == '\0'))
		return wrong(
		    h->text, "write command TEXT [expect OUTPUT]", err);
	return 0;
}

static int
parse_tcp(
    struct hd_health *h, struct hd_arena *a, char *text, struct hd_err *err)
{
	if (!parse_target(h, a, text))
		return wrong(h->text, "write tcp ADDRESS:PORT", err);
	return 0;
}

static int
parse_http(
    struct hd_health *h, struct hd_arena *a, char *text, struct hd_err *err)
{
	static const char rule[] =
	    "write http ADDRESS:PORT/PATH [expect CODE] [contains TEXT]";
	const char *code;
	char *path;

	h->contains = cut(text, CONTAINS);
	code = cut(text, EXPECT);
	h->code = CODE_OK;
	if (code != NULL && !number(&h->code, code, CODE_MIN, CODE_MAX))
		return wrong(h->text, rule, err);
	path = strchr(text, '/');
	h->path = path != NULL ? hd_arena_strdup(a, path) : "/";
	if (path != NULL)
		*path = '\0';
	if (h->path[strcspn(h->path, BLANK)] != '\0' ||
	    (h->contains != NULL && *h->contains == '\0') ||
	    !parse_target(h, a, text))
		return wrong(h->text, rule, err);
	return 0;
}

static int
parse_vm(
    struct hd_health *h, struct hd_arena *a, char *text, struct hd_err *err)
{
	(void)a;
	if (text[0] != '\0')
		return wrong(h->text, "vm takes no arguments", err);
	return 0;
}

static const struct {
	const char *name;
	bool listed; /* false: always done, never listed */
	enum hd_health_kind kind;
	int (*parse)(struct hd_health *h, struct hd_arena *a, char *text,
	    struct hd_err *err);
} kinds[] = {
	{ "vm", false, HD_HEALTH_COMMAND, parse_vm },
	{ "command", true, HD_HEALTH_COMMAND, parse_command },
	{ "tcp", true, HD_HEALTH_TCP, parse_tcp },
	{ "http", true, HD_HEALTH_HTTP, parse_http },
};

int
hd_health_parse(struct hd_health *out, bool *listed, struct hd_arena *a,
    const char *text, struct hd_err *err)
{
	size_t n = strcspn(text, BLANK);
	char *rest = hd_arena_strdup(a, text + n + strspn(text + n, BLANK));

	for (size_t i = 0; i < HD_COUNT(kinds); i++) {
		if (strlen(kinds[i].name) != n ||
		    strncmp(kinds[i].name, text, n) != 0)
			continue;
		*out =
		    (struct hd_health){ .kind = kinds[i].kind, .text = text };
		*listed = kinds[i].listed;
		return kinds[i].parse(out, a, rest, err);
	}
	return hd_err_set(err, HD_ECONFIG,
	    "\"%.*s\" is not a kind of health check; use vm, command, tcp or "
	    "http",
	    (int)n, text);
}
