# shellcheck shell=sh
# Releases made with Castle: as those of `mix release`.
. tests/drivers/mix.sh
