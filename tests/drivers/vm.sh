# shellcheck shell=sh disable=SC2154
# Asks an Erlang VM what runs, through its release's erl_call. A driver's own
# file can replace each of these functions.

begins=daemon # the word at which the control script starts the node

# The version that the VM itself names: that of the application, of its loaded
# code and, if a release_handler runs, of the release. Else what disagrees.
now() {
	[ -n "$(lab_beams "$root")" ] || {
		echo down
		return
	}
	lab_call 1 '{_, _, A} = lists:keyfind(hotcode, 1,
			application:which_applications()),
		C = demo_server:version(),
		R = try release_handler:which_releases() of L ->
			case [V || {_, V, _, current} <- L] of
				[] -> [V || {_, V, _, permanent} <- L];
				Vs -> Vs
			end
		catch _:_ -> [A] end,
		list_to_atom(case {R, C, code:modified_modules()} of
			{[A], A, []} -> A;
			Other -> lists:flatten(io_lib:format("~s: ~0p",
				[A, Other]))
		end).' | tr -d "'"
}

# The versions that files name for the next boot.
next() {
	for file in "$root"/releases/start_erl.data "$root"/var/start_erl.data; do
		[ ! -f "$file" ] || cut -d' ' -f2 "$file"
	done | uniq
	sed -n 's/^REL_VSN="\(.*\)"/\1/p' "$root/bin/hotcode" | grep '[0-9]' |
		grep -vx "$(cut -d' ' -f2 "$root/releases/start_erl.data")" || :
}

# Changes with every start.
life() {
	vm_id 1
}

# Changes the state of the node, which only its memory has.
remember() {
	lab_call 1 'demo_server:add(5).' >/dev/null
}

remembers() { # VERSION: in the shape of that version
	case $1 in
	0.1.0) echo '[{money,105},{name,"ann"}]' ;;
	*) echo '[{name,"ann"},{salary,105}]' ;;
	esac >"$LAB/wanted"
	equal state "$(state 1)" "$(cat "$LAB/wanted")"
}

crash() {
	lab_kill_vm 1
}

# As when the machine boots: hdeploy takes no part.
boot() {
	# shellcheck disable=SC2046 # the words of a setting, without spaces
	(cd "$root" && lab_env 1 env $(settings | sed -n 's/{host}/web1/
		s/^env[.]\([A-Z_]*\) *= */\1=/p') bin/hotcode "$begins")
	naps=0
	until [ "$(lab_call 1 'element(1, init:get_status()).' 2>/dev/null)" = \
		started ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 600 ] || flunk 'it does not boot'
		sleep 0.1
	done
}

# Makes $LAB/0.9.0.tar.gz from the version that no relup leads to: its boot file
# starts the application, {mod, {hotcode_app, []}}, with a module that is missing.
make_lame() {
	mkdir "$LAB/lame"
	tar -xzf "$releases/$apart.tar.gz" -C "$LAB/lame"
	(
		cd "$LAB/lame" || exit
		mv "releases/$apart" releases/0.9.0
		for file in bin/hotcode lib/hotcode releases/hotcode; do
			[ ! -e "$file-$apart" ] || mv "$file-$apart" "$file-0.9.0"
		done
		# as long as the old one: boot files are Erlang's binary terms
		grep -rlF "$apart" releases bin lib/hotcode-0.9.0/ebin/*.app |
			xargs sed -i "s/$apart/0.9.0/g"
		# `mix release` writes paths in sys.config byte by byte
		[ ! -f releases/0.9.0/sys.config ] || sed -i \
			's/48,46,51,46,48/48,46,57,46,48/g' releases/0.9.0/sys.config
		LC_ALL=C sed -i 's/\(mod\x68\x02.\{2,3\}\)hotcode_app/\1hotcode_apx/g' \
			releases/0.9.0/*.boot
		rm -f releases/0.9.0/relup
		tar --format=ustar -cf - -- * | gzip -1
	) >"$LAB/0.9.0.tar.gz"
}
