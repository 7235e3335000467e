#!/bin/sh
# hdeploy on Debian 13, with Elixir 1.18: builds it there, and releases of
# `mix release` and of Castle, and runs their tests. Needs root and debootstrap.
# The system is made in build/debian13 once, from the mirror that this machine
# uses. TESTS: the integration tests to run; DRIVERS: rows of tests/drivers/rows.
set -u
cd "$(dirname "$0")/../.." || exit 1
tests=${TESTS:-test_mix_hot test_mix_configuration test_mix_providers test_castle}
drivers=${DRIVERS-mix castle-1}
system=$PWD/build/debian13

left_out() { # REASON
	echo "$*"
	exit 77
}

# shellcheck disable=SC2016 # apt-get's own
mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' \
		'Label: Debian' 'Component: main' 2>/dev/null | head -n 1
}

# Another name until it is whole: a run that ends early leaves no half of one.
make_system() {
	rm -rf "$system" "$system.new"
	mkdir -p "$system.new"
	debootstrap --variant=minbase trixie "$system.new" "$from" >"$said" 2>&1 ||
		left_out "debootstrap failed: $(tail -n 1 "$said")"
	# no server of a package starts
	printf '#!/bin/sh\nexit 101\n' >"$system.new/usr/sbin/policy-rc.d"
	chmod +x "$system.new/usr/sbin/policy-rc.d"
	echo force-unsafe-io >"$system.new/etc/dpkg/dpkg.cfg.d/fast"
	mv "$system.new" "$system"
}

# inside COMMAND: a shell command there, in the copy of this tree. Its processes
# and mounts end with it.
inside() {
	# shellcheck disable=SC2016 # for the inner shells
	unshare -m -p -f --kill-child sh -c '
		mount --bind "$1" "$1" && cd "$1" &&
		mount -t proc proc proc && mount --rbind /dev dev &&
		mount --rbind /sys sys || exit
		exec chroot . env -i HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive \
			PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin \
			sh -c "cd /hdeploy && $2"' sh "$system" "$1" </dev/null
}

[ "$(id -u)" = 0 ] || left_out 'needs root'
command -v debootstrap >/dev/null || left_out 'needs debootstrap'
unshare -m -p -f true 2>/dev/null || left_out 'namespaces are not allowed here'
said=$(mktemp)
trap 'rm -f "$said"' EXIT
from=$(mirror)
[ -n "$from" ] || left_out 'apt has no mirror of Debian'
[ -x "$system/bin/sh" ] || make_system
cp -L /etc/resolv.conf "$system/etc/resolv.conf" 2>/dev/null

mkdir -p "$system/hdeploy"
find "$system/hdeploy" -mindepth 1 -maxdepth 1 ! -name build ! -name .deps \
	-exec rm -rf {} +
tar -cf - --exclude=./build --exclude=./.deps --exclude=./.git . |
	tar -xf - -C "$system/hdeploy"
inside 'command -v make >/dev/null || {
	apt-get -qq update && apt-get -qqy install --no-install-recommends make
}' >"$said" 2>&1 || left_out "apt-get failed: $(tail -n 1 "$said")"
inside 'make deps FOR="units demo tests"' >"$said" 2>&1 || {
	cat "$said"
	exit 1
}
inside 'elixir --version | tail -n 1; cat /etc/debian_version'
inside "make -j2 all interop fixtures >build.log 2>&1 || { tail -n 30 build.log
	exit 1; }" || exit
inside "make check-integration T='$tests'" || exit
for name in $drivers; do
	inside "sh tests/drivers/conformance.sh $name short" || exit
done
