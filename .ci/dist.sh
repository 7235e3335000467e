#!/bin/sh
# dist.sh FOLDER [HOMEPAGE]: writes the source tarball of the commit HEAD to
# FOLDER, its digest in SHA256SUMS, and the files of packaging/ that build
# packages from it, with the version and the digests in place of @NAME@. The same
# commit gives the same bytes on any day and machine: all times are that of the
# commit, and the umask and the settings of the user have no effect.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
# The project has no page yet, and some packages must name one.
homepage=${2:-https://hdeploy.example/}
mkdir -p "$1"
cd "$1"
git() {
	command git -C "$top" -c core.autocrlf=false -c tar.umask=0022 "$@"
}
git rev-parse -q --verify HEAD >/dev/null || {
	echo 'make dist needs the git repository of hdeploy' >&2
	exit 1
}
[ -z "$(git status --porcelain)" ] ||
	echo 'packing the last commit, without the changes since then' >&2
version=$(git show HEAD:cmd/version.h |
	sed -n 's/^#define HD_VERSION "\(.*\)"/\1/p')
name=hdeploy-$version.tar.gz
git archive --format=tar --prefix="hdeploy-$version/" HEAD |
	gzip -n -9 >"$name.new"
mv "$name.new" "$name"
sha256sum "$name" >SHA256SUMS

maintainer=$(git show HEAD:debian/changelog |
	sed -n '/^ -- /{s/^ -- \(.*>\)  .*/\1/p;q;}')
day=$(LC_ALL=C TZ=UTC date -d "@$(git show -s --format=%ct HEAD)" '+%a %b %d %Y')
for file in APKBUILD Containerfile hdeploy.rb hdeploy.spec; do
	git show "HEAD:packaging/$file" | sed "s|@VERSION@|$version|g
		s|@HOMEPAGE@|$homepage|g
		s|@MAINTAINER@|$maintainer|g
		s|@DAY@|$day|g
		s|@SHA256@|$(sha256sum "$name" | cut -c1-64)|g
		s|@SHA512@|$(sha512sum "$name" | cut -c1-128)|g" >"$file"
done
echo "$1/$name"
