#!/bin/sh
# package.sh RELEASE: the Debian package on that release: built in one system,
# checked with lintian, installed in another that has only what the package
# depends on; then the demo runs with the installed program. Needs root and
# debootstrap. The systems are copies of build/package-systems/RELEASE, which is
# made once, from the mirror that this machine uses.
set -u
cd "$(dirname "$0")/../.." || exit 1
release=$1
system=$PWD/build/package-systems/$release

left_out() { # REASON
	echo "$*"
	exit 77
}

flunk() { # WHAT
	echo "$release: $*"
	tail -n 40 "$said"
	exit 1
}

# shellcheck disable=SC2016 # apt-get's own
mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' \
		'Label: Debian' 'Component: main' 2>/dev/null | head -n 1
}

# Another name until it is whole: a run that ends early leaves no half of one.
make_system() {
	rm -rf "$system.new"
	mkdir -p "$system.new"
	debootstrap --variant=minbase "$release" "$system.new" "$from" \
		>"$said" 2>&1 || left_out "debootstrap: $(tail -n 1 "$said")"
	printf '#!/bin/sh\nexit 101\n' >"$system.new/usr/sbin/policy-rc.d"
	chmod +x "$system.new/usr/sbin/policy-rc.d"
	echo force-unsafe-io >"$system.new/etc/dpkg/dpkg.cfg.d/fast"
	mv "$system.new" "$system"
}

# inside ROOT COMMAND: a shell command there. Its processes and mounts end with
# it.
inside() {
	# shellcheck disable=SC2016 # for the inner shells
	unshare -m -p -f --kill-child sh -c '
		mount --bind "$1" "$1" && cd "$1" &&
		mount -t proc proc proc && mount --rbind /dev dev &&
		mount --rbind /sys sys || exit
		exec chroot . env -i HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive \
			PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin \
			sh -c "$2"' sh "$1" "$2" </dev/null >"$said" 2>&1
}

# copy_of NAME: a fresh copy of the system, with this tree in /hdeploy.
copy_of() {
	rm -rf "${work:?}/$1"
	cp -a "$system" "$work/$1"
	cp -L /etc/resolv.conf "$work/$1/etc/resolv.conf" 2>/dev/null
	printf '127.0.0.1 localhost %s\n' "$(uname -n)" >"$work/$1/etc/hosts"
	mkdir "$work/$1/hdeploy"
	tar -cf - --exclude=./build --exclude=./.deps --exclude=./.git . |
		tar -xf - -C "$work/$1/hdeploy"
}

build() {
	copy_of build
	inside "$work/build" 'apt-get -qq update &&
		apt-get -qqy install --no-install-recommends build-essential \
			lintian fakeroot ca-certificates &&
		cd /hdeploy && apt-get -qqy build-dep --no-install-recommends ./' ||
		flunk 'the packages for the build'
	inside "$work/build" 'cd /hdeploy && dpkg-buildpackage -us -uc -b' ||
		flunk 'dpkg-buildpackage'
	inside "$work/build" 'lintian --allow-root --fail-on error \
		/hdeploy_*.changes' || flunk 'lintian'
	cat "$said"
}

install_it() {
	copy_of clean
	cp "$work"/build/hdeploy_*.deb "$work/clean/hdeploy.deb"
	inside "$work/clean" 'apt-get -qq update &&
		apt-get -qqy install --no-install-recommends /hdeploy.deb' ||
		flunk 'the package cannot be installed'
	inside "$work/clean" 'cd / && hdeploy version && hdeploy help' ||
		flunk 'hdeploy version'
	grep -m 1 '^libssh2 ' "$said"
	# documentation is left out of some containers
	inside "$work/clean" 'dpkg -L hdeploy | grep -e man/ -e completion' ||
		flunk 'no manual'
	inside "$work/clean" 'apt-get -qqy install --no-install-recommends make &&
		cd /hdeploy && make deps FOR=demo' || flunk 'the packages of the demo'
	inside "$work/clean" 'cd /hdeploy && NO_COLOR=1 HDEPLOY=/usr/bin/hdeploy \
		sh tests/demo.sh' || flunk 'the demo'
	inside "$work/clean" 'apt-get -qqy purge hdeploy && ! command -v hdeploy' ||
		flunk 'it cannot be removed'
}

[ "$(id -u)" = 0 ] || left_out 'needs root'
command -v debootstrap >/dev/null || left_out 'needs debootstrap'
unshare -m -p -f true 2>/dev/null || left_out 'namespaces are not allowed here'
said=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$said" "$work"' EXIT
from=$(mirror)
[ -n "$from" ] || left_out 'apt has no mirror of Debian'
[ -x "$system/bin/sh" ] || make_system
build
install_it
echo "$release: the package builds, installs and runs the demo"
