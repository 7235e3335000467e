#include "cmd/screen_plain_pass.h"

#include "cmd/changes.h"
#include "cmd/result_words.h"
#include "cmd/screen_plain_line.h"
#include "cmd/screen_summary.h"

/* A log without a line for longer looks as if the watch had ended. */
enum { SILENCE_MS = 5 * 60 * 1000 };

void
hd_plain_on_change(struct hd_plain *p, const struct hd_event *ev)
{
	hd_changes_take(p->changes, ev);
}

static void
put_table(struct hd_plain *p, const struct hd_event *ev)
{
	char time[HD_CHANGES_TIME];

	hd_changes_time(time, ev->at);
	fprintf(p->o.out, "%s  %zu of %zu answered", time,
	    hd_reports_answered(ev), ev->nreports);
	hd_summary_hosts(p->o.out, ev,
	    &(struct hd_summary_opts){
		.color = p->o.color, .wide = p->o.wide });
	fputc('\n', p->o.out);
}

static void
put_silence(struct hd_plain *p, const struct hd_event *ev)
{
	HD_AUTO_ARENA a = { 0 };
	char time[HD_CHANGES_TIME];

	hd_changes_time(time, ev->at);
	fprintf(p->o.out, "%s  no change, asked %u times", time, p->still);
	hd_plain_text(p->o.out, "; ", hd_reasons_totals(&a, ev), "");
	fputc('\n', p->o.out);
}

/* Changes are shown even with --quiet: they are the purpose of the run. */
void
hd_plain_on_pass(struct hd_plain *p, const struct hd_event *ev)
{
	bool table = !p->o.quiet && (ev->done <= 1 || p->o.verbose);
	size_t lines = hd_changes_print(p->changes, p->o.out, ev, 0);

	p->still = lines > 0 ? 0 : p->still + (ev->done > 1);
	if (table) {
		fputs(lines > 0 ? "\n" : "", p->o.out);
		put_table(p, ev);
	} else if (lines == 0 && !p->o.quiet && p->said != 0 &&
		   ev->at - p->said >= SILENCE_MS) {
		put_silence(p, ev);
		lines = 1;
	}
	if (table || lines > 0 || p->said == 0)
		p->said = ev->at;
}
