#!/bin/sh
# libssh2.sh [SOURCE]: builds a static libssh2 in .deps/ from SOURCE, an
# unpacked source tree; by default from the source package of the Debian release
# below, with its security patches and libssh2.patch.
#
# The package list comes from the mirrors that this machine already uses, and
# goes into a scratch folder: apt's own state is not changed, and need not be
# writable. Signatures are checked against Debian's keyring.
set -eu
release=trixie # the first Debian release with libssh2 1.11.1
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

cd "$(dirname "$0")/.."
top=$(pwd)
mkdir -p .deps
# configure and libtool fail in a path with a space: build in /tmp and copy the
# result.
scratch=$(mktemp -d /tmp/libssh2.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() {
	printf 'libssh2: %s\n' "$*" >&2
	exit 1
}

quietly() { # COMMAND...: shows its output only if it fails
	"$@" >"$scratch/log" 2>&1 || {
		tail -n 40 "$scratch/log" >&2
		die "$1 failed; its last lines are above"
	}
}

list_sources() { # this machine's Debian mirrors, with the release above
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(LABEL)' \
	    'Created-By: Packages' | sort -u | while read -r uri name label; do
		case $label in Debian | Debian-Security) ;; *) continue ;; esac
		case $uri$name in cdrom:* | *-backports*) continue ;; esac
		suffix=${name#"${name%%-*}"}
		echo "deb-src [signed-by=$keyring] $uri $release$suffix main"
	done
}

fetch() { # sets $source
	command -v dpkg-source >/dev/null ||
	    die 'needs dpkg-dev, or SOURCE: make deps LIBSSH2_SRC=DIR'
	list_sources >"$scratch/sources.list"
	[ -s "$scratch/sources.list" ] ||
	    die 'apt lists no Debian mirror: run apt-get update first'
	mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial"
	cat >"$scratch/apt.conf" <<-EOF
	Dir::Etc::sourcelist "$scratch/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::State::lists "$scratch/lists";
	Dir::Cache "$scratch/cache";
	APT::Sandbox::User "";
	APT::Get::AllowUnauthenticated "false";
	APT::Update::Error-Mode "any";
	EOF
	export APT_CONFIG="$scratch/apt.conf"
	quietly apt-get update
	cd "$scratch"
	quietly apt-get source libssh2
	for source in "$scratch"/libssh2-*/; do :; done
	if patch -s -f --dry-run -p1 -d "$source" <"$top/.ci/libssh2.patch"
	then
		quietly patch -f -p1 -d "$source" <"$top/.ci/libssh2.patch"
		ours=.ci/libssh2.patch
	else echo 'libssh2: .ci/libssh2.patch does not apply: uploads are slower'
	fi
}

# For an SBOM: the version, and the digests and names of the patches.
name_origin() {
	if [ ! -f "$source/debian/changelog" ]; then
		echo "version folder:$version"
		return
	fi
	echo "version $(sed -n '1s/.*(\(.*\)).*/\1/p' "$source/debian/changelog")"
	{
		sed -n 's|^[^# ][^ ]*|debian/patches/&|p' \
			"$source/debian/patches/series"
		echo "${ours-}"
	} | while read -r patch _; do
		[ -n "$patch" ] || continue
		file=$source/$patch
		[ "$patch" != "${ours-}" ] || file=$top/$patch
		echo "patch $(sha1sum <"$file" | cut -c1-40)" \
		    "$(sha256sum <"$file" | cut -c1-64) $patch"
	done
}

if [ -n "${1-}" ]; then
	source=$(cd "$1" && pwd)
else
	echo "libssh2: fetching Debian's source package of $release"
	fetch
fi
[ -x "$source/configure" ] ||
    die "$source has no configure script; take a release tarball of libssh2"

# Built outside the source, so that the user's folder does not change.
echo 'libssh2: building'
ln -s "$source" "$scratch/source"
mkdir "$scratch/build"
cd "$scratch/build"
quietly "$scratch/source/configure" --prefix="$scratch/made" \
    --libdir="$scratch/made/lib" \
    --disable-shared --enable-static --with-crypto=openssl --without-libz \
    --disable-examples-build --disable-tests \
    CFLAGS='-O2 -g -fPIC -fstack-protector-strong -D_FORTIFY_SOURCE=2'
quietly make -j2 -C src install
quietly make -C "$scratch/build" install-includeHEADERS
mkdir -p "$top/.deps/include" "$top/.deps/lib/pkgconfig"
cp "$scratch/made/include"/* "$top/.deps/include/"
cp "$scratch/made/lib/libssh2.a" "$top/.deps/lib/"
version=$(sed -n 's/^#define LIBSSH2_VERSION  *"\(.*\)"/\1/p' \
    "$top/.deps/include/libssh2.h")
name_origin >"$top/.deps/lib/libssh2.source"

# Not libssh2's own file: this tree can be moved, and must link the archive.
cat >"$top/.deps/lib/pkgconfig/libssh2.pc" <<EOF
prefix=\${pcfiledir}/../..
Name: libssh2
Description: SSH 2 client library, static
Version: $version
Requires: libcrypto
Cflags: -I\${prefix}/include
Libs: \${prefix}/lib/libssh2.a
EOF
echo "libssh2: $version is in .deps"
