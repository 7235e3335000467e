#!/bin/sh
# package.sh RELEASE: the Debian package on that release: built in one system,
# checked with lintian, installed in another that has only what the package
# depends on; then the demo runs with the installed program.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/debian.sh
release=$1

flunk() { # WHAT
	echo "$release: $*"
	tail -n 40 "$said"
	exit 1
}

# there ROOT COMMAND: inside, with its output in $said
there() {
	inside "$@" >"$said" 2>&1
}

build() {
	debian_copy "$work/build"
	debian_tree "$work/build"
	there "$work/build" 'apt-get -qq update &&
		apt-get -qqy install --no-install-recommends build-essential \
			lintian fakeroot ca-certificates &&
		cd /hdeploy && apt-get -qqy build-dep --no-install-recommends ./' ||
		flunk 'the packages for the build'
	there "$work/build" 'cd /hdeploy && dpkg-buildpackage -us -uc -b' ||
		flunk 'dpkg-buildpackage'
	there "$work/build" 'lintian --allow-root --fail-on error \
		/hdeploy_*.changes' || flunk 'lintian'
	cat "$said"
}

install_it() {
	debian_copy "$work/clean"
	debian_tree "$work/clean"
	cp "$work"/build/hdeploy_*.deb "$work/clean/hdeploy.deb"
	there "$work/clean" 'apt-get -qq update &&
		apt-get -qqy install --no-install-recommends /hdeploy.deb' ||
		flunk 'the package cannot be installed'
	there "$work/clean" 'cd / && hdeploy version && hdeploy help' ||
		flunk 'hdeploy version'
	grep -m 1 '^libssh2 ' "$said"
	# documentation is left out of some containers
	there "$work/clean" 'dpkg -L hdeploy | grep -e man/ -e completion' ||
		flunk 'no manual'
	there "$work/clean" 'apt-get -qqy install --no-install-recommends make &&
		cd /hdeploy && make deps FOR=demo' || flunk 'the packages of the demo'
	there "$work/clean" 'cd /hdeploy && NO_COLOR=1 HDEPLOY=/usr/bin/hdeploy \
		sh tests/demo.sh' || flunk 'the demo'
	there "$work/clean" 'apt-get -qqy purge hdeploy && ! command -v hdeploy' ||
		flunk 'it cannot be removed'
}

said=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$said" "$work"' EXIT
debian_system "$release"
build
install_it
echo "$release: the package builds, installs and runs the demo"
