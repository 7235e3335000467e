# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# What place, unpack, stage and discard know about the files of a release.

# kept_tarball VERSION: sets tarball, checked.
kept_tarball() {
	notes=.hdeploy/releases/$1
	tarball=.hdeploy/tarballs/$1.tar.gz
	[ -f "$notes/record" ] || fail "nobody pushed $1 here: push it first"
	[ -f "$tarball" ] || fail "$root/$tarball is gone: push $1 again"
	want=$(sed -n 's/^sha256 //p' "$notes/record")
	[ "$(sha256_of "$tarball")" = "$want" ] || damaged "$1" "$tarball"
	kept_manifest "$1"
}

# kept_manifest VERSION: is as it was pushed. Records of old do not say.
kept_manifest() {
	want=$(sed -n 's/^manifest //p' "$notes/record")
	[ -z "$want" ] || [ "$(sha256_of "$notes/manifest")" = "$want" ] ||
		damaged "$1" "$notes/manifest"
}

# damaged VERSION FILE: it goes, so that a push brings it anew.
damaged() {
	rm -f "$2"
	fail "$root/$2 was changed since it was pushed: push $1 again"
}

# listed VERSION: whether release_handler's own list on disk has it.
listed() {
	[ -f releases/RELEASES ] &&
		grep -qF "{release,\"$app\",\"$1\"," releases/RELEASES
}

# marker_read: of a switch that was cut off, if there is one; sets to, from.
marker_read() {
	[ -s .hdeploy/switching ] && read -r to from <.hdeploy/switching &&
		is_version "$to" && is_version "$from"
}

# drop_leftovers VERSION: what an unpack that failed left behind. The next
# one would keep such files instead of its own. Only for a version that is
# not listed; folders that a listed release names stay.
# A list that is lost names none: then all libraries stay.
drop_leftovers() {
	ask_loaded
	loose_drop_added "$1"
	rm -rf "releases/${1:?}" "bin/$app-$1" ".hdeploy/releases/$1/entry" \
		".hdeploy/releases/$1/loose" .hdeploy/tmp
	[ -f ".hdeploy/releases/$1/manifest" ] && names=$(release_names) ||
		return 0
	# What a VM that was not asked has loaded is not known.
	! command_given running || [ -n "$used" ] || return 0
	sed -n 's,^[0-9a-f]*  \(lib/[A-Za-z0-9_.+~-]*\)/.*,\1,p' \
		".hdeploy/releases/$1/manifest" | sort -u |
		while IFS= read -r lib; do
			case $used in
			*"/$lib/"*) continue ;;
			esac
			library=${lib#lib/}
			release_named "/$lib\"" "\"$lib\"" \
				"{${library%%-*},\"${library#*-}\"" ||
				rm -rf "$lib"
		done
	drop_runtime "$1"
}

# release_names: the files that say what the releases here are made of: the
# list, or without one the .rel of each. A list that is lost names nothing:
# false, then all stays.
release_names() {
	if [ -f releases/RELEASES ]; then
		echo releases/RELEASES
		return
	fi
	! driver_lists || return 1
	for folder in releases/*/; do
		[ -f "${folder}start.boot" ] || continue
		[ -f "$folder$app.rel" ] || return 1
		echo "$folder$app.rel"
	done
}

# release_named TEXT...: whether one of them has one of these; after
# names=$(release_names).
release_named() {
	for text; do
		# shellcheck disable=SC2086 # names of versions: no spaces
		! grep -qF -e "$text" $names /dev/null || return 0
	done
	return 1
}

# drop_runtime VERSION: the ERTS that it brought, if nothing else needs it.
drop_runtime() {
	vm_find
	for runtime in $(runtime_of "$1"); do
		case $vm_bin/ in
		*"/erts-$runtime/"*) continue ;;
		esac
		release_named "\"$runtime\"" ||
			grep -qF -e "$runtime " releases/start_erl.data ||
			rm -rf "erts-$runtime"
	done
}

# runtime_of VERSION: the version of the ERTS that it brought.
runtime_of() {
	sed -n '/^[0-9a-f]*  erts-[A-Za-z0-9._+~-]*[/]/{
		s,^[0-9a-f]*  erts-\([^/]*\)/.*,\1,p
		q
	}' ".hdeploy/releases/$1/manifest"
}

# ask_loaded: sets used: the code path of the VM, if there is one.
ask_loaded() {
	used=
	vm_find
	[ -n "$vm_pid" ] || return 0
	used=$(echo 'code:get_path().' | vm_call 10 -e 2>&1) ||
		fail "the VM does not say what it has loaded:" \
			"$(printf '%s\n' "$used" | ends_of)"
}

# brought: of $notes/manifest, what lies at the top of the release, and in lib,
# bin and releases.
brought() {
	awk '{
		n = split(substr($0, 67), part, "/")
		path = part[1]
		if (n > 1 && (path == "lib" || path == "bin" || path == "releases"))
			path = path "/" part[2]
		if (!seen[path]++)
			print path
	}' "$notes/manifest"
}

# not_here: of paths on stdin, those that are not.
not_here() {
	while IFS= read -r path; do
		[ -e "$path" ] || [ -L "$path" ] || printf '%s\n' "$path"
	done
}

# settle_modes: of paths on stdin that were just unpacked. Unpackers set what
# the tar says, and give folders that it does not name what the umask leaves.
settle_modes() {
	while IFS= read -r path; do
		[ -n "$path" ] || continue # none, which is not all
		path=./$path
		[ -e "$path" ] && [ ! -L "$path" ] || continue
		chmod -R go-w "$path" &&
			find "$path" -type f '(' -perm -4000 -o -perm -2000 ')' \
				-exec chmod u-s,g-s '{}' + ||
			fail "$root/$path: rights of others to write, or set-id" \
				"bits, cannot be taken away"
	done
}

# release_umask: sets hd_mask, with which a release is unpacked and configured:
# the login's umask, as by hand. Where another user runs the VM, who has to read
# it, 022.
release_umask() {
	hd_mask=$hd_umask
	if [ -n "$hd_unit" ] && [ "$hd_manager" = system ]; then
		hd_runs_as=$(service_get User)
		case ${hd_runs_as:-root} in
		"$(id -un)" | "$(id -u)") ;;
		*) hd_mask=022 ;;
		esac
	elif command_given start || command_given upgrade; then
		hd_mask=022
	fi
	hd_name=${hd_mask%?}
	hd_private="g-w$(mode_of "${hd_name#"${hd_name%?}"}"),o-w$(mode_of \
		"${hd_mask#"$hd_name"}")"
}

mode_of() { # DIGIT
	case $1 in [4567]) printf r ;; esac
	case $1 in [1357]) printf x ;; esac
}

# settle_private PATH: takes away what that umask does, of which neither
# release_handler nor a tar as root knows: configuration may hold secrets.
settle_private() {
	release_umask
	find "$1" -type f -exec chmod "$hd_private" '{}' + ||
		fail "$root/$1 cannot be kept from others"
}

# unpack_aside VERSION: sets scratch, a folder that goes with this shell: all of the
# tarball that kept_tarball found, as it was pushed.
unpack_aside() {
	scratch=.hdeploy/tmp
	trap 'rm -rf "$scratch"' EXIT
	rm -rf "$scratch"
	told mkdir -p "$scratch" ||
		fail "$root/$scratch cannot be made: $(reason)"
	told unpack_kept "$scratch" || {
		why=$(reason)
		rm -rf "$scratch" # room to say so
		fail "the tarball of $1 cannot be unpacked: $why"
	}
	echo "$scratch" | settle_modes || exit 1
	settle_private "$scratch/releases"
	check_files "$scratch" p <"$notes/manifest"
}

# unpack_kept FOLDER: the tarball, as release_umask says.
unpack_kept() {
	release_umask
	(umask "$hd_mask" && tar -x -z -o -m -f "$tarball" -C "$1")
}

# check_files FOLDER FILTER [EXCEPT]: files that sed's FILTER takes from the
# manifest on stdin must be in FOLDER as they were pushed, but for those that
# the command EXCEPT takes away.
check_files() {
	differ=$(sed -n "$2" | (cd "$1" && sha256_differ) | "${3:-cat}" |
		head -n 3 | tr '\n' ' ')
	[ -z "$differ" ] ||
		fail "not as it was pushed: ${differ}in $root. Files that" \
			"are there already are kept: give the changed library" \
			"or release a new version, or restore the file"
}

# check_unpacked VERSION. release_handler removes the .rel, and what is
# produced from .src may have been produced before. A failure ends the pipe
# only, so it is passed on.
check_unpacked() {
	plain=$(pattern "$1")
	grep -v -e "  releases/$plain/[^/]*\\.rel\$" \
		-e "  releases/$plain/sys\\.config\$" \
		-e "  releases/$plain/vm\\.args\$" "$notes/manifest" |
		check_files . "\\,^[0-9a-f]*  lib/,p
\\,^[0-9a-f]*  erts-,p
\\,^[0-9a-f]*  releases/$plain/,p
\\,^[0-9a-f]*  bin/$app-$plain\$,p" but_same_code || exit 1
}

# proto_fits VERSION: fails if we could not ask a node of it.
proto_fits() {
	for file in "releases/$1/vm.args" "releases/$1/vm.args.src"; do
		proto=$(sed -n 's/^[	 ]*-proto_dist[	 ][	 ]*\([a-z0-9_]*\).*/\1/p' \
			"$file" 2>/dev/null | tail -n 1)
		! is_tls "$proto" || fail "$root/$file says -proto_dist $proto:" \
			"erl_call does not speak TLS, and hdeploy could not" \
			"ask the node"
	done
}

# pattern TEXT: a version or a library as a part of a sed expression.
pattern() {
	printf '%s' "$1" | sed 's/[.]/\\&/g'
}

# but_same_code: of paths on stdin those that are not another build of the same
# code, which has other compile-info and so other bytes. A library keeps the
# files that came first.
but_same_code() {
	seen='' same=no
	while IFS= read -r path; do
		lib=${path#lib/}
		lib=${lib%%/*}
		case $path in
		"lib/$lib/"*) ;;
		*) lib='' ;;
		esac
		[ "$lib" = "$seen" ] || {
			seen=$lib same=no
			brought_before "$lib" && same=yes
		}
		[ "$same" = yes ] && [ -n "$lib" ] || printf '%s\n' "$path"
	done | but_same_modules
}

# brought_before LIB: whether what lies here is LIB of another version, whole,
# with the code of the one that $notes are about.
brought_before() {
	code=$(grep "^lib $(pattern "$1") " "$notes/record") || return 1
	for other in .hdeploy/releases/*/; do
		other=${other%/}
		[ "$other" != "$notes" ] &&
			grep -qxF "$code" "$other/record" 2>/dev/null &&
			[ "$(sed -n 's/^manifest //p' "$other/record")" = \
				"$(sha256_of "$other/manifest")" ] &&
			[ -z "$(sed -n "\\,^[0-9a-f]*  lib/$(pattern "$1")/,p" \
				"$other/manifest" | sha256_differ)" ] && return
	done
	return 1
}

# but_same_modules: the same for what was installed by hand, of which no record
# tells: the VM compares the modules with those of the kept tarball.
but_same_modules() {
	differ=$(cat)
	beams=$(printf '%s\n' "$differ" | grep '^lib/[A-Za-z0-9._+~/-]*[.]beam$' |
		sed 's/.*/"&"/' | tr '\n' ',')
	vm_find
	[ -z "$beams" ] || [ -z "$vm_pid" ] ||
		differ=$(printf '%s\n' "$differ" | grep -vxF \
			-e "$(same_modules "${beams%,}")")
	[ -z "$differ" ] || printf '%s\n' "$differ"
}

# same_modules "PATH","PATH"...
same_modules() {
	printf '%s\n' "At = fun(P) -> filename:join(code:root_dir(), P) end,
		{ok, Beams} = erl_tar:extract(
			At(\".hdeploy/tarballs/${notes##*/}.tar.gz\"),
			[compressed, memory, {files, [$1]}]),
		Code = fun(B) -> element(2, {ok, _} = beam_lib:md5(B)) end,
		[P || {P, B} <- Beams, Code(B) =:= Code(At(P))]." |
		vm_call 60 -e | tr '"' '\n' | grep '^lib/'
}
