# shellcheck shell=sh
# needs: change env lease_life trust
# The facts that do not depend on the driver.

facts_host() {
	who_we_are
	facts_short=
	[ -d "$arg_root" ] || facts_short=no
	# shellcheck disable=SC2046
	set -- $(uname -snm)
	say system "$1"
	say machine "$3"
	host_name=$2
	say libc "$(facts_libc)"
	for file in /lib/ld*.so* /lib64/ld*.so* /lib32/ld*.so*; do
		[ ! -e "$file" ] || say loaders "$file"
	done
	for tool in setsid tar gzip mv ln cp sed awk grep find xargs tr tail \
		cut df wc mktemp readlink sync; do
		command -v "$tool" >/dev/null || say missing "$tool"
	done
	command -v sha256sum >/dev/null || command -v shasum >/dev/null ||
		command -v openssl >/dev/null || say missing sha256sum
}

facts_user() {
	say user "$(id -un)"
}

# facts_is_brief: whether the answer can be brief, in the root: this run pushes a
# version of which nothing is here. Its plan needs no fact about the files of
# versions, and none about the next start. Answers "brief yes" once.
facts_is_brief() {
	[ -z "$facts_short" ] || {
		[ "$facts_short" = yes ]
		return
	}
	facts_short=no
	[ -n "$arg_brief" ] && is_version "$arg_goal" || return
	for hd_file in "releases/$arg_goal" ".hdeploy/releases/$arg_goal" \
		.hdeploy/change; do
		[ ! -e "$hd_file" ] && [ ! -L "$hd_file" ] || return
	done
	facts_short=yes
	say brief yes
}

facts_libc() {
	getconf GNU_LIBC_VERSION 2>/dev/null && return
	set -- "$(ldd --version 2>&1 | sed -n 's/^Version \([0-9.]*\).*/\1/p')"
	if [ -n "$1" ]; then
		echo "musl $1"
	else
		echo unknown -
	fi
}

# The root does not exist: can it be made?
facts_parent() {
	if [ -e "$1" ] || [ -L "$1" ]; then
		say refusal "$1 is not a folder"
		return
	fi
	parent=$1
	while [ ! -e "$parent" ]; do
		parent=${parent%/*}
		parent=${parent:-/}
	done
	if [ ! -d "$parent" ]; then
		say refusal "$parent is not a folder"
	elif [ ! -w "$parent" ]; then
		say refusal "$(id -un) cannot write to $parent:\
 $(install_advice "$1")"
	else
		cd -P -- "$parent" && facts_disk
		trusted "$1" "${hd_env_path:-/}" || {
			say refusal "$why"
			return
		}
	fi
	facts_env
}

# facts_trust ROOT: false if other users can change the root: then nothing in it
# is read, shown or asked.
facts_trust() {
	if ! root_entered "$1"; then
		say refusal "$why"
		say vm_state unreachable
		say vm_why "the node is not asked: $why"
		return 1
	elif [ ! -w . ]; then
		facts_closed
	fi
}

# The root is trusted, but not writable.
facts_closed() {
	if [ -z "$(ls -A . 2>&1)" ]; then
		set -- ": $(install_advice "$root")"
	else
		# shellcheck disable=SC2012
		set -- ", which belongs to $(ls -ld . | awk '{ print $3 }')"
	fi
	say refusal "$(id -un) cannot write to $root$1"
}

facts_env() {
	for tool in $driver_tools; do
		as_service command -v "$tool" >/dev/null 2>&1 ||
			say missing "$tool"
	done
	as_service true 2>/dev/null ||
		say refusal "$(as_service true 2>&1)"
}

# By one program for blocks and inodes, where stat can show them. inodes: "TOTAL
# FREE", for preflight_disk.
facts_disk() {
	# shellcheck disable=SC2046
	set -- $(stat -f -c '%a %S %c %d' . 2>/dev/null)
	case $#$* in
	*[!0-9\ ]* | [!4]*) inodes= ;;
	*)
		inodes="$3 $4"
		say disk_free "$(($1 * $2 / 1024))"
		return
		;;
	esac
	df -Pk . | {
		read -r line
		read -r device total used free line
		case $total$used$free in
		*[!0-9]*) free= ;;
		esac
		say disk_free "${free-}"
	}
}

facts_operations() {
	! operation_live || ! read -r name <"$hd_live/name" ||
		say unfinished "${hd_live##*/} $name"
}

# Answers the lock of another run that is connected and not silent, its command,
# and since when; and if keepalives are missing, for how many seconds.
facts_lock() {
	lease_newest
	[ "$lease_n" != "$hd_lease" ] || return 0
	lease_seconds "$lease_n"
	[ "$lease_left" -gt 0 ] && ! lease_orphan "$lease_n" &&
		lease_heard "$lease_n" || return 0
	say lock "$lease_holder"
	say lock_command "$lease_command"
	say lock_since "$lease_since"
	! lease_quiet || say lock_silent "$lease_silent"
}

facts_change() {
	facts_lock
	[ -s .hdeploy/watching ] && process_lives .hdeploy/watcher &&
		read -r watched <.hdeploy/watching && say watching "$watched"
	[ -s .hdeploy/change ] || return 0
	say journal "$(head -n 1 .hdeploy/change)"
	operation_newest "$(line_id <.hdeploy/change)"
	operation_name "$hd_newest" || return 0
	name=$hd_name
	operation_status "$hd_newest"
	say journal_step "$name $hd_ended"
}

facts_id() {
	[ -f .hdeploy/id ] || return 0
	read -r id <.hdeploy/id # without a line break at its end
	say id "$id"
}

# Only changes to another version: starts and stops would crowd them out.
facts_history() {
	[ -s .hdeploy/history.jsonl ] || return 0
	awk '/"command":"(upgrade|rollback)"/ { line[n++ % 50] = $0 }
		END {
			for (i = n > 50 ? n - 50 : 0; i < n; i++)
				print line[i % 50]
		}' .hdeploy/history.jsonl |
		while IFS= read -r line; do
			say history "$line"
		done
}

# facts_records [release]: the versions that were pushed; of releases also the
# ways of their relups, and from the manifest the version of the ERTS, the cookie
# (`mix release` makes one for each build) if this root has one, and the first
# file name that some VMs cannot unpack; and the libraries of each version, equal
# ones once, with all their versions. Ignores a damaged record: the version is
# pushed again.
facts_records() {
	hd_release=${1-}
	set --
	for folder in .hdeploy/releases/*/; do
		is_file "$folder" record && set -- "$@" "${folder}record"
	done
	hd_states=$(facts_states "$@")
	[ -z "$hd_release" ] || for folder in .hdeploy/releases/*/; do
		is_file "$folder" manifest && set -- "$@" "${folder}manifest"
	done
	cookie=
	[ ! -f releases/COOKIE ] || cookie=yes
	[ "$#" = 0 ] || printf '%s\n' "$hd_states" | awk \
		-v release="$hd_release" -v cookie="$cookie" '
		function end_of_record(words) {
			words = identity "/" sha256 "/" size
			if (version == "" ||
					words !~ /^[0-9a-f]+\/[0-9a-f]+\/[0-9a-f]+$/)
				return
			if (kept[version] == "here")
				kept[version] = sizes[version] == size ? \
					"yes" : "changed"
			if (kept[version] != "gone" && !listed[version])
				kept[version] = "unlisted"
			print "records", version, identity, sha256, \
				kept[version], verified[version]
			printf "%s", lines
			sound[version] = 1
		}
		split(FILENAME, part, "/") != 4 {
			if (NF == 4) {
				kept[$1] = $2
				listed[$1] = $3 == "yes"
				verified[$1] = $4
			} else if (sub(/^[.]hdeploy\/tarballs\//, "", $2) &&
					sub(/[.]tar[.]gz$/, "", $2)) {
				sizes[$2] = $1
			}
			next
		}
		FNR == 1 {
			end_of_record()
			version = part[4] == "record" ? part[3] : ""
			identity = sha256 = size = lines = foreign = erts = ""
		}
		part[4] == "manifest" {
			if (foreign == "" && /[^ -~]/) {
				foreign = substr($0, 67)
				gsub(/[^ -~]/, "?", foreign)
				print "foreign", part[3], substr(foreign, 1, 3700)
			}
			if (!(part[3] in sound))
				next
			if (erts == "" && /^[0-9a-f]*  erts-[A-Za-z0-9._+~-]+\//) {
				erts = $2
				sub(/^erts-/, "", erts)
				sub(/\/.*/, "", erts)
				print "erts", part[3], erts
			}
			if (cookie != "" && /^[0-9a-f]+  releases\/COOKIE$/)
				print "cookie", part[3], $1
			next
		}
		$1 == "identity" { identity = NF == 2 ? $2 : "-" }
		$1 == "sha256" { sha256 = NF == 2 ? $2 : "-" }
		$1 == "size" { size = NF == 2 ? $2 : "-" }
		release != "" && $1 == "way" && NF == 5 &&
				($2 == "up" || $2 == "down") &&
				($4 == "plain" || $4 == "emulator") {
			line = $2 " " $3 " " $4 " " $5
			gsub(/[^ -~]/, "?", line)
			lines = lines "relup " version " " \
				substr(line, 1, 3700) "\n"
		}
		release != "" && $1 == "lib" && NF == 3 &&
				length($2) <= 255 && length($3) == 64 &&
				$2 ~ /^[A-Za-z0-9._+~-]+$/ && $3 !~ /[^0-9a-f]/ {
			content = $2 " " $3
			if (content in versions)
				versions[content] = versions[content] "," version
			else {
				contents[++n] = content
				versions[content] = version
			}
		}
		END {
			end_of_record()
			for (i = 1; i <= n; i++)
				print "libs " substr(versions[contents[i]], \
					1, 4000 - length(contents[i])) \
					" " contents[i]
		}' - "$@" 2>/dev/null >&3
}

# is_file FOLDER/ NAME: whether that folder is of a version and has such a file,
# which we can read: awk reads none after one that it cannot read.
is_file() {
	set -- "${1%/}" "$2"
	is_version "${1##*/}" && [ -s "$1/$2" ] && [ -f "$1/$2" ] &&
		[ -r "$1/$2" ]
}

# facts_states RECORD...: prints "VERSION KEPT LISTED VERIFIED" for each, and the
# sizes of the kept tarballs.
facts_states() {
	hd_tarballs=
	for folder; do
		folder=${folder%/record}
		version=${folder##*/}
		tarball=.hdeploy/tarballs/$version.tar.gz
		kept=gone listed=no verified=no
		[ ! -f "$tarball" ] || [ ! -r "$tarball" ] || {
			kept=here
			hd_tarballs="$hd_tarballs $tarball"
		}
		[ ! -s "$folder/manifest" ] || listed=yes
		[ ! -f "$folder/verified" ] || verified=yes
		printf '%s\n' "$version $kept $listed $verified"
	done
	# shellcheck disable=SC2086 # versions have no spaces
	[ -z "$hd_tarballs" ] || wc -c $hd_tarballs 2>/dev/null
}

# facts_some: the first three lines on stdin, as a list
facts_some() {
	awk 'NR <= 3 { list = list (NR > 1 ? ", " : "") $0 }
		END { print list (NR > 3 ? " and " NR - 3 " more" : "") }'
}

facts_closed_part() { # VERSION|-|-start PATH
	[ -e "$2" ] && [ ! -w "$2" ] || return 0
	# shellcheck disable=SC2012
	say closed "$1 $2 belongs to $(ls -ldL -- "$2" 2>/dev/null |
		awk '{ print $3 }'), and $(id -un) cannot write to it:\
 \`chown -R $(id -un) $(shell_word "$2")\`"
}
