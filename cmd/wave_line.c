#include "cmd/wave_line.h"

#include <stdio.h>
#include <string.h>

static void
take_end(struct hd_wave_line *l, const struct hd_event *ev, int64_t now)
{
	*l = (struct hd_wave_line){ .done = (size_t)ev->done,
		.waves = ev->done < ev->size ? (size_t)ev->size : 0,
		.left = ev->left,
		.at = now };
	snprintf(
	    l->more, sizeof(l->more), "%s", ev->text != NULL ? ev->text : "");
}

void
hd_wave_line_take(
    struct hd_wave_line *l, const struct hd_event *ev, int64_t now)
{
	bool wave = ev->name != NULL && strcmp(ev->name, "wave") == 0;

	if (ev->kind == HD_EV_WAVE)
		take_end(l, ev, now);
	else if (ev->kind == HD_EV_SUMMARY ||
		 (ev->kind == HD_EV_PHASE && !wave))
		*l = (struct hd_wave_line){ 0 };
}

static void
add_left(struct hd_str *out, int64_t ms, const char *more)
{
	char left[HD_UNITS_MAX];

	hd_units_left(left, ms);
	hd_str_addf(out, "%s%s%s", left, *more != '\0' ? ", " : "", more);
}

void
hd_wave_line_draw(const struct hd_wave_line *l, int64_t now, struct hd_str *out)
{
	int64_t left = l->left - (now - l->at);

	if (l->waves == 0)
		return;
	hd_str_addf(out, "%zu of %zu waves done", l->done, l->waves);
	if (l->left < 0)
		return;
	hd_str_add(out, ", ");
	if (left > 0)
		add_left(out, left, l->more);
	else
		hd_str_add(out, "longer than estimated");
}

void
hd_wave_line_end(struct hd_str *out, const struct hd_event *ev)
{
	char took[HD_UNITS_MAX];

	hd_units_ms(took, ev->ms);
	hd_str_addf(out, "wave %zu of %zu took %s", (size_t)ev->done,
	    (size_t)ev->size, took);
	if (ev->left < 0)
		return;
	hd_str_add(out, "; ");
	add_left(out, ev->left, ev->text != NULL ? ev->text : "");
}
