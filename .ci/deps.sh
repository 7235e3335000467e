#!/bin/sh
# deps.sh check|install FOR...: the packages for build, static, units, demo,
# tests or lint. check names the missing ones and fails. install installs them
# if apt-get exists and the user is root or has sudo without a password; else it
# does the same as check. If nothing is missing, both do nothing and print
# nothing.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/sbin:/sbin:$PWD/.deps/bin"
export PKG_CONFIG_PATH="$PWD/.deps/lib/pkgconfig:${PKG_CONFIG_PATH-}"
cc=${CC:-cc}

have() { # KIND:NAME
	name=${1#*:}
	case $1 in
	cmd:cc) command -v "${cc%% *}" ;;
	cmd:*) command -v "$name" ;;
	debian:*) command -v "$name" || ! command -v apt-get ;;
	header:*) echo "#include <$name>" | $cc -E - ;;
	pc:*) pkg-config --exists "$(echo "$name" | sed 's/>=/ >= /')" ;;
	py:*) python3 -c "import $name" ;;
	erl:*) erl -noshell -eval "L = code:lib_dir($name),
	        halt(if is_list(L) -> 0; true -> 1 end)." ;;
	esac >/dev/null 2>&1 </dev/null
}

find_missing() { # FOR...: the lines of the table whose test fails
	grep -v '^#' .ci/packages | while read -r set test names; do
		case " $* " in *" $set "*) ;; *) continue ;; esac
		have "$test" || echo "$set $test $names"
	done
}

is_missing() { # TEST
	case $missing in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

names() { # COLUMN: that column of all missing lines, on one line
	echo "$missing" | awk -v c="$1" '$c != "-" && !seen[$c]++ {
		printf "%s%s", sep, $c; sep = " " }'
}

name_missing() {
	for=" FOR='$sets'"
	[ "$sets" != build ] || for=
	cat >&2 <<-EOF
	Missing: $(names 2 | sed 's/[a-z]*://g; s/ /, /g'). Packages:
	  Debian    ${packages:-$(names 3)}
	  Fedora    $(names 4)
	  Alpine    $(names 5)
	  Arch      $(names 6)
	  Homebrew  $(names 7)
	Debian, as root or with sudo: make deps$for installs them.
	EOF
	if is_missing 'pc:libssh2>=1.11.1'; then
		cat >&2 <<-EOF
		libssh2 must be 1.11.1 or newer. If Debian's is older (Debian
		12), make deps builds a newer one, with dpkg-dev. Elsewhere,
		make deps LIBSSH2_SRC=FOLDER builds libssh2 from FOLDER.
		EOF
	fi
}

find_apt() { # sets $apt; empty if we must not install
	apt=
	command -v apt-get >/dev/null || return 1
	if [ "$(id -u)" = 0 ]; then
		apt='env DEBIAN_FRONTEND=noninteractive apt-get -qq'
	elif sudo -n true 2>/dev/null; then
		apt='sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -qq'
	fi
}

update() { # at most once, and only if we can
	[ -z "${updated-}" ] || return 0
	[ -z "$apt" ] || $apt update
	updated=yes
}

without() { # PACKAGE: $packages except this one
	echo " $packages " | sed "s/ $1 / /; s/^ *//; s/ *$//"
}

# Debian's libssh2 if it is new enough, else the tools that libssh2.sh needs.
choose_libssh2() { # sets $build_libssh2
	if [ -z "$LIBSSH2_SRC" ]; then
		update
		candidate=$(apt-cache policy libssh2-1-dev |
		    sed -n 's/^ *Candidate: //p')
		! dpkg --compare-versions "$candidate" ge 1.11.1 || return 0
	fi
	build_libssh2=yes
	packages=$(without libssh2-1-dev)
	[ -n "$LIBSSH2_SRC" ] || command -v dpkg-source >/dev/null ||
		packages="$packages dpkg-dev"
}

install_packages() {
	echo "Installing: $packages"
	case " $packages " in *' openssh-server '*)
		[ ! -d /run/systemd/system ] ||
			echo 'systemd will start the new sshd; to prevent' \
			    'that: systemctl disable --now ssh' ;;
	esac
	update
	# shellcheck disable=SC2086 # a list of words
	$apt install -y --no-install-recommends $packages >/dev/null
}

# One file each, unpacked without root, instead of whole packages: rebar3's
# depends on 300 MB, and those of nginx and tinysshd start servers on ports 80
# and 22.
alone='rebar3:usr/bin/rebar3 nginx:usr/sbin/nginx tinysshd:usr/sbin/tinysshd'

take_alone() { # FILE, of the package with the same name
	name=${1##*/}
	echo "Installing: $name, in .deps"
	update
	scratch=$(mktemp -d)
	(cd "$scratch" &&
	    apt-get -qq -o APT::Sandbox::User='' download "$name" &&
	    dpkg -x "$name"_*.deb .)
	mkdir -p .deps/bin
	mv "$scratch/$1" ".deps/bin/$name"
	rm -rf "$scratch"
}

install_missing() { # files in .deps need no root
	packages=$(names 3)
	build_libssh2=
	if is_missing 'pc:libssh2>=1.11.1'; then choose_libssh2; fi
	for one in $alone; do packages=$(without "${one%%:*}"); done
	if [ -n "$packages" ]; then
		[ -n "$apt" ] || return 0
		install_packages
	fi
	for one in $alone; do
		if is_missing "cmd:${one%%:*}"; then take_alone "${one#*:}"; fi
	done
	if [ -n "$build_libssh2" ]; then sh .ci/libssh2.sh "$LIBSSH2_SRC"; fi
}

verb=$1
shift
sets=$*
packages=
LIBSSH2_SRC=${LIBSSH2_SRC-}
missing=$(find_missing "$@")
[ -n "$missing" ] || exit 0
if [ "$verb" = install ] && find_apt; then
	install_missing
	missing=$(find_missing "$@")
	[ -n "$missing" ] || exit 0
fi
name_missing
exit 1
