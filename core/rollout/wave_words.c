#include "core/rollout/wave_words.h"

enum { NAMES_SHOWN = 6, WAVES_SHOWN = 8 };

void
hd_wave_describe(struct hd_str *out, struct hd_site *const *sites, size_t n)
{
	for (size_t i = 0; i < n && i < NAMES_SHOWN; i++)
		hd_str_addf(
		    out, "%s%s", i > 0 ? ", " : "", sites[i]->host->name);
	if (n > NAMES_SHOWN)
		hd_str_addf(out, " and %zu more", n - NAMES_SHOWN);
}

static size_t
sum(const size_t *sizes, size_t n)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += sizes[i];
	return total;
}

/* "3 waves: web1 | web2, web3 | web4" */
void
hd_waves_tell(const struct hd_run *run, struct hd_site *const *sites,
    const size_t *sizes, size_t waves)
{
	bool many = waves > WAVES_SHOWN;
	size_t shown = many ? WAVES_SHOWN - 1 : waves;
	size_t more = sum(sizes + shown, waves - shown);
	HD_AUTO_STR text = HD_STR_INIT(16 * 1024);

	if (waves < 2)
		return;
	hd_str_addf(&text, "%zu waves: ", waves);
	for (size_t i = 0; i < shown; sites += sizes[i++]) {
		hd_str_add(&text, i > 0 ? " | " : "");
		hd_wave_describe(&text, sites, sizes[i]);
	}
	if (many)
		hd_str_addf(
		    &text, " | %zu more host%s", more, more == 1 ? "" : "s");
	hd_emitf(run->sink, HD_EV_NOTE, NULL, "%s", text.ptr);
}
