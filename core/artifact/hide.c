#include "core/artifact/hide.h"

#include <string.h>
#include <strings.h>

enum { RANDOM_MIN = 24, NAME_LIMIT = 256 };

/* Parts of names, in lower case. */
static const struct {
	const char *word;
	bool anywhere; /* else only as a whole word */
} words[] = {
	{ "password", true },
	{ "passwd", true },
	{ "passphrase", true },
	{ "passcode", true },
	{ "secret", true },
	{ "token", true },
	{ "cookie", true },
	{ "credential", true },
	{ "webhook", true }, /* the URL is the permission */
	{ "pass", false },
	{ "pwd", false },
	{ "key", false },
	{ "keys", false },
	{ "apikey", false },
	{ "apikeys", false },
	{ "private", false },
	{ "pem", false },
	{ "psk", false },
	{ "jwk", false },
	{ "jwt", false },
	{ "hmac", false },
	{ "salt", false },
	{ "bearer", false },
	{ "dsn", false },
	{ "auth", false },
	{ "authorization", false },
};

/* Texts of well-known forms. */
static const struct {
	const char *text;
	bool anywhere; /* else only at the start */
} forms[] = {
	{ "PRIVATE KEY-----", true },
	{ "Bearer ", true },
	{ "Basic ", true },
	{ "hooks.slack.com/", true },
	{ "AKIA", false },
	{ "ASIA", false },
	{ "AIza", false },
	{ "eyJ", false }, /* a JSON web token */
	{ "ghp_", false },
	{ "gho_", false },
	{ "github_pat_", false },
	{ "glpat-", false },
	{ "xoxb-", false },
	{ "xoxp-", false },
	{ "sk_live_", false },
	{ "rk_live_", false },
	{ "sk-", false },
	{ "SG.", false },
};

/* Values that tell no secret, even under a name that does. */
static const char *const harmless[] = { "true", "false", "undefined", "nil",
	"none" };

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return is_lower(c) || is_upper(c);
}

/* The length of the word at p; "apiKey" has two. */
static size_t
word_len(const char *p)
{
	size_t n = 0;

	while (is_letter(p[n]) || is_digit(p[n])) {
		n++;
		if (!is_upper(p[n - 1]) && is_upper(p[n]))
			break;
	}
	return n;
}

static bool
is_secret_word(const char *p, size_t n)
{
	for (size_t i = 0; i < HD_COUNT(words); i++)
		if (strlen(words[i].word) == n &&
		    strncasecmp(words[i].word, p, n) == 0)
			return true;
	return false;
}

static bool
begins_secretly(const char *p)
{
	for (size_t i = 0; i < HD_COUNT(words); i++)
		if (words[i].anywhere &&
		    strncasecmp(words[i].word, p, strlen(words[i].word)) == 0)
			return true;
	return false;
}

bool
hd_hide_name(const char *name)
{
	size_t n;

	for (const char *p = name; *p != '\0'; p++)
		if (begins_secretly(p))
			return true;
	for (const char *p = name; *p != '\0'; p += n > 0 ? n : 1) {
		n = word_len(p);
		if (is_secret_word(p, n))
			return true;
	}
	return false;
}

static bool
has_form(const char *text)
{
	for (size_t i = 0; i < HD_COUNT(forms); i++) {
		const char *p = strstr(text, forms[i].text);

		if (p == text || (p != NULL && forms[i].anywhere))
			return true;
	}
	return false;
}

/* "scheme://user:password@host" */
static bool
has_user(const char *text)
{
	while ((text = strstr(text, "://")) != NULL) {
		text += 3;
		if (text[strcspn(text, "/?# \t@")] == '@')
			return true;
	}
	return false;
}

/* "password=..." in a URL, or in a list of parameters. */
static bool
has_parameter(const char *text)
{
	char name[NAME_LIMIT];
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == '=' && n > 0 && text[1] != '\0') {
			name[n] = '\0';
			if (hd_hide_name(name))
				return true;
		}
		if (!is_letter(*text) && !is_digit(*text) &&
		    strchr("_-.", *text) == NULL)
			n = 0;
		else if (n < sizeof(name) - 1)
			name[n++] = *text;
	}
	return false;
}

/* A long word of letters and digits, as generators make them. */
static bool
has_random_word(const char *text)
{
	size_t letters = 0, digits = 0;

	for (;; text++) {
		if (is_letter(*text))
			letters++;
		else if (is_digit(*text))
			digits++;
		else if (*text != '+' && *text != '=')
			letters = digits = 0;
		if (letters > 0 && digits > 0 && letters + digits >= RANDOM_MIN)
			return true;
		if (*text == '\0')
			return false;
	}
}

bool
hd_hide_text(const char *text)
{
	return has_form(text) || has_user(text) || has_parameter(text) ||
	       has_random_word(text);
}

/* Adds text without its control characters. */
static void
add_escaped(struct hd_str *out, const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			hd_str_addf(out, "\\x%02x", (unsigned char)*text);
		else
			hd_str_addn(out, text, 1);
}

/* "${NAME}" alone, which the start of the node replaces; in a binary's source
 * with its quotes. */
static bool
is_variable(const char *text)
{
	bool quoted = text[0] == '"';
	size_t n;

	text += quoted;
	if (strncmp(text, "${", 2) != 0)
		return false;
	text += 2;
	for (n = 0; is_letter(text[n]) || is_digit(text[n]) || text[n] == '_';)
		n++;
	return n > 0 && strcmp(text + n, quoted ? "}\"" : "}") == 0;
}

static bool
is_harmless(const struct hd_term *t)
{
	if (t->kind >= HD_TERM_TUPLE)
		return t->n == 0;
	if (t->kind == HD_TERM_NUMBER)
		return false;
	if (t->kind == HD_TERM_ATOM)
		for (size_t i = 0; i < HD_COUNT(harmless); i++)
			if (strcmp(t->text, harmless[i]) == 0)
				return true;
	return (t->text[0] == '\0' && t->kind != HD_TERM_ATOM) ||
	       is_variable(t->text);
}

/* The name that a key gives to its value; NULL: none. */
static const char *
name_of(const struct hd_term *key)
{
	return key->kind < HD_TERM_TUPLE && key->kind != HD_TERM_NUMBER
		   ? key->text
		   : NULL;
}

/* What names item i: the first part of a tuple the others, a key of a map its
 * value, and an option ("--password") in a list the next argument. */
static const char *
name_within(const struct hd_term *t, size_t i)
{
	const char *name;

	if (i == 0 || (t->kind == HD_TERM_MAP && i % 2 == 0))
		return NULL;
	if (t->kind == HD_TERM_TUPLE)
		return name_of(&t->items[0]);
	name = name_of(&t->items[i - 1]);
	if (t->kind == HD_TERM_LIST && name != NULL)
		return name[name[0] == '"'] == '-' ? name : NULL;
	return name;
}

/* The text between item i and the previous one. */
static const char *
between(const struct hd_term *t, size_t i)
{
	if (t->kind == HD_TERM_MAP && i % 2 == 1)
		return "=>";
	return t->improper && i + 1 == t->n ? "|" : ",";
}

static bool
is_secret(const char *name, const struct hd_term *t)
{
	if (name != NULL && hd_hide_name(name) && !is_harmless(t))
		return true;
	return t->kind < HD_TERM_TUPLE && t->kind != HD_TERM_NUMBER &&
	       hd_hide_text(t->text);
}

void
hd_hide_term(struct hd_str *out, const char *name, const struct hd_term *t)
{
	static const struct {
		const char *open, *close;
	} brackets[] = {
		[HD_TERM_TUPLE] = { "{", "}" },
		[HD_TERM_LIST] = { "[", "]" },
		[HD_TERM_MAP] = { "#{", "}" },
	};

	if (is_secret(name, t)) {
		hd_str_add(out, HD_HIDDEN);
		return;
	}
	if (t->kind < HD_TERM_TUPLE) {
		hd_term_add(out, t);
		return;
	}
	hd_str_add(out, brackets[t->kind].open);
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			hd_str_add(out, between(t, i));
		hd_hide_term(out, name_within(t, i), &t->items[i]);
	}
	hd_str_add(out, brackets[t->kind].close);
}

void
hd_hide_line(struct hd_str *out, const char *line)
{
	HD_AUTO_ARENA arena = { 0 };
	bool hide = false;

	for (size_t n; *line != '\0'; line += n) {
		const char *word;

		n = strspn(line, " \t");
		if (n > 0) {
			hd_str_add(out, " ");
			continue;
		}
		n = strcspn(line, " \t");
		word = hd_arena_strndup(&arena, line, n);
		if ((hide && !is_variable(word)) || hd_hide_text(word)) {
			hd_str_add(out, HD_HIDDEN);
			return;
		}
		add_escaped(out, word);
		hide = hd_hide_name(word);
	}
}
