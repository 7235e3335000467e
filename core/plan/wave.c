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

enum hd_wave_verdict
hd_wave_judge(const struct hd_env *env, size_t failed, size_t broken)
{
	if (failed == 0)
		return HD_WAVE_ON;
	if (env->on_failure == HD_ON_FAILURE_ROLLBACK)
		return HD_WAVE_BACK;
	if (env->on_failure == HD_ON_FAILURE_CONTINUE && broken == 0 &&
	    failed <= env->max_failures)
		return HD_WAVE_ON;
	return HD_WAVE_STOP;
}
