#include "core/base/name.h"

#include <string.h>

enum {
	LABEL_MAX = 255,
	APP_MAX = 64,
	USER_MAX = 64,
	LOGIN_MAX = 128,
	WORD_MAX = 64
};

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define ALPHA LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

static bool
matches(const char *text, const char *first, const char *rest, size_t max)
{
	size_t n = strlen(text);

	return n > 0 && n <= max && strchr(first, text[0]) != NULL &&
	       strspn(text + 1, rest) == n - 1;
}

bool
hd_version_valid(const char *text)
{
	return matches(text, ALPHA DIGIT, ALPHA DIGIT "._+~-", HD_VERSION_MAX);
}

bool
hd_app_valid(const char *text)
{
	return matches(text, LOWER, ALPHA DIGIT "_", APP_MAX);
}

bool
hd_program_valid(const char *text)
{
	return matches(text, ALPHA DIGIT, ALPHA DIGIT "_-", APP_MAX);
}

bool
hd_label_valid(const char *text)
{
	return matches(text, ALPHA DIGIT, ALPHA DIGIT "._-", LABEL_MAX);
}

bool
hd_variable_valid(const char *text)
{
	return matches(text, ALPHA "_", ALPHA DIGIT "_", LABEL_MAX);
}

bool
hd_user_valid(const char *text)
{
	return matches(text, ALPHA DIGIT "_", ALPHA DIGIT "_.-", USER_MAX);
}

bool
hd_login_valid(const char *text)
{
	return matches(text, ALPHA DIGIT "_", ALPHA DIGIT "_.+@#%:\\-",
		   LOGIN_MAX) &&
	       text[strlen(text) - 1] != '\\';
}

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Whether a and b differ only in that two adjacent bytes are swapped. */
static bool
swapped(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b)
		a++, b++;
	/* b may have ended: b[0] comes first */
	return a[0] != '\0' && a[1] != '\0' && a[1] == b[0] && a[0] == b[1] &&
	       strcmp(a + 2, b + 2) == 0;
}

/* Levenshtein with one row; a swap counts as one edit. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > WORD_MAX || nb > WORD_MAX)
		return WORD_MAX;
	if (swapped(a, b))
		return 1;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
			    diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[nb];
}

const char *
hd_name_nearest(const char *word, const char *const *candidates, size_t n)
{
	const char *best = NULL;
	size_t limit = strlen(word) / 3 + 1;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, candidates[i]);

		if (d <= limit) {
			best = candidates[i];
			limit = d > 0 ? d - 1 : 0;
			if (d == 0)
				break;
		}
	}
	return best;
}
