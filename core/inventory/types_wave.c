/* batch, pause and retry */
#include "core/inventory/types.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

enum { BATCH_MAX = 1000, PERCENT_MAX = 100, DIGITS_MAX = 4 };

/* "25%" or "4", up to the next comma; false if it is neither. */
static bool
read_batch(struct hd_batch *out, const char **at)
{
	size_t n;

	*at += strspn(*at, " \t");
	n = strspn(*at, DIGITS);
	if (n == 0 || n > DIGITS_MAX)
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

	/* a nearer section replaces all of it */
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
	if (n == 0 || n > DIGITS_MAX ||
	    strncmp(v->text + n, every, sizeof(every) - 1) != 0)
		return hd_type_refuse(v, v->text, err);
	retry->times = (unsigned)strtoul(v->text, NULL, 10);
	duration.text += n + sizeof(every) - 1;
	return hd_type_duration.set(&retry->every, &duration, err);
}

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
	.rule = "none, or a number and a time between, such as 3 every 10s",
};
