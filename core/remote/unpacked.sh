# shellcheck shell=sh
# needs: call kept release
# Whether the unpacked files are those that were pushed.

# brought: prints the names in $notes/manifest at the top of the release, and in
# lib, bin and releases.
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

# unpacked_unlike VERSION: sets unlike, the paths of unpacked_lines that are
# missing or differ.
unpacked_unlike() {
	unlike=$(unpacked_lines "$1" | sha256_differ | sort -u)
}

# check_unpacked VERSION: sets unlike, and fails if a file differs, except files
# that may have been made from their .src.
check_unpacked() {
	unpacked_unlike "$1"
	[ -z "$unlike" ] || check_none "$(printf '%s\n' "$unlike" |
		but_made | but_same_code)"
}

# check_known VERSION: the same, for a version that was unpacked before.
check_known() {
	unpacked_unlike "$1"
	[ -z "$unlike" ] || check_none "$(printf '%s\n' "$unlike" |
		but_made | but_edited | but_same_code)"
}

# but_made: prints the paths on stdin without those that a script may have made
# from their .src.
but_made() {
	grep -v -e '^releases/[^/]*/sys[.]config$' -e '^releases/[^/]*/vm[.]args$'
}

# but_edited: likewise, without control scripts and configuration, which people
# edit on hosts (drift_files.sh).
but_edited() {
	grep -v -e '^bin/' \
		-e '^releases/[^/]*/sys[.]config[.]src$' \
		-e '^releases/[^/]*/vm[.]args[.]src$' \
		-e '^releases/[^/]*/env[.]sh$' \
		-e '^releases/[^/]*/remote[.]vm[.]args$' \
		-e '^releases/[^/]*/runtime[.]exs$'
}

# but_same_code: prints the paths on stdin, which differ, without those of
# another build of the same code: its compile-info differs, and so do its bytes.
# A library keeps the files that came first.
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

# brought_before LIB: whether LIB on this host came, whole, with another
# version, and has the same code as LIB of this version ($notes).
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

# but_same_modules: likewise, for a library that was installed by hand and has
# no record: the VM compares its modules with those of the kept tarball.
but_same_modules() {
	differ=$(cat)
	beams=$(printf '%s\n' "$differ" | grep '^lib/[A-Za-z0-9._+~/-]*[.]beam$' |
		sed 's/.*/"&"/' | tr '\n' ',')
	vm_again
	[ -z "$beams" ] || [ -z "$vm_pid" ] ||
		differ=$(printf '%s\n' "$differ" | grep -vxF \
			-e "$(same_modules "${beams%,}")")
	[ -z "$differ" ] || printf '%s\n' "$differ"
}

# same_modules "PATH","PATH"...: prints the PATHs whose code is that of the
# tarball.
same_modules() {
	printf '%s\n' "At = fun(P) -> filename:join(code:root_dir(), P) end,
		{ok, Beams} = erl_tar:extract(
			At(\".hdeploy/tarballs/${notes##*/}.tar.gz\"),
			[compressed, memory, {files, [$1]}]),
		Code = fun(B) -> element(2, {ok, _} = beam_lib:md5(B)) end,
		[P || {P, B} <- Beams, Code(B) =:= Code(At(P))]." |
		vm_call 60 -e | tr '"' '\n' | grep '^lib/'
}
