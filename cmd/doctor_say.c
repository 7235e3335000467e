#include "cmd/doctor.h"

enum { TOPIC = 11, LEVEL = 7 }; /* widths */

static void
say(struct hd_doctor *d, const char *topic, const char *level, const char *text,
    const char *remedy)
{
	const struct hd_detail details[] = {
		{ "topic", topic, 0 },
		{ "level", level, 0 },
		{ "text", text, 0 },
		{ "remedy", remedy, 0 },
	};
	const char *line = hd_arena_fmt(&d->arena, "%-*s  %-*s  %s%s%s", LEVEL,
	    level, TOPIC, topic, text, remedy != NULL ? ": " : "",
	    remedy != NULL ? remedy : "");

	hd_emit(
	    d->cli->sink, (struct hd_event){ .kind = HD_EV_ITEM,
			      .step = "doctor",
			      .details = details,
			      .ndetails = HD_COUNT(details) - (remedy == NULL),
			      .text = line });
}

void
hd_doctor_ok(struct hd_doctor *d, const char *topic, const char *text)
{
	say(d, topic, "ok", text, NULL);
}

void
hd_doctor_warn(struct hd_doctor *d, const char *topic, const char *text,
    const char *remedy)
{
	d->warnings++;
	say(d, topic, "warning", text, remedy);
}

void
hd_doctor_problem(struct hd_doctor *d, enum hd_status status, const char *topic,
    const char *text, const char *remedy)
{
	d->problems++;
	/* a wrong deploy.ini ends every run, before all else */
	d->status = status == HD_STATUS_USAGE || d->status == HD_STATUS_USAGE
			? HD_STATUS_USAGE
			: hd_status_worse(d->status, status);
	say(d, topic, "problem", text, remedy);
}
