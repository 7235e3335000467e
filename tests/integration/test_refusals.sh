#!/bin/sh
# Runs that stop before anything is changed, or in the middle of a push.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open

# with SED-SCRIPT NAME: another deploy.ini
with() {
	sed "$1" "$LAB/deploy.ini" >"$LAB/$2"
}

untouched() { # N
	[ ! -e "$LAB/web$1" ] || flunk "web$1 was touched"
}

host_key_is_another() {
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/other"
	sed "s|^\(\[127.0.0.2\][^ ]* \).*|\1$(cut -d' ' -f1,2 \
		"$LAB/ssh/other.pub")|" "$LAB/ssh/known_hosts" >"$LAB/ssh/changed"
	with "s|^known_hosts.*|known_hosts = $LAB/ssh/changed|" changed.ini
	INI=changed.ini
	status 3 push lab 0.1.0
	said 'SHA256:'
	said "$LAB/ssh/changed:1"
	host 1 result unreachable
	untouched 1
	untouched 2
}

host_key_is_unknown() {
	: >"$LAB/ssh/none"
	with "s|^known_hosts.*|known_hosts = $LAB/ssh/none|" unknown.ini
	INI=unknown.ini
	status 3 push lab 0.1.0
	said "$(ssh-keygen -lf "$LAB/ssh/host.pub" | cut -d' ' -f2)"
	untouched 1
}

host_key_is_pinned() {
	pin=$(ssh-keygen -lf "$LAB/ssh/host.pub" | cut -d' ' -f2)
	with "s|^known_hosts.*|host_key = $pin|" pinned.ini
	INI=pinned.ini
	status 1 status lab
	said 'no release here'
}

user_key_is_refused() {
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/stranger"
	with "s|^identity.*|identity = $LAB/ssh/stranger|" stranger.ini
	INI=stranger.ini
	status 3 push lab 0.1.0
	said "$LAB/ssh/stranger"
	untouched 1
}

nobody_listens() {
	with "s|^host = web2 .*|host = web2 127.0.0.3:1|" closed.ini
	INI=closed.ini
	status 3 push lab 0.1.0
	host 1 result planned
	host 2 result unreachable
	untouched 1
}

name_does_not_resolve() {
	with "s|^host = web2 .*|host = web2 no-such-host.invalid|" nowhere.ini
	INI=nowhere.ini
	status 3 push lab 0.1.0
	host 2 result unreachable
	untouched 1
}

few_files_may_be_open() {
	# shellcheck disable=SC2016 # the inner shell expands it
	hd() {
		sh -c 'ulimit -S -n 6 && exec "$0" "$@"' \
			"$HDEPLOY" -f "$LAB/deploy.ini" "$@"
	}
	status 1 status lab
	host 1 result failed
	host 2 result failed
}

environment_is_unknown() {
	status 2 push labb 0.1.0
	said '"lab"'
}

tarball_is_truncated() {
	mkdir -p "$LAB/bad"
	head -c 200000 "$FIXTURES/0.1.0.tar.gz" >"$LAB/bad/cut.tar.gz"
	with "s|^release.*|release = $LAB/bad/cut.tar.gz|" cut.ini
	INI=cut.ini
	status 7 push lab 0.1.0
	said "$LAB/bad/cut.tar.gz"
	untouched 1
}

tarball_is_garbage() {
	head -c 200000 /dev/urandom >"$LAB/bad/garbage.tar.gz"
	with "s|^release.*|release = $LAB/bad/garbage.tar.gz|" garbage.ini
	INI=garbage.ini
	status 7 push lab 0.1.0
	said "$LAB/bad/garbage.tar.gz"
	untouched 1
}

# remade NAME COMMAND: pushes 0.1.0 after COMMAND has run in it
remade() {
	mkdir -p "$LAB/$1/root"
	tar -xzf "$FIXTURES/0.1.0.tar.gz" -C "$LAB/$1/root"
	# shellcheck disable=SC2046 # plain names
	(cd "$LAB/$1/root" && eval "$2" &&
		tar -czf ../0.1.0.tar.gz $(ls -A))
	with "s|^release .*|release = $LAB/$1/{version}.tar.gz|" "$1.ini"
	INI=$1.ini
}

tarball_forges_a_lock() {
	remade forged 'mkdir .hdeploy && echo "token x" >.hdeploy/lock.999999'
	status 7 push lab 0.1.0
	said "0.1.0.tar.gz: .hdeploy: hdeploy's own folder on a host"
	untouched 1
}

tarball_has_set_id_files() {
	remade suid 'cp bin/hotcode bin/suid && chmod 4755 bin/suid'
	status 7 push lab 0.1.0
	said 'bin/suid: is set-user-id'
	untouched 1
}

tarball_is_too_large() {
	with 's|^driver .*|&\
max_unpacked = 5M|' large.ini
	INI=large.ini
	status 7 push lab 0.1.0
	said 'is larger than 5M when unpacked'
	said 'max_unpacked in [app] of deploy.ini'
	untouched 1
}

release_has_no_sasl() {
	remade nosasl 'sed -i "s/{sasl,[^}]*},//" releases/0.1.0/hotcode.rel'
	status 4 push lab 0.1.0
	said '0.1.0 does not start sasl'
	said '[..., sasl]} in rebar.config'
	untouched 1
}

# Programs for a machine and a libc that no host has together.
runtime_is_for_another_system() {
	elf=$PWD/tests/fuzz/corpus/elf
	remade foreign "cd erts-*/bin && for f in *; do
		cp $elf/armhf \$f || exit; chmod 755 \$f; done; cd ../.."
	status 4 push lab 0.1.0
	said 'the Erlang runtime of 0.1.0'
	grep -q 'was built for arm\|needs /lib/ld-musl-armhf' "$LAB/out"
	untouched 1
}

# nif NAME: the commands that put the library $LAB/NAME.so into the release
nif() {
	echo "mkdir -p lib/hotcode-0.1.0/priv &&
		cp $LAB/$1.so lib/hotcode-0.1.0/priv/nif.so"
}

# refused NAME TEXT: a push is refused because of this finding, and nothing is
# sent.
refused() {
	status 4 push lab 0.1.0
	said "$2"
	said "($1)"
	host 1 result refused
	equal steps "$(jq -r 'select(.event == "step" and
		(.step | startswith("pack") | not)) | .step' "$LAB/events")" ''
	untouched 1
	untouched 2
}

# gcc -shared writes the name of a library that is gone afterwards.
library_is_missing() {
	echo 'int gone(void) { return 0; }' >"$LAB/gone.c"
	echo 'int gone(void); int nif(void) { return gone(); }' >"$LAB/nif.c"
	cc -shared -fPIC -Wl,-soname,libhdeploy-gone.so.9 \
		-o "$LAB/libgone.so" "$LAB/gone.c"
	cc -shared -fPIC -o "$LAB/needs.so" "$LAB/nif.c" -L"$LAB" -lgone
	remade library "$(nif needs)"
	refused library-missing "lib/hotcode-0.1.0/priv/nif.so of 0.1.0 needs\
 the shared library libhdeploy-gone.so.9"
}

# If the release brings the library, it finds it.
library_is_brought() {
	remade brought "$(nif needs) &&
		cp $LAB/libgone.so lib/hotcode-0.1.0/priv/libhdeploy-gone.so.9"
	status 0 check lab 0.1.0
	untouched 1
}

glibc_is_too_old() {
	echo 'GLIBC_9.9 { global: newest; };' >"$LAB/map"
	echo 'int newest(void) { return 0; }' >"$LAB/new.c"
	echo 'int newest(void); int nif(void) { return newest(); }' \
		>"$LAB/nif.c"
	cc -shared -fPIC -nostdlib -Wl,-soname,libc.so.6 \
		-Wl,--version-script="$LAB/map" -o "$LAB/libnew.so" "$LAB/new.c"
	cc -shared -fPIC -nostdlib -o "$LAB/new.so" "$LAB/nif.c" -L"$LAB" -lnew
	remade glibc "$(nif new)"
	refused glibc-too-old "lib/hotcode-0.1.0/priv/nif.so of 0.1.0 needs\
 glibc 9.9, and this host has $(getconf GNU_LIBC_VERSION)"
}

# Byte 18 of an ELF file is its machine: 183 is aarch64, 62 x86-64.
machine_is_another() {
	code='\267' name=aarch64
	[ "$(uname -m)" = x86_64 ] || code='\076' name=x86_64
	remade machine "printf '$code\\000' | dd bs=1 seek=18 conv=notrunc \
		of=\$(ls erts-*/bin/beam.smp) 2>/dev/null"
	refused machine-foreign "the Erlang runtime of 0.1.0 was built for\
 $name, and this host is $(uname -m)"
}

findings_are_ignored() {
	remade library "$(nif needs)"
	sed -i 's|^path .*|&\nignore = library-missing|' "$LAB/library.ini"
	status 0 check lab 0.1.0
	untouched 1
}

tarball_is_missing() {
	status 7 push lab 8.8.8
	said '8.8.8.tar.gz'
	untouched 1
}

build_fails() {
	with 's|^release.*|&\nbuild = echo compiling; exit 3|' build.ini
	INI=build.ini
	status 7 push lab 0.1.0
	said compiling
	said 'status 3'
	untouched 1
}

deploy_ini_is_wrong() {
	with 's|^path |pth |; s|^driver.*|driver = relxx|' wrong.ini
	INI=wrong.ini
	status 2 push lab 0.1.0
	said "$LAB/wrong.ini:3: "
	said '"relx"'
	said '"path"'
	untouched 1
}

# A mount to which not even root can write; or a closed folder.
folder_is_not_writable() {
	mkdir -p "$LAB/locked"
	with "s|^path .*|path = $LAB/locked/{host}|" locked.ini
	if [ "$(id -u)" = 0 ]; then
		lab_mount "$LAB/locked" ro
	else
		chmod 555 "$LAB/locked"
	fi
	INI=locked.ini
	status 4 push lab 0.1.0
	said "$LAB/locked/web1"
}

disk_is_too_small() {
	lab_mount "$LAB/small" size=8m
	with "s|^path .*|path = $LAB/small/{host}|" small.ini
	INI=small.ini
	status 4 push lab 0.1.0 --limit web1
	said 'not enough disk'
	equal left "$(ls -A "$LAB/small")" ''
}

# Enough bytes are free, as the plan counts them, but no inode is.
disk_fills_up_during_the_upload() {
	lab_mount "$LAB/full" size=60m,nr_inodes=9
	with "s|^path .*|path = $LAB/full/{host}|" full.ini
	INI=full.ini
	status 4 push lab 0.1.0 --limit web1
	said 'not enough inodes: 0.1.0 has '
	equal left "$(ls -A "$LAB/full")" ''
	with "s|^path .*|path = $LAB/full/{host}\nignore = inodes-full|" full.ini
	status 1 push lab 0.1.0 --limit web1
	host 1 result failed
	mount -o remount,nr_inodes=9999 "$LAB/full"
	status 0 push lab 0.1.0 --limit web1
}

disk_fills_up_while_unpacking() {
	lab_mount "$LAB/dense" size=60m,nr_inodes=90
	with "s|^path .*|path = $LAB/dense/{host}\nignore = inodes-full|" dense.ini
	INI=dense.ini
	status 1 push lab 0.1.0 --limit web1
	said 'cannot be unpacked: the disk has no inodes left: tar: '
	[ ! -e "$LAB/dense/web1/releases/start_erl.data" ] ||
		flunk 'half a release would start'
	mount -o remount,nr_inodes=9999 "$LAB/dense"
	status 0 push lab 0.1.0 --limit web1
	equal 'manifest' "$(cd "$LAB/dense/web1" &&
		sha256sum --quiet -c .hdeploy/releases/0.1.0/manifest)" ''
}

check 'the host key is another' host_key_is_another
check 'the host key is unknown' host_key_is_unknown
check 'the host key is pinned' host_key_is_pinned
check 'the user key is refused' user_key_is_refused
check 'nobody listens' nobody_listens
check 'the name does not resolve' name_does_not_resolve
check 'few files may be open' few_files_may_be_open
check 'the environment is unknown' environment_is_unknown
check 'the tarball is truncated' tarball_is_truncated
check 'the tarball is garbage' tarball_is_garbage
check 'the tarball forges a lock' tarball_forges_a_lock
check 'the tarball has set-id files' tarball_has_set_id_files
check 'the tarball is too large' tarball_is_too_large
check 'the release has no sasl' release_has_no_sasl
check 'the runtime is for another system' runtime_is_for_another_system
check 'a shared library is missing' library_is_missing
check 'a shared library comes with the release' library_is_brought
check 'the glibc is too old' glibc_is_too_old
check 'the machine is another' machine_is_another
check 'a finding is ignored' findings_are_ignored
check 'the tarball is missing' tarball_is_missing
check 'the build fails' build_fails
check 'deploy.ini is wrong' deploy_ini_is_wrong
check 'the folder is not writable' folder_is_not_writable
if [ "$(id -u)" = 0 ]; then # they mount small disks
	check 'the disk is too small' disk_is_too_small
	check 'the disk fills up during the upload' \
		disk_fills_up_during_the_upload
	check 'the disk fills up while unpacking' disk_fills_up_while_unpacking
fi
check_end
