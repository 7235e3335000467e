# shellcheck shell=sh
# needs: digest driver drift_files drift_left env lib release unit
# Facts about the next start, and about the state of the files of each version.
# With arg_deep, all files and kept tarballs are read.

# After vm_find: the user of the VM may own files.
facts_drift() {
	drift_plain=
	drift_list
	drift_records
	drift_versions
	drift_left
	drift_stray
	drift_pins
}

# drift_list: the versions in releases/RELEASES with their status, or why it
# names none. Sets on_list, " VERSION VERSION ".
drift_list() {
	on_list=' '
	if [ -f releases/RELEASES ] && [ ! -L releases/RELEASES ]; then
		set -f
		# shellcheck disable=SC2046
		set -- $(drift_entries <releases/RELEASES)
		set +f
		[ "$#" != 0 ] || say list_state empty
		[ "${1-}" != garbage ] || say list_state garbage
		while [ "$#" -gt 1 ]; do
			say on_list "$1 $2"
			on_list="$on_list$1 "
			shift 2
		done
	elif ls releases/*/start.boot >/dev/null 2>&1 && {
		has_list || { driver_makes_list && [ -s .hdeploy/files ]; }
	}; then
		say list_state gone
	fi
}

# drift_entries: prints "VERSION STATUS" for each release in the list on stdin,
# or "garbage".
drift_entries() {
	awk -v app="$app" '
		/^[ \t]*%/ { next }
		length(text) > 1048576 { exit }
		{
			gsub(/[ \t\r]/, "")
			text = text $0
		}
		END {
			if (text !~ /^\[.*\][.]$/)
				print "garbage"
			n = split(text, part, /[{]release,/)
			for (i = 2; i <= n; i++) {
				split(part[i], word, "\"")
				status = part[i]
				sub(/[}][^}]*$/, "", status)
				sub(/.*[^a-z_]/, "", status)
				if (word[2] == app && status != "" &&
						word[4] ~ /^[A-Za-z0-9][A-Za-z0-9._+~-]*$/)
					print word[4], status
			}
		}'
}

# drift_records: manifests without a record, records without a manifest, and
# manifests and kept tarballs that were changed since they were pushed. Sets
# damaged, " VERSION VERSION ".
drift_records() {
	damaged=' '
	set --
	for folder in .hdeploy/releases/*/; do
		version=${folder%/}
		version=${version##*/}
		is_version "$version" || continue
		if [ ! -f "${folder}record" ]; then
			[ ! -f "${folder}manifest" ] ||
				[ -e "${folder}upload.part" ] ||
				[ -e "${folder}tarball.part" ] ||
				say unrecorded "$version"
			continue
		fi
		[ -s "${folder}manifest" ] || say unlisted "$version"
		[ ! -r "${folder}record" ] || set -- "$@" "${folder}record"
	done
	[ "$#" = 0 ] || for file in $(awk -v deep="$arg_deep" '
		NF != 2 || length($2) != 64 || $2 ~ /[^0-9a-f]/ { next }
		{ split(FILENAME, part, "/") }
		$1 == "manifest" {
			print $2 "  .hdeploy/releases/" part[3] "/manifest"
		}
		$1 == "sha256" && deep != "" {
			print $2 "  .hdeploy/tarballs/" part[3] ".tar.gz"
		}' "$@" | sha256_differ); do
		drift_damaged "$file"
	done
}

# drift_damaged FILE: which differs from its digest in the record.
drift_damaged() {
	[ -e "$1" ] || return 0
	version=${1##*/}
	case $1 in
	*/manifest)
		version=${1%/manifest}
		say damaged "${version##*/} manifest"
		damaged="$damaged${version##*/} "
		;;
	*.tar.gz) say damaged "${version%.tar.gz} tarball" ;;
	esac
}

# drift_here VERSION: whether it is unpacked, or should be.
drift_here() {
	if [ -n "$drift_plain" ]; then
		[ -d "releases/$1" ] && [ ! -L "releases/$1" ]
		return
	fi
	[ -f "releases/$1/start.boot" ] && return
	case $on_list in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# drift_versions: the files of the versions that are unpacked here and whose
# manifest is sound.
drift_versions() {
	set --
	for kind in linked noted manifest; do
		for folder in .hdeploy/releases/*/; do
			version=${folder%/}
			version=${version##*/}
			case $damaged in
			*" $version "*) continue ;;
			esac
			is_version "$version" && drift_here "$version" &&
				[ -s "${folder}manifest" ] &&
				[ -f "$folder$kind" ] && [ -r "$folder$kind" ] &&
				set -- "$@" "$folder$kind"
		done
	done
	drift_place
	who_we_are
	drift_users="$hd_uid ${vm_user-}"
	[ "$#" = 0 ] || drift_files "$@"
}

# drift_place: sets drift_placed, the version whose loose files are in place; ""
# while they change.
drift_place() {
	drift_placed='' from=''
	[ ! -s .hdeploy/files ] || read -r drift_placed from <.hdeploy/files
	if is_version "$from"; then
		drift_placed=
	elif ! is_version "$drift_placed"; then
		drift_placed=
		[ ! -f releases/start_erl.data ] ||
			read -r from drift_placed <releases/start_erl.data
	fi
}

# drift_pins: what the next start would start instead of the version that boots:
# "pinned VERSION BY", or instead of this root: "elsewhere BY FILE".
drift_pins() {
	name=$(driver_pin)
	[ -z "$name" ] || {
		version=$(service_value "$name" 2>/dev/null)
		! is_version "$version" || say pinned "$version $name of deploy.ini"
	}
	[ -z "$hd_unit" ] || drift_unit
	[ -z "${vm_pid-}" ] || drift_heart
}

# drift_unit: what the unit starts, by its ExecStart. Only paths are shown: an
# argument can be a secret.
drift_unit() {
	service_systemctl show -p ExecStart -p Environment -p UnitFileState \
		"$hd_unit" 2>/dev/null | while read -r line; do
		case $line in
		UnitFileState=disabled) say unit_disabled yes ;;
		ExecStart=*) drift_command "$hd_unit" "${line#ExecStart=}" ;;
		Environment=*) drift_words "Environment= of $hd_unit" \
			"${line#Environment=}" ;;
		esac
	done
}

# drift_heart: what heart would start, if the VM has one.
drift_heart() {
	grep -qszx -e -heart "/proc/$vm_pid/cmdline" || return 0
	line=$(tr '\n\0' ' \n' 2>/dev/null <"/proc/$vm_pid/environ" |
		sed -n 's/^HEART_COMMAND=//p')
	[ -z "$line" ] || drift_command heart "$line"
}

# drift_command BY TEXT: TEXT starts the node. It might be a wrapper: only a
# control script of this name in another folder is certainly another root.
drift_command() {
	case $2 in
	*"$root/"* | *"$arg_root/"*) drift_words "$1" "$2" ;;
	*)
		set -f
		for word in $2; do
			word=${word#path=}
			case $word in
			/*"/bin/$app" | /*"/bin/$app-"[0-9]*)
				drift_elsewhere "$word" || continue
				say elsewhere "$1 $word"
				break
				;;
			esac
		done
		set +f
		;;
	esac
}

# drift_elsewhere FILE: whether FILE is missing, or a control script of another
# root; not if it is a wrapper, or a path to this root through a link.
drift_elsewhere() {
	[ -e "$1" ] || return 0
	other=$(cd -P -- "${1%/bin/*}" 2>/dev/null && pwd) || return 1
	[ "$other" != "$(pwd -P)" ] && [ -d "$other/releases" ]
}

# drift_words BY TEXT: reports a version that TEXT names, by the name of a
# script, of a folder, or of a variable.
drift_words() {
	set -f
	for word in $2; do
		word=${word#[\"\']}
		word=${word%[\"\';]}
		case $word in
		"$(driver_pin)"=*) word=${word#*=} ;;
		*"/bin/$app-"*) word=${word##*"/bin/$app-"} ;;
		*/releases/[A-Za-z0-9]*/*)
			word=${word#*/releases/}
			word=${word%%/*}
			;;
		*) continue ;;
		esac
		is_version "$word" || continue
		# bin/APP-wrapper is not a version
		case $word in
		[0-9]*) ;;
		*) [ -d "releases/$word" ] || continue ;;
		esac
		say pinned "$word $1"
	done
	set +f
}
