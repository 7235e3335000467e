#include "cmd/step.h"

#include "core/base/clock.h"

struct hd_local_step
hd_local_begin(const struct hd_cli *cli, const char *name, const char *text)
{
	struct hd_local_step s = { cli->sink, name, hd_clock_ms() };

	hd_emit(s.sink, (struct hd_event){ .kind = HD_EV_STEP,
			    .step = name,
			    .result = HD_STEP_BEGIN,
			    .text = text });
	return s;
}

static void
end(const struct hd_local_step *s, const char *result, const char *text)
{
	hd_emit(s->sink, (struct hd_event){ .kind = HD_EV_STEP,
			     .step = s->name,
			     .result = result,
			     .text = text,
			     .ms = hd_clock_ms() - s->begun });
}

void
hd_local_end(const struct hd_local_step *s, const char *text)
{
	end(s, HD_STEP_OK, text);
}

enum hd_status
hd_local_failed(const struct hd_local_step *s, const struct hd_err *err)
{
	end(s, HD_STEP_FAILED, err->msg);
	return hd_status_of(err->code);
}
