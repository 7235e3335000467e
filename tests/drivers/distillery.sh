# shellcheck shell=sh disable=SC2034
# The control scripts of 2.1, which have a copy of the boot pointer in var/.
settings() {
	echo 'env.REPLACE_OS_VARS = true'
}

begins=start
