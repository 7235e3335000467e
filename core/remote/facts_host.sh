# shellcheck shell=sh
# needs: change env lease_life trust
# The facts that do not depend on the driver.

facts_host() {
	who_we_are
	say user "$(id -un)"
	say system "$(uname -s)"
	say machine "$(uname -m)"
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

facts_disk() {
	say disk_free "$(df -Pk . | sed -n '2s/^[^ ]*  *[0-9]*  *[0-9]*  *\([0-9]*\) .*/\1/p')"
}

facts_operations() {
	! operation_live || ! read -r name <"$hd_live/name" ||
		say unfinished "${hd_live##*/} $name"
}

# Answers the lock of another run that is connected and not silent; and if
# keepalives are missing, for how many seconds.
facts_lock() {
	lease_newest
	[ "$lease_n" != "$hd_lease" ] || return 0
	lease_seconds "$lease_n"
	[ "$lease_left" -gt 0 ] && ! lease_orphan "$lease_n" &&
		lease_heard "$lease_n" || return 0
	say lock "$lease_holder"
	! lease_quiet || say lock_silent "$lease_silent"
}

facts_change() {
	facts_lock
	[ -s .hdeploy/watching ] && process_lives .hdeploy/watcher &&
		read -r watched <.hdeploy/watching && say watching "$watched"
	[ -s .hdeploy/change ] || return 0
	say journal "$(head -n 1 .hdeploy/change)"
	newest=$(operation_newest "$(line_id <.hdeploy/change)")
	name=$(operation_name "$newest") || return 0
	say journal_step "$name $(operation_status "$newest")"
}

facts_id() {
	[ -f .hdeploy/id ] || return 0
	read -r id <.hdeploy/id # without a line break at its end
	say id "$id"
}

# Only changes to another version: starts and stops would crowd them out.
facts_history() {
	[ -f .hdeploy/history.jsonl ] || return 0
	version_lines <.hdeploy/history.jsonl | tail -n 50 |
		while IFS= read -r line; do
			say history "$line"
		done
}

# facts_kept FOLDER VERSION: ignores a damaged record: the version is pushed
# again.
facts_kept() {
	identity='' sha256='' size='' kept=gone verified=no
	while read -r key value; do
		case $key in
		identity) identity=$value ;;
		sha256) sha256=$value ;;
		size) size=$value ;;
		esac
	done <"$1/record"
	case $identity/$sha256/$size in
	*[!0-9a-f/]* | /* | *//* | */) return 1 ;;
	esac
	tarball=.hdeploy/tarballs/$2.tar.gz
	if [ -f "$tarball" ] && file_size "$tarball"; then
		kept=yes
		[ "$hd_size" = "$size" ] || kept=changed
		[ -s "$1/manifest" ] || kept=unlisted
	fi
	[ -f "$1/verified" ] && verified=yes
	say records "$2 $identity $sha256 $kept $verified"
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
