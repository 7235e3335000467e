/* Keys whose values consist of numbers: counts, durations, sizes, batch, pause
 * and retry. */
#include "core/inventory/types.h"

#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

enum {
	DIGITS_MAX = 9,
	SIZE_DIGITS_MAX = 6, /* 999999T is less than 2^60 */
	BATCH_DIGITS_MAX = 4,
	RETRY_DIGITS_MAX = 4,
	BATCH_MAX = 1000,
	PERCENT_MAX = 100,
};

static bool
in_limits(unsigned *out, unsigned long n, const struct hd_key *key)
{
	*out = (unsigned)n;
	return n >= key->min && n <= key->max;
}

static int
set_count(void *field, const struct hd_value *v, struct hd_err *err)
{
	size_t n = strspn(v->text, DIGITS);

	if (n == 0 || n > DIGITS_MAX || v->text[n] != '\0')
		return hd_type_refuse(v, v->text, err);
	if (!in_limits(field, strtoul(v->text, NULL, 10), v->key))
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\" is not between %u and %u", v->text, v->key->min,
		    v->key->max);
	return 0;
}

static int
set_most(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_most *most = field;

	most->set = true;
	return set_count(&most->n, v, err);
}

static int
set_duration(void *field, const struct hd_value *v, struct hd_err *err)
{
	unsigned long ms;

	if (!hd_duration_parse(&ms, v->text))
		return hd_type_refuse(v, v->text, err);
	if (!in_limits(field, ms, v->key))
		return hd_err_set(err, HD_ECONFIG,
		    "\"%s\" is not between %s and 24h", v->text,
		    v->key->min > 0 ? "1ms" : "0s");
	return 0;
}

static int
set_size(void *field, const struct hd_value *v, struct hd_err *err)
{
	static const char units[] = "KMGT";
	size_t n = strspn(v->text, DIGITS);
	const char *unit = strchr(units, v->text[n]);
	uint64_t *bytes = field;

	if (n == 0 || n > SIZE_DIGITS_MAX || v->text[n] == '\0' ||
	    unit == NULL || v->text[n + 1] != '\0')
		return hd_type_refuse(v, v->text, err);
	*bytes = strtoul(v->text, NULL, 10);
	for (const char *u = units; u <= unit; u++)
		*bytes *= 1024;
	return *bytes > 0 ? 0 : hd_type_refuse(v, v->text, err);
}

/* Reads "25%" or "4" up to the next comma; false if the text is neither. */
static bool
read_batch(struct hd_batch *out, const char **at)
{
	size_t n;

	*at += strspn(*at, " \t");
	n = strspn(*at, DIGITS);
	if (n == 0 || n > BATCH_DIGITS_MAX)
		return false;
	out->n = (unsigned)strtoul(*at, NULL, 10);
	*at += n;
	out->percent = **at == '%';
	*at += out->percent;
	*at += strspn(*at, " \t");
	return out->n >= 1 &&
	       out->n <= (out->percent ? PERCENT_MAX : BATCH_MAX);
}

static int
set_batch(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_env *env =
	    (struct hd_env *)(void *)((char *)field -
				      offsetof(struct hd_env, batch));
	const char *at = v->text;

	/* a more specific section replaces the whole list */
	memset(&env->batch, 0, sizeof(env->batch));
	for (;;) {
		struct hd_batch b;

		if (!read_batch(&b, &at) || (*at != '\0' && *at != ','))
			return hd_type_refuse(v, v->text, err);
		*HD_PUSH(v->arena, &env->batch) = b;
		if (*at == '\0')
			return 0;
		at++;
	}
}

static int
set_pause(void *field, const struct hd_value *v, struct hd_err *err)
{
	struct hd_pause *pause = field;

	*pause = (struct hd_pause){ .ask = strcmp(v->text, "ask") == 0 };
	return pause->ask ? 0 : hd_type_duration.set(&pause->ms, v, err);
}

static int
set_channels(void *field, const struct hd_value *v, struct hd_err *err)
{
	if (strcmp(v->text, "auto") != 0)
		return set_count(field, v, err);
	*(unsigned *)field = 0;
	return 0;
}

/* "3 every 10s" */
static int
set_retry(void *field, const struct hd_value *v, struct hd_err *err)
{
	static const char every[] = " every ";
	struct hd_retry *retry = field;
	struct hd_value duration = *v;
	size_t n = strspn(v->text, DIGITS);

	*retry = (struct hd_retry){ 0 };
	if (strcmp(v->text, "none") == 0)
		return 0;
	if (n == 0 || n > RETRY_DIGITS_MAX ||
	    strncmp(v->text + n, every, sizeof(every) - 1) != 0)
		return hd_type_refuse(v, v->text, err);
	retry->times = (unsigned)strtoul(v->text, NULL, 10);
	duration.text += n + sizeof(every) - 1;
	return hd_type_duration.set(&retry->every, &duration, err);
}

const struct hd_type hd_type_count = {
	.set = set_count,
	.rule = "a whole number",
};
const struct hd_type hd_type_most = {
	.set = set_most,
	.rule = "a whole number",
};
const struct hd_type hd_type_channels = {
	.set = set_channels,
	.rule = "a whole number, or auto",
};
const struct hd_type hd_type_duration = {
	.set = set_duration,
	.rule = "a duration: a whole number and ms, s, m or h, such as 500ms, "
		"30s or 2m",
};
const struct hd_type hd_type_size = {
	.set = set_size,
	.rule = "a size: a whole number from 1 to 999999 and K, M, G or T, "
		"such as 500M or 20G",
};
const struct hd_type hd_type_batch = {
	.set = set_batch,
	.list = true,
	.rule = "a list of hosts per wave: numbers from 1 or percents up to "
		"100%, such as 1, 25%, 100%",
};
const struct hd_type hd_type_pause = {
	.set = set_pause,
	.rule = "a duration such as 30s or 2m, or ask",
};
const struct hd_type hd_type_retry = {
	.set = set_retry,
	.rule = "none, or NUMBER every DURATION, such as 3 every 10s",
};
