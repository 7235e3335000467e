#include "core/plan/wave.h"

size_t
hd_wave_size(const struct hd_env *env, size_t wave, size_t all, size_t left)
{
	const struct hd_batch *b;
	size_t n;

	if (env->batch.n == 0)
		return left;
	b = &env->batch.v[wave < env->batch.n ? wave : env->batch.n - 1];
	n = b->percent ? (all * b->n + 99) / 100 : b->n;
	return n < left ? n : left;
}

void
hd_waves_of(size_t *waves, const struct hd_env *env,
    const struct hd_host *const *hosts, size_t n)
{
	size_t canaries = 0, left, batch = 0, room, number;

	for (size_t i = 0; i < n; i++)
		canaries += hosts[i]->canary;
	left = n - canaries;
	number = canaries > 0 ? 2 : 1;
	room = hd_wave_size(env, batch, n, left);
	for (size_t i = 0; i < n; i++) {
		waves[i] = 1;
		if (hosts[i]->canary)
			continue;
		if (room == 0) {
			room = hd_wave_size(env, ++batch, n, left);
			number++;
		}
		waves[i] = number;
		room--;
		left--;
	}
}

enum hd_wave_verdict
hd_wave_judge(const struct hd_env *env, const struct hd_wave_count *count)
{
	if (count->failed == 0)
		return HD_WAVE_ON;
	if (env->on_failure == HD_ON_FAILURE_ROLLBACK)
		return HD_WAVE_BACK;
	if (env->on_failure == HD_ON_FAILURE_CONTINUE && count->broken == 0 &&
	    count->failed + count->aside <= env->max_failures.n)
		return HD_WAVE_ON;
	return HD_WAVE_STOP;
}

bool
hd_wave_spares(const struct hd_env *env, size_t all, size_t aside)
{
	const struct hd_most *most = &env->max_failures;

	return aside < all && (!most->set || aside <= most->n);
}
