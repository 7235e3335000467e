#include "core/plan/wave.h"

#include "core/base/alloc.h"

/* batch: counts from 0, without the wave of the canaries. left: hosts to go. */
static size_t
size_of(const struct hd_env *env, size_t batch, size_t all, size_t left)
{
	const struct hd_batch *b;
	size_t n;

	if (env->batch.n == 0)
		return left;
	b = &env->batch.v[batch < env->batch.n ? batch : env->batch.n - 1];
	n = b->percent ? (all * b->n + 99) / 100 : b->n;
	return n < left ? n : left;
}

size_t
hd_waves_cut(size_t *sizes, const struct hd_env *env, size_t all,
    size_t canaries, size_t n)
{
	size_t waves = 0, left = n - canaries;

	if (canaries > 0)
		sizes[waves++] = canaries;
	for (size_t batch = 0; left > 0; batch++) {
		sizes[waves] = size_of(env, batch, all, left);
		left -= sizes[waves++];
	}
	return waves;
}

void
hd_waves_of(size_t *waves, const struct hd_env *env,
    const struct hd_host *const *hosts, size_t n)
{
	HD_AUTO_FREE size_t *sizes = hd_alloc((n + 1) * sizeof(*sizes));
	size_t canaries = 0, room = 0, wave;

	for (size_t i = 0; i < n; i++)
		canaries += hosts[i]->canary;
	(void)hd_waves_cut(sizes, env, n, canaries, n);
	wave = canaries > 0;
	for (size_t i = 0; i < n; i++) {
		waves[i] = 1;
		if (hosts[i]->canary)
			continue;
		if (room == 0)
			room = sizes[wave++];
		waves[i] = wave;
		room--;
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

static size_t
count_turns(const size_t *sizes, size_t n, unsigned parallel)
{
	size_t turns = 0;

	for (size_t i = 0; i < n; i++)
		turns += (sizes[i] + parallel - 1) / parallel;
	return turns;
}

int64_t
hd_waves_left(const size_t *sizes, size_t waves, size_t done, unsigned parallel,
    int64_t ms, unsigned pause_ms)
{
	size_t past = count_turns(sizes, done, parallel);
	size_t ahead = count_turns(sizes + done, waves - done, parallel);

	if (past == 0 || ahead == 0)
		return -1;
	return ms / (int64_t)past * (int64_t)ahead +
	       (int64_t)pause_ms * (int64_t)(waves - done);
}
