#!/bin/sh
# sbom.sh FOLDER: for the static binary FOLDER/hdeploy, writes hdeploy.spdx.json
# (SPDX 2.3) and SHA256SUMS beside it. The linker's map names every file that
# was linked, and dpkg its package. The same binary gives the same bytes: the
# time is SOURCE_DATE_EPOCH, by default that of debian/changelog.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
here=$1
export LC_ALL=C TZ=UTC
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die() {
	printf 'sbom: %s\n' "$*" >&2
	exit 1
}

linked() { # all files of the libraries and of the compiler
	awk '/^(Discarded|Merging|Memory)/ { exit }
		/^[^ ].*\.a\(/ { sub(/\(.*/, ""); print }' "$here/hdeploy.map"
	sed -n 's/^LOAD \(.*\.o\)$/\1/p' "$here/hdeploy.map"
}

license() { # SOURCE
	while read -r pattern expression; do
		# shellcheck disable=SC2254 # a pattern
		case $1 in $pattern)
			echo "$expression"
			return
			;;
		esac
	done <packaging/licenses
	die "packaging/licenses has no row for $1"
}

# A line for a file of a Debian package: source, version, file, package, its
# version.
# shellcheck disable=SC2016 # dpkg-query's own
from_debian() { # FILE
	package=$(dpkg-query -S "$1" 2>/dev/null | sed 's/: .*//')
	[ -n "$package" ] || die "$1 is in no Debian package, so the SBOM cannot name its source"
	dpkg-query -W -f '${source:Package}\t${source:Version}\t'"${1##*/}"'\t${binary:Package} ${Version}\n' \
		"$package"
}

# libssh2.source names the origin and the patches of the libssh2 in .deps: see
# .ci/libssh2.sh.
from_deps() {
	[ -f .deps/lib/libssh2.source ] ||
		die 'the origin of .deps/lib/libssh2.a is not recorded:' \
			'remove .deps and run make static again'
	printf 'libssh2\t%s\tlibssh2.a\t.ci/libssh2.sh\n' \
		"$(sed -n 's/^version //p' .deps/lib/libssh2.source)"
	sed -n 's/^patch //p' .deps/lib/libssh2.source >"$scratch/patches"
}

: >"$scratch/patches"
linked | sort -u | while read -r file; do
	file=$(realpath "$file")
	case $file in
	"$top"/.deps/*) from_deps ;;
	"$(realpath "$here")"/*) ;;
	*) from_debian "$file" ;;
	esac
done >"$scratch/files"
cut -f1,2 "$scratch/files" | sort -u | while read -r source version; do
	found=$(license "$source")
	printf '%s\t%s\t%s\t' "$source" "$version" "$found"
	awk -F '\t' -v s="$source" '$1 == s { files[$4] = files[$4] sep[$4] $3
			sep[$4] = ", " }
		END { for (p in files) print files[p] " of " p }' "$scratch/files" |
		sort | paste -s -d ';' | sed 's/;/; /g'
done >"$scratch/libraries"

version=$(sed -n 's/^#define HD_VERSION "\(.*\)"/\1/p' cmd/version.h)
changed=$(sed -n '/^ -- /{s/.*>  //p;q;}' debian/changelog)
created=$(date -d "@${SOURCE_DATE_EPOCH:-$(date -d "$changed" +%s)}" \
	+%Y-%m-%dT%H:%M:%SZ)
jq -n --arg version "$version" --arg created "$created" \
	--arg sha256 "$(sha256sum "$here/hdeploy" | cut -c1-64)" \
	--arg arch "$(dpkg --print-architecture)" \
	--arg vendor "$(. /etc/os-release && echo "$ID")" \
	--rawfile libraries "$scratch/libraries" \
	--rawfile patches "$scratch/patches" \
	-f packaging/sbom.jq >"$here/hdeploy.spdx.json.new"
mv "$here/hdeploy.spdx.json.new" "$here/hdeploy.spdx.json"
(cd "$here" && sha256sum hdeploy hdeploy.spdx.json >SHA256SUMS)
echo "$here/hdeploy $here/hdeploy.spdx.json"
