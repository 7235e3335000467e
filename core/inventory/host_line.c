#include "core/inventory/host_line.h"

#include "core/base/name.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define BLANK " \t"
#define DIGITS "0123456789"

enum { PORT_MAX = 65535, ZONE_MAX = 15 };

/* fe80::1%eth0: the zone names an interface of this machine. */
static bool
ipv6_valid(const char *text)
{
	char address[INET6_ADDRSTRLEN];
	struct in6_addr ignored;
	size_t n = strcspn(text, "%");

	if (n >= sizeof(address))
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	if (text[n] == '%' &&
	    (!hd_label_valid(text + n + 1) || strlen(text + n + 1) > ZONE_MAX))
		return false;
	return inet_pton(AF_INET6, address, &ignored) == 1;
}

/* A name or an IPv4 address; digits and dots alone must form an address. */
bool
hd_address_valid(const char *text)
{
	struct in_addr ignored;

	if (strspn(text, DIGITS ".") == strlen(text))
		return inet_pton(AF_INET, text, &ignored) == 1;
	return hd_label_valid(text);
}

static int
parse_port(unsigned *port, const char *text, struct hd_err *err)
{
	size_t n = strspn(text, DIGITS);
	unsigned long value = strtoul(text, NULL, 10);

	if (n == 0 || n > 5 || text[n] != '\0' || value == 0 ||
	    value > PORT_MAX)
		return hd_err_set(
		    err, HD_ECONFIG, "\"%s\" is not a port: 1 to 65535", text);
	*port = (unsigned)value;
	return 0;
}

/* Checks the first and the last word: the others differ only in the number. */
static int
check_words(const struct hd_range *r, struct hd_arena *a,
    bool (*valid)(const char *), const char *rule, struct hd_err *err)
{
	const size_t ends[] = { 0, r->count - 1 };

	for (size_t i = 0; i < HD_COUNT(ends); i++) {
		const char *word = hd_range_word(r, a, ends[i]);

		if (!valid(word))
			return hd_err_set(
			    err, HD_ECONFIG, "\"%s\" is not %s", word, rule);
	}
	return 0;
}

static int
parse_ipv6(struct hd_host_line *out, struct hd_arena *a, const char *text,
    struct hd_err *err)
{
	size_t n = strcspn(text, "]");
	const char *after = text + n + 1, *address;

	if (text[n] == '\0')
		return hd_err_set(err, HD_ECONFIG, "\"%s\": [ without ]", text);
	address = hd_arena_strndup(a, text + 1, n - 1);
	if (!ipv6_valid(address))
		return hd_err_set(
		    err, HD_ECONFIG, "\"%s\" is not an IPv6 address", address);
	out->address = (struct hd_range){
		.before = address,
		.after = "",
		.count = 1,
	};
	if (*after == '\0')
		return 0;
	if (*after != ':')
		return hd_err_set(
		    err, HD_ECONFIG, "\"%s\": only :PORT may follow ]", text);
	return parse_port(&out->port, after + 1, err);
}

static int
parse_name(struct hd_host_line *out, struct hd_arena *a, const char *text,
    struct hd_err *err)
{
	size_t n = strcspn(text, ":");

	if (text[n] != '\0' && strchr(text + n + 1, ':') != NULL)
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\": write an IPv6 address in brackets: [::1]:22",
		    text);
	if (text[n] != '\0' && parse_port(&out->port, text + n + 1, err) < 0)
		return -1;
	if (hd_range_parse(
		&out->address, a, hd_arena_strndup(a, text, n), err) < 0)
		return -1;
	return check_words(&out->address, a, hd_address_valid,
	    "a host name or IPv4 address", err);
}

/* [::1] is an address, [1-4].example.com a range. */
static bool
begins_ipv6(const char *text)
{
	return text[0] == '[' && text[strcspn(text, ":]")] == ':';
}

static int
parse_address(struct hd_host_line *out, struct hd_arena *a, const char *text,
    struct hd_err *err)
{
	const char *at = strrchr(text, '@');

	if (at != NULL) {
		out->user = hd_arena_strndup(a, text, (size_t)(at - text));
		if (!hd_login_valid(out->user))
			return hd_err_set(err, HD_ECONFIG, "\"%s\" is not %s",
			    out->user, HD_LOGIN_RULE);
		text = at + 1;
	}
	if (begins_ipv6(text))
		return parse_ipv6(out, a, text, err);
	return parse_name(out, a, text, err);
}

int
hd_host_parse(struct hd_host_line *out, struct hd_arena *a, const char *text,
    struct hd_err *err)
{
	size_t n = strcspn(text, BLANK);
	const char *second = text + n + strspn(text + n, BLANK);

	*out = (struct hd_host_line){ 0 };
	if (strpbrk(text, "[,") != NULL && *strpbrk(text, "[,") == ',')
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\": one host per line, without commas", text);
	if (second[strcspn(second, BLANK)] != '\0')
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\": write [NAME] [user@]ADDRESS[:port], one host per "
		    "line",
		    text);
	if (*second == '\0') {
		if (parse_address(out, a, text, err) < 0)
			return -1;
		out->name = out->address;
		return 0;
	}
	if (parse_address(out, a, second, err) < 0 ||
	    hd_range_parse(&out->name, a, hd_arena_strndup(a, text, n), err) <
		0 ||
	    check_words(&out->name, a, hd_label_valid,
		"a NAME: letters, digits and . _ -, a letter or digit first",
		err) < 0)
		return -1;
	if (out->name.count != out->address.count)
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\": %zu name%s for %zu address%s; use the same "
		    "range for both",
		    text, out->name.count, out->name.count == 1 ? "" : "s",
		    out->address.count, out->address.count == 1 ? "" : "es");
	return 0;
}
