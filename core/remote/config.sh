# shellcheck shell=sh
# needs: call config_fail driver_config erl release vm_applied
# Checks whether the configuration of a version can be read, by release_handler
# in the running VM and by a VM that boots it. The text of a parse error could
# be part of a secret value: messages show only its line number.

# config_check VERSION: before a hot install.
config_check() (
	config_change=hot
	vm_again
	config_begin
	config_erts=${vm_bin%/bin}
	config_erts=${config_erts##*/erts-}
	driver_configures "$1" "$config_erts"
	[ -z "$config_applied" ] || config_hot "$1" "$config_applied"
	config_boots "$1" "$config_erts" "$config_sys" "$config_args"
)

# config_check_cold VERSION: before a cold change stops the node.
config_check_cold() (
	config_change=cold
	config_begin
	config_erts=$(runtime_of "$1" 2>/dev/null)
	config_erts=${config_erts:-$erts}
	driver_configures "$1" "$config_erts"
	config_boots "$1" "$config_erts" "$config_sys" "$config_args"
)

# config_begin: sets config_try, a scratch folder, and config_place, the folder
# that messages name instead. On a full disk config_try is empty: going back
# must work even then.
config_begin() {
	for config_try in .hdeploy/try.*; do # left by a killed script
		[ ! -d "$config_try" ] || rm -rf "$config_try"
	done
	config_try=$(umask 077 && mktemp -d "$root/.hdeploy/try.XXXXXX" \
		2>/dev/null)
	config_place=$config_try
	trap '[ -z "$config_try" ] || rm -rf "$config_try"' EXIT
}

# config_hot VERSION FILE: FILE is the sys.config that release_handler will
# read. release_handler silently treats a file that does not parse as empty, and
# ignores the file that the node was started with (-config).
config_hot() {
	config_path=$(printf '%s' "$2" | sed 's/[\\"]/\\&/g')
	asked_text=$({
		printf 'Next = "%s", Applied = "%s",\n' "$1" "$config_path"
		vm_applied
	} | vm_call 30 -e 2>&1) ||
		fail "the node did not say whether it can read $2:" \
			"$(printf '%s\n' "$asked_text" | ends_of)"
	asked_text=$(printf '%s\n' "$asked_text" | tr '"' '\n')
	! config_said bad || config_fail "$config_words: a hot upgrade would" \
		"drop its settings"
	! config_said differs || config_operators \
		"a hot upgrade applies $2, which would change $config_words"
	! config_said back_bad || config_operators \
		"going back hot would drop settings: $config_words"
	! config_said back_differs || config_operators \
		"going back hot would change $config_words"
	! config_said stuck || {
		say refused hot
		config_fail "the node's command line (vm.args) sets" \
			"$config_words, which differs in $1, and a hot upgrade" \
			"cannot change it"
	}
	config_text=$(config_keys changed 'that change'
		config_keys added 'added'
		config_keys removed 'removed')
	[ -z "$config_text" ] || say note "settings ${config_text#; }"
}

# config_keys KEY WORDS: prints "; WORDS: APP/KEY, ..." from the lines of
# asked_text with that key, at most eight.
config_keys() {
	config_has "$1" || return 0
	printf '%s\n' "$asked_text" | awk -v key="config_$1" -v words="$2" '
		$1 == key { n++ }
		$1 == key && n <= 8 { text = text (n > 1 ? ", " : "") $2 }
		END {
			if (n > 8)
				text = text " and " n - 8 " more"
			if (n)
				printf "; %s: %s", words, text
		}'
}

# config_said KEY: whether asked_text has lines with that key; sets config_words
# to the first three.
config_said() {
	config_words=
	config_has "$1" || return
	config_n=$(printf '%s\n' "$asked_text" | grep -c "^config_$1 ")
	config_words=$(printf '%s\n' "$asked_text" |
		sed -n "s/^config_$1 //p" | head -n 3 |
		awk '{ printf "%s%s", (NR > 1 ? "; " : ""), $0 }')
	[ "$config_n" -le 3 ] ||
		config_words="$config_words and $((config_n - 3)) more"
}

# config_has KEY: whether asked_text has such a line.
config_has() {
	case "
$asked_text" in
	*"
config_$1 "*) ;;
	*) return 1 ;;
	esac
}

# config_operators WHAT: fails, because the next start would read the -config
# file again.
config_operators() {
	config_said operators
	say refused hot
	config_fail "the node was started with -config $config_words, and $1:" \
		"make these files agree"
}

# config_boots VERSION ERTS SYS_CONFIG VM_ARGS: fails unless a VM of that
# runtime, with these files and in the service's environment, gets as far as
# starting its applications. It halts there: it has no heart and no node name,
# and runs no code of the release.
config_boots() {
	[ -n "$3$4" ] && [ -x "$root/erts-$2/bin/erlexec" ] &&
		[ -r "releases/$1/start.boot" ] || return 0
	[ -f "$3" ] || set -- "$1" "$2" '' "$4"
	[ -n "$config_try" ] && config_args_copy "$4" || {
		config_untried "$1" "nothing can be written to $root/.hdeploy"
		return 0
	}
	hd_rel=releases/$1/start.boot
	hd_entry=$config_try/start_clean.boot # vm_look ignores that name
	config_cut_by_node || told offline_erl "$2" "$1" "
		Rel = os:getenv(\"hd_rel\"), Entry = os:getenv(\"hd_entry\"),
		$config_cut" || {
		[ -n "$(disk_full "$hd_told")" ] ||
			offline_fail "$root/$hd_rel cannot be read" "$1" "$2"
		config_untried "$1" "$(reason)"
		return 0
	}
	config_output=$(config_start "$root/erts-$2" "$3" 2>&1)
	config_status=$?
	case $config_status/$config_output in
	0/*) ;;
	124/*) config_untried "$1" "a VM did not come up within 30 s" ;;
	*super\ carrier* | *llocate*)
		config_untried "$1" "there is not enough memory for a second VM"
		;;
	*) config_fail "$1 would not boot: $(config_reason "$3" "$4")" ;;
	esac
}

# config_args_copy VM_ARGS: copies it without the cookie, which the list of
# processes would show, and without a path for crash dumps.
config_args_copy() {
	[ -r "$1" ] || set -- /dev/null
	sed -e '/^[[:blank:]]*-setcookie[[:blank:]]/d' \
		-e '/^[[:blank:]]*-env[[:blank:]]*ERL_CRASH_DUMP/d' "$1" \
		2>/dev/null >"$config_try/args"
}

# config_cut_by_node: whether the running node made hd_entry, which saves the
# start of another VM. As another user it cannot write there.
config_cut_by_node() {
	[ "$config_change" = hot ] && [ "$vm_user" = "$hd_uid" ] || return
	case $root in
	*[!A-Za-z0-9._/@+~-]*) return 1 ;;
	esac
	asked_text=$(printf '%s.\n' "Rel = \"$root/$hd_rel\",
		Entry = \"$hd_entry\", $config_cut" | vm_call 30 -e 2>&1) &&
		[ "$asked_text" = '{ok, ok}' ] && [ -s "$hd_entry" ]
}

# Copies the boot file up to the start of the applications, without their code.
# shellcheck disable=SC2016
config_cut='
	{ok, Bin} = file:read_file(Rel),
	{script, Id, All} = binary_to_term(Bin),
	Runs = fun(P) -> lists:any(fun(L) -> string:find(P, L) =/= nomatch end,
		["/kernel-", "/stdlib-"]) end,
	Keep = fun({path, [P]} = C, {Kept, _}) -> {[C | Kept], Runs(P)};
		({path, _} = C, {Kept, _}) -> {[C | Kept], true};
		({primLoad, _}, {Kept, false}) -> {Kept, false};
		({kernelProcess, heart, _}, Kept) -> Kept;
		({apply, {M, F, _}}, Kept) when {M, F} =/= {application, load} ->
			Kept;
		(C, {Kept, Run}) -> {[C | Kept], Run}
	end,
	{Kept, _} = lists:foldl(Keep, {[], true}, lists:takewhile(
		fun(C) -> C =/= {progress, applications_loaded} end, All)),
	ok = file:write_file(Entry, term_to_binary({script, Id,
		lists:reverse(Kept, [{apply, {erlang, halt, [0]}}])}))'

# config_start RUNTIME SYS_CONFIG
config_start() {
	set -- "$1/bin/erlexec" -boot "$config_try/start_clean" \
		-boot_var RELEASE_LIB "$root/lib" \
		-boot_var SYSTEM_LIB_DIR "$root/lib" \
		-boot_var ERTS_LIB_DIR "$root/lib" -noinput -start_epmd false \
		${2:+-config "$2"} -args_file "$config_try/args"
	limited 30 "$(command -v env)" "BINDIR=${1%/erlexec}" "ROOTDIR=$root" \
		EMU=beam PROGNAME=erl ERL_CRASH_DUMP_SECONDS=0 "$@"
}
