# shellcheck shell=sh
# needs: call kept vm
# Whether what was unpacked is what was pushed.

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
