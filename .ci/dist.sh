#!/bin/sh
# dist.sh FOLDER: writes the source tarball of the commit HEAD, and its digest
# in SHA256SUMS, to FOLDER. The same commit gives the same bytes on any day and
# machine: all times are that of the commit, and the umask and the settings of
# the user have no effect.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
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
echo "$1/$name"
