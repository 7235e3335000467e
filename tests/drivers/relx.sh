# shellcheck shell=sh
# What laboratories have anyway: see lab_ini.
settings() {
	:
}
