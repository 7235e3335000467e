#!/bin/sh
# The images of packaging/Containerfile. Their base images are made here by
# debootstrap, so that no registry decides the result. Needs root, debootstrap and
# buildah.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/debian.sh

command -v buildah >/dev/null || left_out 'needs buildah'
said=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$said"; image rm -a; image rmi -a -f; rm -rf "$work"' EXIT

image() { # ARGUMENT...
	buildah --storage-driver vfs --root "$work/images" \
		--runroot "$work/run" "$@" >>"$said" 2>&1
}

flunk() { # WHAT
	echo "$*"
	tail -n 40 "$said"
	exit 1
}

base() { # RELEASE
	debian_system "$1"
	image from --name "$1" scratch && image add -q "$1" "$system" / &&
		image commit -q "$1" "docker.io/library/debian:$1-slim" ||
		flunk "the base image of $1"
}

build() { # NAME ARGUMENT...
	name=$1
	shift
	image bud --isolation chroot --network host --pull-never -t "$name" \
		"$@" "$work/dist" || flunk "the image $name"
	image from --pull-never --name "$name" "localhost/$name" ||
		flunk "a container of $name"
}

base bookworm
base trixie
sh .ci/dist.sh "$work/dist" https://example.org >"$said" 2>&1 || flunk 'make dist'

build whole
: >"$said"
image run --isolation chroot whole -- sh -c 'hdeploy version && ssh -V' ||
	flunk 'hdeploy or ssh does not run in the first image'
grep -q '^libssh2 ' "$said" && grep -q '^OpenSSH_' "$said" ||
	flunk 'the first image lacks a version'

build alone --target alone
: >"$said"
image mount alone || flunk 'the second image'
folder=$(tail -n 1 "$said")
[ "$(cd "$folder" && find . -type f | sort | paste -sd ' ')" = \
	'./usr/bin/hdeploy ./usr/share/doc/hdeploy/hdeploy.spdx.json' ] ||
	flunk 'the second image has other files'
chroot "$folder" /usr/bin/hdeploy version | grep '^libssh2 ' ||
	flunk 'hdeploy does not run in the second image'
echo 'both images build and run'
