#!/bin/sh
# hdeploy on Debian 13, with Elixir 1.18: builds it there, and releases of
# `mix release` and of Castle, and runs their tests. build/debian13 keeps the
# system and its build. TESTS: the integration tests to run; DRIVERS: rows of
# tests/drivers/rows.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/debian.sh
tests=${TESTS:-test_mix_hot test_mix_configuration test_mix_providers test_castle}
drivers=${DRIVERS-mix castle-1}
root=$PWD/build/debian13

there() { # COMMAND, in the copy of this tree
	inside "$root" "cd /hdeploy && $1"
}

said=$(mktemp)
trap 'rm -f "$said"' EXIT
debian_system trixie
[ -e "$root/whole" ] || {
	debian_copy "$root"
	touch "$root/whole"
}
debian_tree "$root"
there 'command -v make >/dev/null || {
	apt-get -qq update && apt-get -qqy install --no-install-recommends make
}' >"$said" 2>&1 || left_out "apt-get failed: $(tail -n 1 "$said")"
there 'make deps FOR="units demo tests"' >"$said" 2>&1 || {
	cat "$said"
	exit 1
}
there 'elixir --version | tail -n 1; cat /etc/debian_version'
there "make -j2 all interop fixtures >build.log 2>&1 || { tail -n 30 build.log
	exit 1; }" || exit
there "make check-integration T='$tests'" || exit
for name in $drivers; do
	there "sh tests/drivers/conformance.sh $name short" || exit
done
