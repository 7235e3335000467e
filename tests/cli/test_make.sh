#!/bin/sh
# The Makefile has help, few requirements and a compilation database.
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

in_top() { # ARGUMENT...: runs make in the top folder
	status=0
	make -s -C "$top" --no-print-directory "$@" >out 2>err </dev/null ||
		status=$?
}

in_top help
expect_status "make help" 0
expect "the help fits a terminal" awk 'length > 80 { exit 1 }' out
cp out help
targets=$(sed -n '/^\.PHONY:/,/[^\\]$/p' "$top/Makefile" |
	sed 's/\\$//; s/^\.PHONY://')
for target in $targets; do
	expect "the help names $target" grep -qwF -e "$target" help
done

needs() { # ARGUMENT...: the package groups that make checks, on one line
	in_top -n "$@"
	sed -n 's/.*deps\.sh check //p' out | tr '\n' ' '
}
expect "one unit test needs few packages" test \
	"$(needs check-unit T=test_str)" = "build units "
expect "all unit tests need the packages of all tests" test \
	"$(needs check-unit)" = "build units units demo tests "
expect "a unit test needs cmocka alone" test \
	"$(sed -n 's/^units  *\([^ ]*\).*/\1/p' "$top/.ci/packages")" = pc:cmocka

in_top -n lab CMD="echo 'a b' \"\$HOME\""
expect_line "make lab passes CMD on" out \
	"HDEPLOY='$top/build/hdeploy' CMD='echo '\\''a b'\\'' \"\$HOME\"' sh tests/lab.sh"

# What install puts in place, uninstall removes.
in_top install B="$(dirname "$HDEPLOY")" DESTDIR="$scratch/root" PREFIX=/usr
expect_status "make install" 0
for file in bin/hdeploy share/man/man1/hdeploy.1 share/man/man5/deploy.ini.5 \
	share/man/man7/hdeploy-events.7 share/zsh/site-functions/_hdeploy \
	share/bash-completion/completions/hdeploy \
	share/fish/vendor_completions.d/hdeploy.fish \
	share/doc/hdeploy/deploy.ini.example \
	share/doc/hdeploy/examples/hooks/haproxy.sh \
	share/doc/hdeploy/from/ansible.md; do
	expect "install has $file" test -s "root/usr/$file"
done
in_top uninstall DESTDIR="$scratch/root" PREFIX=/usr
expect_status "make uninstall" 0
expect "uninstall leaves nothing" test -z "$(find root -type f)"

# The same commit gives the same tarball, on any day and for any user.
version=$("$HDEPLOY" version | sed -n 's/^hdeploy //p')
if git -C "$top" rev-parse -q --verify HEAD >/dev/null 2>&1; then
	git clone -q "$top" clone
	(cd clone && umask 077 && TZ=UTC sh .ci/dist.sh ../one)
	find clone -name .git -prune -o -type f -exec touch -d '2001-02-03' {} +
	(cd clone && umask 002 && TZ=Asia/Tokyo sh .ci/dist.sh ../two)
	expect "make dist packs the same bytes twice" \
		cmp one/hdeploy-*.tar.gz two/hdeploy-*.tar.gz
	expect "its digest is in SHA256SUMS" sh -c 'cd one && sha256sum -c SHA256SUMS'
	tar -tzf "one/hdeploy-$version.tar.gz" >out
	expect "it has the sources" grep -qx "hdeploy-$version/cmd/main.c" out
	expect "all of it is in one folder" sh -c "! grep -v '^hdeploy-$version/' out"
fi
expect "debian/changelog has the version" test \
	"$(sed -n '1s/.*(\(.*\)).*/\1/p' "$top/debian/changelog")" = "$version"

# An existing database is put back.
database=$top/compile_commands.json
[ ! -e "$database" ] || mv "$database" mine
in_top compile_commands.json
expect_status "make compile_commands.json" 0
mv "$database" out
[ ! -e mine ] || mv mine "$database"
expect "it names every source once" test \
	"$(jq -r '.[].file' out | sort)" = \
	"$(cd "$top" && { find core transport cmd tests/unit tests/support \
		tests/counting tests/fuzz -name '*.c' ! -name fuzz.c
	echo build/core/remote/scripts.c
	echo build/core/erlang/sources.c
	echo build/cmd/embedded.c; } | sort)"
expect "its folder is the source's" test \
	"$(jq -r '.[].directory' out | sort -u)" = "$top"
(cd "$top" && jq -r '.[] | select(.file == "core/base/str.c") | .command' \
	"$scratch/out" | sed 's/ -o [^ ]*/ -fsyntax-only -MF \/dev\/null/' | sh) 2>err
status=$?
expect_status "its commands work" 0

finish
