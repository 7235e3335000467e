# shellcheck shell=sh
# needs: command loose write
# The files of the versions on this host: the part of the facts that needs
# manifests.

facts_files() {
	facts_places
	facts_loose
}

# Paths that a change, or going back, writes to but cannot: "VERSION TEXT"; "-"
# for all versions.
facts_closed_parts() {
	who_we_are
	[ "$hd_uid" != 0 ] || return 0
	for name in bin lib releases releases/RELEASES \
		releases/start_erl.data "bin/$app"; do
		facts_closed_part - "$root/$name"
	done
	! control_is_ours || facts_closed_folders
	for folder in releases/*/; do
		folder=${folder%/}
		is_version "${folder##*/}" || continue
		for name in "$folder" "$folder/sys.config" "$folder/vm.args"; do
			! facts_made_by_unit "$name" || continue
			facts_closed_part "${folder##*/}" "$root/$name"
		done
	done
}

# facts_made_by_unit PATH: whether it is configuration that the unit's user
# generates, who can differ from ours.
facts_made_by_unit() {
	[ -n "$hd_unit" ] && [ -f "$1" ] && [ ! -w "$1" ] &&
		[ -z "$(find "$1" -prune -user 0)" ]
}

# Folders that bin/<app> writes to when it starts.
facts_closed_folders() {
	{
		driver_folders
		printf '%s\n' "$(service_value PIPE_DIR 2>/dev/null)"
	} | while IFS= read -r name; do
		case $name in
		'') ;;
		/*) facts_closed_part -start "${name%/}" ;;
		*) facts_closed_part -start "$root/${name%/}" ;;
		esac
	done
}

# The version whose loose files are in place, if another version boots and has
# different ones.
facts_places() {
	loose_boot_now
	hd_to='' hd_from=''
	[ ! -s .hdeploy/files ] || read -r hd_to hd_from <.hdeploy/files
	is_version "$hd_to" || return 0
	say files_of "$hd_to"
	if is_version "$hd_from"; then
		say files "$hd_to $hd_from"
	elif [ -n "$boots" ] && [ "$boots" != "$hd_to" ] &&
		[ -n "$(loose_differ "$hd_to" "$boots")" ]; then
		say files "$hd_to -"
	fi
}

# loose_differ FROM TO...: prints "TO PATH" for each of the loose files that
# differ, by TO in that order.
loose_differ() {
	{
		loose_list "$1"
		shift
		for hd_to; do
			printf ' %s\n' "$hd_to"
			loose_list "$hd_to"
		done
	} | awk '
		function tell(path) {
			printf "%04d %s %s\n", n, to, path | sorted
		}
		function tell_gone(path) {
			for (path in digest)
				if (n > 0 && seen[path] != n)
					tell(path)
		}
		/^ / {
			tell_gone()
			to = substr($0, 2)
			n++
			next
		}
		{ path = substr($0, 67) }
		n == 0 { digest[path] = $1; next }
		{ seen[path] = n }
		!(path in digest) || digest[path] != $1 { tell(path) }
		BEGIN { sorted = "sort | cut -d\" \" -f2-" }
		END {
			tell_gone()
			close(sorted)
		}'
}

# For each of the newest versions: the loose files that a change to it replaces
# or removes, and those of them that were changed on this host.
facts_loose() {
	whose=${hd_to:-$boots}
	[ -n "$whose" ] && [ -f ".hdeploy/releases/$whose/manifest" ] ||
		return 0
	before=$whose
	# shellcheck disable=SC2046 # versions
	set -- $(facts_recent)
	version='' others=''
	loose_differ "$whose" "$@" | {
		while IFS= read -r line; do
			[ "${line%% *}" = "$version" ] || facts_loose_of
			version=${line%% *}
			others="$others${others:+
}${line#* }"
		done
		facts_loose_of
	}
}

# The loose files, others, of version. Sets others to "".
facts_loose_of() {
	[ -n "$others" ] || return 0
	say loose "$version $(printf '%s\n' "$others" | facts_held |
		facts_some)"
	changed=$(printf '%s\n' "$others" | head -n 50 | facts_changed_here)
	[ -z "$changed" ] || say edited \
		"$version $(printf '%s\n' "$changed" | facts_some)"
	others=
}

# facts_held: the files on stdin; says which of them a hot change does not touch
facts_held() {
	while IFS= read -r name; do
		! driver_keeps "$name" || name="$name (only by stop and start)"
		printf '%s\n' "$name"
	done
}

# facts_recent: the versions pushed last, without whose.
facts_recent() {
	# shellcheck disable=SC2012
	ls -t .hdeploy/releases/*/record 2>/dev/null | {
		n=0
		while [ "$n" -lt 8 ] && IFS= read -r version; do
			n=$((n + 1))
			version=${version%/record}
			version=${version##*/}
			! is_version "$version" || [ "$version" = "$whose" ] ||
				printf '%s\n' "$version"
		done
	}
}

# facts_changed_here: the files on stdin that are not as any release brought
# them. It skips large ones: the change itself compares them.
facts_changed_here() {
	while IFS= read -r name; do
		[ -f "$name" ] && loose_trusted "$name" && file_size "$name" &&
			[ "$hd_size" -le 1048576 ] && ! loose_known "$name" &&
			printf '%s\n' "$name"
	done
}
