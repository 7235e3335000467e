# shellcheck shell=sh
# Sourced, in the top folder. A Debian system in a folder: debian_system RELEASE
# names it, debian_copy copies it, inside runs a command there. Needs root and
# debootstrap; without them the test ends as skipped. The log of debootstrap goes
# to the file $said.

left_out() { # REASON
	echo "$*"
	exit 77
}

# debian_system RELEASE: sets $system, build/systems/RELEASE, which is made once
# from the mirror that this machine uses. Nobody changes it: take a copy.
debian_system() {
	[ "$(id -u)" = 0 ] || left_out 'needs root'
	command -v debootstrap >/dev/null || left_out 'needs debootstrap'
	unshare -m -p -f true 2>/dev/null ||
		left_out 'namespaces are not allowed here'
	system=$PWD/build/systems/$1
	[ -x "$system/bin/sh" ] || debian_make "$1"
}

# It has another name until it is whole: a run that ends early leaves no half.
debian_make() { # RELEASE
	# shellcheck disable=SC2016 # apt-get's own
	debian_mirror=$(apt-get indextargets --format '$(REPO_URI)' \
		'Identifier: Packages' 'Label: Debian' 'Component: main' \
		2>/dev/null | head -n 1)
	[ -n "$debian_mirror" ] || left_out 'apt has no mirror of Debian'
	debian_new=$system.$$
	mkdir -p "$debian_new"
	# shellcheck disable=SC2154 # said: the test sets it
	timeout -k 10 600 debootstrap --variant=minbase "$1" "$debian_new" \
		"$debian_mirror" >"$said" 2>&1 || {
		rm -rf "$debian_new"
		left_out "debootstrap: $(tail -n 1 "$said")"
	}
	# no server of a package starts
	printf '#!/bin/sh\nexit 101\n' >"$debian_new/usr/sbin/policy-rc.d"
	chmod +x "$debian_new/usr/sbin/policy-rc.d"
	echo force-unsafe-io >"$debian_new/etc/dpkg/dpkg.cfg.d/fast"
	# if another test was faster, its system is as good
	mv -T "$debian_new" "$system" 2>/dev/null || rm -rf "$debian_new"
}

debian_copy() { # FOLDER: a fresh copy of $system
	rm -rf "${1:?}"
	cp -a "$system" "$1"
}

# debian_tree ROOT: this tree in ROOT/hdeploy, where build and .deps are kept;
# names resolve as on this machine.
debian_tree() {
	cp -L /etc/resolv.conf "$1/etc/resolv.conf" 2>/dev/null
	printf '127.0.0.1 localhost %s\n' "$(uname -n)" >"$1/etc/hosts"
	mkdir -p "$1/hdeploy"
	find "$1/hdeploy" -mindepth 1 -maxdepth 1 ! -name build ! -name .deps \
		-exec rm -rf {} +
	tar -cf - --exclude=./build --exclude=./.deps --exclude=./.git . |
		tar -xf - -C "$1/hdeploy"
}

# inside ROOT COMMAND: a shell command there. It sees no process outside, and
# its own processes and mounts end with it.
inside() {
	# shellcheck disable=SC2016 # for the inner shells
	unshare -m -p -f --kill-child sh -c '
		mount --bind "$1" "$1" && cd "$1" &&
		mount -t proc proc proc && mount --rbind /dev dev &&
		mount --rbind /sys sys || exit
		exec chroot . env -i HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive \
			PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin \
			sh -c "$2"' sh "$1" "$2" </dev/null
}
