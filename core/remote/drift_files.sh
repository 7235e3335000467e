# shellcheck shell=sh
# needs: digest noted process
# Compares the files on disk with the manifests of the versions that are
# unpacked here: all of them in one pass, because each has hundreds.

# More files than this with a new size or time are not read at each look.
drift_most=64

# drift_awk PROGRAM ARG...: awk with PROGRAM, which gets each line of the files
# "noted" and "manifest" that is about an unpacked file, with its version, path
# and digest. placed: the version whose loose files are in place. plain: each
# version has a folder of its own (driver = app), and linked names the paths in it
# that lead to shared/.
drift_awk() {
	hd_program=$1
	shift
	awk -v app="$app" -v plain="$drift_plain" -v placed="$drift_placed" '
	function own(path, v, at) {
		at = "releases/" v "/"
		if (index(path, at) == 1)
			return substr(path, length(at) + 1) !~ /^[^\/]*[.]rel$/
		return path ~ /^lib\// || path ~ /^erts-/ ||
			path == "bin/" app "-" v ||
			(v == placed && starts_node(path))
	}
	# loose files, of the version whose loose files are in place
	function starts_node(path) {
		return path ~ /^bin\// || (path ~ /^releases\/[^\/]*$/ &&
			path !~ /\/(RELEASES|start_erl[.]data|.*[.]rel)$/)
	}
	function shared(path, v, n, i, part, at) {
		n = split(path, part, "/")
		for (i = 1; i <= n; i++) {
			at = at (i > 1 ? "/" : "") part[i]
			if ((v, at) in linked)
				return 1
		}
		return 0
	}
	function top(path, n, part) {
		n = split(path, part, "/")
		return n > 2 ? part[1] "/" part[2] : path
	}
	# People edit control scripts and configuration on hosts, and scripts
	# generate the latter: only their existence counts.
	function edited(path) {
		if (plain == "yes")
			return 0
		if (starts_node(path))
			return 1
		if (!sub(/^releases\/[^\/]*\//, "", path))
			return 0
		return path ~ /^(sys[.]config|vm[.]args)([.]src)?$/ ||
			path ~ /^(env[.]sh|remote[.]vm[.]args|runtime[.]exs)$/
	}
	function list(key, name, at) {
		at = "releases/" version "/"
		if (plain == "yes" && index(name, at) == 1)
			name = substr(name, length(at) + 1)
		if (seen[key, name]++)
			return
		if (!(key in count))
			keys[++last] = key
		if (++count[key] <= 6)
			text[key] = text[key] (count[key] > 1 ? ", " : "") name
	}
	function lists(i, key) {
		for (i = 1; i <= last; i++) {
			key = keys[i]
			print key, text[key] (count[key] > 6 ? \
				" and " count[key] - 6 " more" : "")
		}
	}
	FNR == 1 {
		kind = ""
		if (split(FILENAME, part, "/") == 4) {
			version = part[3]
			kind = part[4]
		}
	}
	kind == "linked" { linked[version, $0] = 1; next }
	kind == "manifest" {
		digest = $1
		path = substr($0, 67)
		if (plain == "yes") {
			if (shared(path, version))
				next
			path = "releases/" version "/" path
		} else if (!own(path, version))
			next
	}
	kind == "noted" {
		digest = $3
		path = substr($0, length($1 $2 $3) + 4)
	}
	'"$hd_program" "$@" 2>/dev/null
}

# drift_names FILE...: each path of the manifests once, and the folder that it
# is in if that belongs to a version as a whole.
drift_names() {
	drift_awk '
	kind == "manifest" && !named[path]++ {
		print path
		folder = top(path)
		if (!named[folder]++)
			print folder
	}' "$@"
}

# drift_compare FILE...: by the lines of file_stats on stdin, prints "gone
# VERSION NAMES", also for a folder, pipe or device in place of a file; "owner UID
# NAMES"; and "look PATH" for a file whose size or time is new. users: user ids
# that may own files.
drift_compare() {
	drift_awk '
	# a set-id bit of a file, as a program for root has it on purpose
	function runs_as_owner(mode) {
		return mode ~ /^8[4-9a-f]..$/
	}
	kind == "" {
		path = substr($0, length($1 $2 $3 $4) + 5)
		if ($4 ~ /^[1246c]...$/)
			special[path] = 1
		here[path] = $1 " " $2
		if (index(users, " " $3 " ") == 0 && $3 != "-" &&
				!edited(path) && !runs_as_owner($4))
			list("owner " $3, path)
		next
	}
	kind == "noted" { if (path in here) noted[path, $1 " " $2] = known[path] = 1 }
	kind == "manifest" && (!(path in here) || (path in special)) {
		list("gone " version, (top(path) in here) ? path : top(path))
		next
	}
	kind == "manifest" && (path in known) && !edited(path) &&
			!((path, here[path]) in noted) && !looked[path]++ {
		look[++looks] = path
	}
	END {
		lists()
		for (i = 1; i <= looks && looks <= most; i++)
			print "look", look[i]
		if (looks > most)
			print "unread", looks
	}' "most=$drift_most" "users= $drift_users " - "$@"
}

# drift_judge FILE...: by the lines "DIGEST  PATH" on stdin, prints "changed
# VERSION NAMES". A path that several versions have can have several digests.
drift_judge() {
	drift_awk '
	kind == "" {
		now[substr($0, 67)] = $1
		next
	}
	!(path in now) { next }
	digest == now[path] { right[path] = 1 }
	kind == "manifest" && !edited(path) {
		if (digest != now[path])
			wrong[++n] = version SUBSEP path
	}
	END {
		for (i = 1; i <= n; i++) {
			split(wrong[i], part, SUBSEP)
			version = part[1]
			if (!(part[2] in right))
				list("changed " version, part[2])
		}
		lists()
	}' - "$@"
}

# drift_digests: prints "DIGEST  PATH" for each path on stdin that exists. Only
# of plain files: a read of anything else might never end.
drift_digests() {
	while IFS= read -r name; do
		if [ -f "$name" ]; then
			printf '%s\n' "$name"
		elif [ -e "$name" ] || [ -L "$name" ]; then
			{ [ -d "$name" ] && [ ! -L "$name" ]; } ||
				printf '%064d  %s\n' 0 "$name" >&4
		fi
	done | sha256_list
}

# drift_files FILE...: FILE: linked, noted and manifest of each version that is
# unpacked, each kind before the next.
drift_files() {
	drift_found=$(drift_names "$@" | file_stats | drift_compare "$@")
	[ -z "$drift_found" ] || printf '%s\n' "$drift_found" |
		while read -r key rest; do
			case $key in
			gone) say gone "$rest" ;;
			unread) say unread "$rest" ;;
			owner) say owners \
				"$(user_name "${rest%% *}") ${rest#* }" ;;
			esac
		done
	[ -z "$arg_deep" ] || {
		drift_names "$@" | drift_changed "$@"
		return
	}
	case "
$drift_found" in
	*"
look "*) printf '%s\n' "$drift_found" | sed -n 's/^look //p' |
		drift_changed "$@" ;;
	esac
}

# drift_changed FILE...: reports the paths on stdin whose content changed.
drift_changed() {
	{ drift_digests 4>&1; } | drift_judge "$@" |
		while read -r key rest; do
			say changed "$rest"
		done
}
