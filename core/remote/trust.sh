# shellcheck shell=sh disable=SC2012,SC2086
# needs: lib
# The host's other users are hostile (docs/security.md): we work only where
# nobody but us and root decides what is there and where a name leads.
# hd_env_path: env_file of deploy.ini, if there is one.

# enter_root ROOT: goes there and sets root to its real path, if that is so.
enter_root() {
	root_entered "$1" || fail "$why"
}

# root_entered ROOT: the same; false, and sets why.
root_entered() {
	why="$1 cannot be entered"
	cd -P -- "$1" 2>/dev/null && root=$(pwd -P) && root_trusted "$1"
}

# house_trusted: whether .hdeploy in this folder can be, or is not there yet;
# else sets why.
house_trusted() {
	why=
	if [ -L .hdeploy ]; then
		why="$PWD/.hdeploy is a symbolic link: remove it"
	elif [ ! -e .hdeploy ]; then
		return 0
	elif [ ! -d .hdeploy ]; then
		why="$PWD/.hdeploy is not a folder: remove it"
	else
		who_we_are
		# shellcheck disable=SC2046
		set -- $(ls -ldn .hdeploy)
		if [ "$3" != "$hd_uid" ]; then
			why="$PWD/.hdeploy belongs to user id $3, not to\
 $(id -un): set run_as, or remove it"
		else
			case $1 in
			drwx--[-S]---*) ;; # S: as its parent is, for nobody
			*) why="$PWD/.hdeploy can be entered by others:\
 \`chmod go-rwx $(shell_word "$PWD/.hdeploy")\` there" ;;
			esac
		fi
	fi
	[ -z "$why" ]
}

# root_trusted ROOT: whether that holds for the root that we are in; else sets
# why.
root_trusted() {
	house_trusted || return 1
	hd_way=/ hd_ends=''
	trust_way "$1"
	[ "$hd_at" = "${root%/}" ] || { # another was put there meanwhile
		trust_refuse gone "$1"
		return
	}
	trust_way "${hd_env_path:-/}"
	trust_root
	trust_judge
}

# trusted PATH...: whether it holds for files or folders and the way there, as
# far as there is one; else sets why.
trusted() {
	hd_way=/ hd_ends=''
	for hd_path; do
		trust_way "$hd_path"
	done
	trust_judge
}

# What we and the driver's control script write to beside the folders that
# every release has: paths, one a line. For drivers that have none.
driver_folders() {
	:
}

# trust_way PATH: puts all that leads there into hd_way, links as well as what
# is behind them, and the end of it into hd_ends.
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

# False at its end: nothing is there, or links lead in a circle.
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

# What we write to in a root or execute from it. A name that no release has is
# nothing that we touch.
trust_root() {
	for hd_entry in releases releases/* lib lib/* lib/*/ebin bin bin/* erts-* \
		erts-*/bin erts-*/bin/*; do
		trust_entry "$root/$hd_entry"
	done
	trust_files
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

# trust_files: of code and what boots it the first that others could write to, and
# the first that only our group can.
trust_files() {
	trust_friend
	[ -n "$(trust_find)" ] || return 0
	hd_group=$(id -g)
	trust_entry "$(trust_find ! -group "$hd_group")"
	trust_entry "$(trust_find -group "$hd_group")"
}

# trust_find TEST...: the first that others, or those groups, can write to. A tar
# that root unpacks by hand leaves files to the users of another host. Where
# systemd starts the VM, the VM's user may make its configuration.
trust_find() {
	set -- '(' -perm -002 -o "$@" -perm -020 ! -group 0 -o \
		! -user 0 ! -user "$hd_uid" ! -user "$hd_friend" ')'
	[ -z "${hd_unit-}" ] ||
		set -- "$@" ! -name sys.config ! -name vm.args
	hd_entry=$(find "$root"/releases/*/ "$root"/lib/*/ebin "$root"/bin/*/ \
		-name '*[!A-Za-z0-9._+~-]*' -prune -o ! -type l "$@" \
		-print 2>/dev/null | head -n 1)
	printf '%s\n' "${hd_entry%/}"
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

# trust_friend: sets hd_friend: who comes as another user by sudo may be that user.
trust_friend() {
	who_we_are
	hd_friend=0
	[ "$hd_uid" = 0 ] || case ${SUDO_UID-} in
	'' | *[!0-9]*) ;;
	*) hd_friend=$SUDO_UID ;;
	esac
}

# trust_judge: of hd_way and hd_ends; else sets why.
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

# trust_list: what there is to be judged: how many, what is on the way, a blank
# line, and what is at its ends.
trust_list() {
	set -- $hd_way
	hd_n=$#
	set -- $hd_ends
	echo "$((hd_n + $#))"
	ls -ldn -- $hd_way
	[ "$#" = 0 ] || {
		echo
		ls -ldn -- "$@"
	}
} 2>/dev/null

# trust_others: of that the first that others decide about: how, the group, and its
# name. A folder on the way may be everybody's if it keeps what is in it from
# others, as /tmp does. For a user who is not root only that is asked of the way:
# who owns a folder above decides what boots here anyway.
trust_others() {
	awk -v us="$hd_uid" -v friend="$hd_friend" -v group="$hd_group" '
		function bad(how) {
			path = $0
			for (i = 0; i < 8; i++)
				sub(/^[^ ]+ +/, "", path)
			if (link)
				sub(/ -> .*/, "", path)
			print how, $4, path
			told = 1
			exit
		}
		NR == 1 { n = $1; next }
		NF == 0 { at_end = 1; next }
		{
			n--
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

# group_is_private GID: ours, as useradd makes one for each user. It has two kinds
# of members: those in its own line, and those whose first group it is.
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
		why="$2 changed while it was looked at: try again"
		return 1
		;;
	esac
	hd_name=${2#"${root:-//}"/}
	case $2 in
	"${root:-//}"/*)
		hd_fix="\`$hd_fix $(shell_word "$root/${hd_name%%/*}")\` there"
		;;
	"${root:-//}") hd_fix="\`$hd_fix $(shell_word "$2")\` there" ;;
	/tmp/erl_pipes*) hd_fix="env.PIPE_DIR to a folder of your own" ;;
	*) hd_fix="choose a path with no such folder above it" ;;
	esac
	why="$2 $why, and $(id -un) works only where nobody else can write: set\
 run_as $hd_who, or $hd_fix"
	return 1
}
