#!/bin/sh
# The files of packaging/, as make dist fills them: one version, right digests,
# and every installed file in the package.
# shellcheck disable=SC1091,SC2013,SC2016 # scripts that make dist writes
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

git -C "$top" rev-parse -q --verify HEAD >/dev/null 2>&1 || {
	echo 'needs the git repository'
	exit 77
}
"$HDEPLOY" version >out 2>err
version=$(sed -n 's/^hdeploy //p' out)
tarball=hdeploy-$version.tar.gz
sh "$top/.ci/dist.sh" "$scratch/dist" https://example.com/ >out 2>err
status=$?
expect_status "make dist" 0
cd dist || exit 1
: >out
: >err

# In packaging/ the version is @VERSION@: cmd/version.h has it.
expect "packaging/ has no version of hdeploy" sh -c \
	"! grep -rnwF -e '$version' '$top/packaging'"
expect "every @NAME@ is filled" sh -c \
	"! grep -nE '@[A-Z0-9]+@' APKBUILD Containerfile hdeploy.rb hdeploy.spec"
expect "the homepage is that of make dist" test \
	"$(grep -lF https://example.com/ ./*)" = "./APKBUILD
./hdeploy.rb
./hdeploy.spec"

# shellcheck disable=SC2016 # for the inner shell
expect "APKBUILD has the version" test \
	"$(sh -c '. ./APKBUILD && echo "$pkgver $source"')" = "$version $tarball"
expect "and the digest" sh -c '. ./APKBUILD && echo "$sha512sums" |
	sed "/^$/d" | sha512sum -c'
expect "the spec has the version" test \
	"$(sed -n 's/^Version: *//p; s/.* - \(.*\)-1$/\1/p' hdeploy.spec)" = \
	"$version
$version"
expect "the formula has the version" grep -qF "hdeploy-$version.tar.gz\"" \
	hdeploy.rb
expect "and the digest" grep -qF "sha256 \"$(sha256sum "$tarball" |
	cut -c1-64)\"" hdeploy.rb
expect "the sources of the Containerfile are there" sh -c \
	'for f in $(sed -n "s/^ADD \(.*\) .*/\1/p" Containerfile); do
		test -f "$f" || exit 1; done'

# All packages name the libraries that pkg-config looks for.
# named FILE NAME MODULE...
named() {
	for module in $modules; do
		name=$(awk -v m="pc:$module" -v c="$2" '$1 == "build" &&
			$2 ~ "^" m "(>|$)" { print $c }' "$top/.ci/packages")
		expect "$1 needs $module" grep -qE "(\"|\(|	| )($name|$module)(@3)?(\"|\)|$)" "$1"
	done
}
modules=$(sed -n 's/^MODULES = //p' "$top/Makefile")
named APKBUILD 5
named hdeploy.spec 4
named hdeploy.rb 7

# An installed file is in the package: Alpine's has all; for the spec they are
# compared with %files.
(
	cd "$top" && B=$(dirname "$HDEPLOY") pkgdir=$scratch/root
	export B pkgdir
	. "$scratch/dist/APKBUILD" && package
) >out 2>err
status=$?
expect_status "package() of APKBUILD" 0
for file in bin/hdeploy share/man/man1/hdeploy.1 \
	share/bash-completion/completions/hdeploy \
	share/zsh/site-functions/_hdeploy share/doc/hdeploy/deploy.ini.example; do
	expect "Alpine's package has $file" test -s "$scratch/root/usr/$file"
done
sed -n '/^%files/,/^%changelog/s/^\(%{.*\)$/\1/p' hdeploy.spec |
	sed 's|%{_bindir}|/usr/bin|; s|%{_datadir}|/usr/share|
		s|%{_docdir}|/usr/share/doc|; s|%{_mandir}|/usr/share/man|' >files
(cd "$scratch/root" && find . -type f | sed 's/^.//') >installed
while read -r file; do
	for pattern in $(cat files); do
		# shellcheck disable=SC2254 # a pattern
		case $file in
		$pattern | $pattern*) continue 2 ;;
		esac
	done
	echo "$file"
done <installed >out
expect_empty "the spec has every installed file" out
while read -r pattern; do
	expect "$pattern is installed" grep -qE "^$pattern" installed
done <files

# The formula, with the part of Homebrew that it uses, if there is ruby.
if command -v ruby >/dev/null; then
	ruby "$top/tests/support/formula.rb" hdeploy.rb >out 2>err
	status=$?
	expect_status "the formula" 0
	expect_line "it builds" out "make"
	expect_line "and installs" out "make install PREFIX=/prefix"
	expect_line "it tests the version" out "/prefix/bin/hdeploy version"
fi
if command -v rpmspec >/dev/null; then
	rpmspec -q --qf '%{NAME} %{VERSION}\n' hdeploy.spec >out 2>err
	expect_line "rpmspec reads the spec" out "hdeploy $version"
fi
cd "$scratch" || exit 1
finish
