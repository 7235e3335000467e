# shellcheck shell=sh disable=SC2012,SC2086
# needs: lib
# The host's other users are hostile (docs/security.md): we work only where
# nobody but us and root can change a file or where a path leads ("trusted").
# hd_env_path: env_file of deploy.ini, if it is set.

# enter_root ROOT: enters it and sets root to its real path; fails unless it is
# trusted.
enter_root() {
	root_entered "$1" || fail "$why"
}

# root_entered ROOT: the same, but instead of failing is false and sets why. A
# root that this shell has entered before is not checked again: nobody else can
# have changed it meanwhile.
root_entered() {
	why="$1 cannot be entered"
	cd -P -- "$1" 2>/dev/null || return
	root=$PWD
	[ "${hd_entered-}" != "$1 $root" ] || return 0
	if [ "${hd_checked-}" = "$1 $root" ]; then
		folders_trusted
	else
		root_trusted "$1"
	fi && hd_entered="$1 $root"
}

# folders_trusted: what is left to check in the inner half of an operation
# (session.sh), because its outer half knows no driver.
folders_trusted() {
	hd_way=/ hd_ends=''
	trust_folders
	[ -z "$hd_ends" ] || trust_judge
}

# house_trusted: whether .hdeploy in this folder is a folder or does not exist;
# else sets why.
house_trusted() {
	why=
	if [ -L .hdeploy ]; then
		why="$PWD/.hdeploy is a symbolic link: remove it"
	elif [ -e .hdeploy ] && [ ! -d .hdeploy ]; then
		why="$PWD/.hdeploy is not a folder: remove it"
	fi
	[ -z "$why" ]
}

# house_known: whether .hdeploy has the format that this hdeploy reads, 1; else
# sets why. Only a later format has a file for it: docs/on-host-layout.md.
house_known() {
	[ -e .hdeploy/format ] || [ -L .hdeploy/format ] || return 0
	hd_format=
	[ ! -f .hdeploy/format ] || read -r hd_format <.hdeploy/format || :
	case $hd_format in
	1) return 0 ;;
	'' | *[!0-9]* | ??????????*) hd_format='an unknown format' ;;
	*) hd_format="format $hd_format" ;;
	esac
	why="$PWD/.hdeploy has $hd_format: a newer hdeploy wrote it, and this one\
 reads only format 1. Use the newer hdeploy"
	return 1
} 2>/dev/null

# house_private: whether .hdeploy is ours and closed to others, or does not
# exist; else sets why.
house_private() {
	[ -e .hdeploy ] || return 0
	who_we_are
	# shellcheck disable=SC2046
	set -- $(ls -ldn .hdeploy)
	if [ "$3" != "$hd_uid" ]; then
		why="$PWD/.hdeploy belongs to user id $3, not to\
 $(id -un): set run_as, or remove it"
		return 1
	fi
	case $1 in
	drwx--[-S]---*) ;; # S: from its parent; grants nothing
	*)
		why="$PWD/.hdeploy is open to other users:\
 \`chmod go-rwx $(shell_word "$PWD/.hdeploy")\` on the host"
		return 1
		;;
	esac
}

# root_trusted ROOT: whether the root that we are in is trusted; else sets why.
root_trusted() {
	house_trusted || return 1
	hd_way=/ hd_ends=''
	trust_way "$1"
	[ "$hd_at" = "${root%/}" ] || { # replaced meanwhile
		trust_refuse gone "$1"
		return
	}
	trust_way "${hd_env_path:-/}"
	trust_root
	if trust_glance; then
		house_known
		return
	fi
	house_private && house_known || return 1
	trust_files
	trust_judge
}

# trust_glance: whether find sees nothing that a closer look would have to judge.
# It demands more than that look does, of all files at once, so that most calls
# need one program instead of four. Paths on the way begin with "/./", its ends
# with "/././", and .hdeploy with "/./././"; the others are folders to search, see
# trust_files.
trust_glance() {
	trust_friend
	set --
	for hd_entry in releases/*/ lib/*/ebin bin/*/; do
		[ ! -d "$hd_entry" ] || set -- "$@" "$hd_entry"
	done
	IFS='
'
	set -f
	for hd_path in $hd_way; do
		set -- "$@" "/.$hd_path"
	done
	for hd_path in $hd_ends; do
		set -- "$@" "/./.$hd_path"
	done
	set +f
	unset IFS
	[ ! -e .hdeploy ] || set -- "$@" "/././.$PWD/.hdeploy"
	{
		trust_seen "$@" 2>/dev/null
		echo "$?"
	} | {
		read -r hd_line
		[ "$hd_line" = 0 ]
	}
}

# trust_seen PATH...: prints those that need a closer look. False if one is gone.
trust_seen() {
	hd_owner="! -user 0 ! -user $hd_uid ! -user $hd_friend"
	# shellcheck disable=SC2086
	find "$@" -path '/*' -prune '(' $hd_owner -o \
		! -type l ! '(' ! -path '/././*' -perm -1000 ')' \
		'(' -perm -002 -o -perm -020 ')' -o -path '/./././*' \
		'(' ! -user "$hd_uid" -o ! -type d -o ! -perm -700 -o \
		-perm -001 -o -perm -004 -o -perm -010 -o -perm -040 -o \
		-perm -1000 ')' ')' -print -o \
		! -path '/*' -name '*[!A-Za-z0-9._+~-]*' -prune -o \
		! -path '/*' ! -type l ${hd_unit:+! -name sys.config ! -name vm.args} \
		'(' -perm -002 -o -perm -020 ! -group 0 -o $hd_owner ')' -print
}

# trusted PATH...: whether these files or folders, and all on the way to them,
# are trusted as far as they exist; else sets why.
trusted() {
	hd_way=/ hd_ends=''
	for hd_path; do
		trust_way "$hd_path"
	done
	trust_judge
}

# driver_folders: prints the paths, one a line, that we or the driver's control
# script write to besides the folders of every release. This is for drivers
# without any.
driver_folders() {
	:
}

# trust_way PATH: adds every folder and link on the way to PATH, through all
# links, to hd_way, and the real path to hd_ends.
trust_way() {
	hd_at=''
	hd_rest=$1/
	hd_links=0
	while [ -n "$hd_rest" ]; do
		hd_name=${hd_rest%%/*}
		hd_rest=${hd_rest#*/}
		case $hd_name in
		'' | .) ;;
		..) hd_at=${hd_at%/*} ;;
		*) trust_step "$hd_at/$hd_name" || return 0 ;;
		esac
	done
	hd_ends="$hd_ends
$hd_at"
}

# False where the way ends: the path does not exist, or its links form a loop.
trust_step() {
	[ -e "$1" ] || [ -L "$1" ] || return 1
	hd_way="$hd_way
$1"
	[ -L "$1" ] || {
		hd_at=$1
		return 0
	}
	hd_links=$((hd_links + 1))
	hd_name=$(readlink "$1") && [ "$hd_links" -le 40 ] || return 1
	hd_rest=$hd_name/$hd_rest
	case $hd_name in
	/*) hd_at= ;;
	esac
}

# Adds the files of a root that we write to or execute. We never touch a name
# that no release can have.
trust_root() {
	for hd_entry in releases releases/* lib lib/* lib/*/ebin bin bin/* erts-* \
		erts-*/bin erts-*/bin/*; do
		trust_entry "$root/$hd_entry"
	done
	trust_folders
}

trust_folders() {
	IFS='
'
	for hd_entry in $(driver_folders); do
		case $hd_entry in
		/*) trust_way "$hd_entry" ;;
		*) trust_way "$root/$hd_entry" ;;
		esac
	done
	unset IFS
}

# trust_files: adds the first code or boot file that others can write to, and
# the first that only our group can write to.
trust_files() {
	trust_friend
	[ -n "$(trust_find)" ] || return 0
	hd_group=$(id -g)
	trust_entry "$(trust_find ! -group "$hd_group")"
	trust_entry "$(trust_find -group "$hd_group")"
}

# trust_find TEST...: prints the first file that others can write to, or that
# its group can if TEST holds. A tar that root unpacks by hand may leave files
# to user ids of another host. Where systemd starts the VM, its user may own the
# configuration.
trust_find() {
	set -- '(' -perm -002 -o "$@" -perm -020 ! -group 0 -o \
		! -user 0 ! -user "$hd_uid" ! -user "$hd_friend" ')'
	[ -z "${hd_unit-}" ] ||
		set -- "$@" ! -name sys.config ! -name vm.args
	find "$root"/releases/*/ "$root"/lib/*/ebin "$root"/bin/*/ \
		-name '*[!A-Za-z0-9._+~-]*' -prune -o ! -type l "$@" \
		-print 2>/dev/null | {
		! IFS= read -r hd_entry || printf '%s\n' "${hd_entry%/}"
	}
}

trust_entry() {
	case ${1#"$root"} in
	*[!A-Za-z0-9._+~/-]*) return 0 ;;
	esac
	if [ -L "$1" ]; then
		trust_way "$1"
	elif [ -e "$1" ]; then
		hd_ends="$hd_ends
$1"
	fi
}

# trust_friend: sets hd_friend, another user whose files are trusted: the one
# that became us by sudo. 0 if there is none.
trust_friend() {
	who_we_are
	hd_friend=0
	[ "$hd_uid" = 0 ] || case ${SUDO_UID-} in
	'' | *[!0-9]*) ;;
	*) hd_friend=$SUDO_UID ;;
	esac
}

# trust_judge: whether hd_way and hd_ends are trusted; else sets why.
trust_judge() {
	trust_friend
	IFS='
'
	set -f
	trust_all
	hd_trusted=$?
	set +f
	unset IFS
	return "$hd_trusted"
}

trust_all() {
	hd_group=0
	while :; do
		hd_other=$(trust_list | trust_others)
		[ -n "$hd_other" ] || return 0
		hd_path=${hd_other#* * }
		hd_other=${hd_other%" $hd_path"}
		[ "${hd_other% *}$hd_group" = group0 ] &&
			group_is_private "${hd_other#* }" || break
		hd_group=${hd_other#* }
	done
	trust_refuse "$hd_other" "$hd_path"
}

# In a pipe alone: trust_list and trust_others replace their shells.
#
# trust_list: prints the input of trust_others: the number of paths, and a line
# of ls for each. One ls is for all, and sorts them, so those on the way begin with
# "/./".
trust_list() {
	for hd_path in $hd_way; do
		set -- "$@" "/.$hd_path"
	done
	set -- "$@" $hd_ends
	echo "$#"
	exec ls -ldn -- "$@"
} 2>/dev/null

# trust_others: prints the first path that others control: how, its group, its
# name. A folder on the way may be writable to everybody if it is sticky, as
# /tmp is. For a user who is not root that is the only demand on folders of the
# way: their owners decide what boots anyway.
trust_others() {
	exec awk -v us="$hd_uid" -v friend="$hd_friend" -v group="$hd_group" '
		function bad(how) {
			path = $0
			for (i = 0; i < 8; i++)
				sub(/^[^ ]+ +/, "", path)
			if (link)
				sub(/ -> .*/, "", path)
			sub(/^\/[.]\//, "/", path)
			print how, $4, path
			told = 1
			exit
		}
		NR == 1 { n = $1; next }
		{
			n--
			at_end = $9 !~ /^\/[.]\//
			link = $1 ~ /^l/
			above = !at_end && us != 0
			keeps = !at_end && substr($1, 10, 1) ~ /[tT]/
		}
		$3 != 0 && $3 != us && $3 != friend && (!above || link) {
			bad("owner")
		}
		link || keeps { next }
		substr($1, 9, 1) == "w" { bad("all") }
		above || substr($1, 6, 1) != "w" { next }
		$1 ~ /[+]$/ { bad("list") }
		$4 != 0 && $4 != group { bad("group") }
		END { if (!told && n > 0) print "gone 0 its way" }'
}

# group_is_private GID: whether it is our own group, as useradd makes one for
# each user, without other members: neither in its own line nor by their first
# group.
group_is_private() {
	[ "$1" = "$(id -g)" ] && hd_us=$(id -un) &&
		[ "$(id -gn)" = "$hd_us" ] || return 1
	hd_members=$(getent group "$1" 2>/dev/null ||
		grep "^[^:]*:[^:]*:$1:" /etc/group)
	hd_members=${hd_members##*:}
	[ "${hd_members:-$hd_us}" = "$hd_us" ] &&
		! { getent passwd || cat /etc/passwd; } 2>/dev/null |
		awk -F : -v group="$1" -v us="$hd_uid" '
			$4 == group && $3 != us { others = 1 }
			END { exit !others }'
}

# trust_refuse "HOW GID" PATH: sets why.
trust_refuse() {
	hd_names=$(ls -ld -- "$2" 2>/dev/null | awk '{ print $3, $4 }')
	hd_fix='chmod -R go-w'
	hd_who='to the user that runs the VM'
	case $1 in
	owner*)
		why="belongs to ${hd_names% *}"
		hd_who="= ${hd_names% *} if that user runs the VM"
		hd_fix="chown -R $(id -un)"
		;;
	all*) why="can be written to by everybody" ;;
	list*) why="can be written to by others (getfacl shows whom)" ;;
	group*) why="can be written to by group ${hd_names#* }" ;;
	*)
		why="$2 changed while hdeploy checked it: try again"
		return 1
		;;
	esac
	hd_name=${2#"${root:-//}"/}
	case $2 in
	"${root:-//}"/*)
		hd_fix="\`$hd_fix $(shell_word "$root/${hd_name%%/*}")\` on the host"
		;;
	"${root:-//}") hd_fix="\`$hd_fix $(shell_word "$2")\` on the host" ;;
	/tmp/erl_pipes*) hd_fix="env.PIPE_DIR to a folder of your own" ;;
	*) hd_fix="choose a path with no such folder above it" ;;
	esac
	why="$2 $why, and $(id -un) works only where nobody else can write: set\
 run_as $hd_who, or $hd_fix"
	return 1
}
