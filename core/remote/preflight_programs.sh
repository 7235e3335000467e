# shellcheck shell=sh disable=SC3013
# needs: command env
# What the programs of a release need, and this host lacks. arg_needs: shared
# libraries, and absolute folders to look for them in; without it, the record of
# arg_goal has them.

preflight_programs() {
	[ -r /proc/self/stat ] && ! command_given running || return 0
	needs=$arg_needs
	[ -n "$needs" ] || preflight_recorded
	preflight_libraries
}

# The lines of the record, and the libraries that they name.
preflight_recorded() {
	is_version "$arg_goal" || return 0
	record=.hdeploy/releases/$arg_goal/record
	[ -f "$record" ] && [ -r "$record" ] || return 0
	recorded=$(awk '
		$1 != "program" || NF != 7 || length($0) > 3900 || n >= 200 ||
			$2 !~ /^[A-Za-z0-9._+\/-]+$/ || $3 !~ /^[0-9]+$/ ||
			$4 !~ /^(-|\/[A-Za-z0-9._+\/-]+)$/ ||
			length($3) > 5 || length($4) > 63 ||
			$5 !~ /^(-|[0-9]+[.][0-9]+)$/ ||
			$6 !~ /^(-|[0-9]+[.][0-9]+[.][0-9]+)$/ ||
			$7 !~ /^[A-Za-z0-9._+\/,-]+$/ { next }
		{
			sub(/^program/, "programs")
			line[n++] = $0
			m = split($7, name, ",")
			for (i = 1; i <= m; i++)
				if (!seen[name[i]]++ && name[i] != "-")
					names = names " " name[i]
		}
		END {
			print names
			for (i = 0; i < n; i++)
				print line[i]
		}' "$record" 2>/dev/null)
	needs=${recorded%%
*}
	case $recorded in
	*programs*) printf '%s\n' "${recorded#*
}" >&3 ;;
	esac
}

# preflight_libraries: the needed libraries that the loader would not find:
# ld.so(8). If it would not even find the libc, this host keeps its libraries
# elsewhere, and nothing is known.
preflight_libraries() {
	[ -n "$needs" ] || return 0
	# The first line shows that there is a cache. The lines of other
	# libraries would make the patterns below slow in some shells.
	cache=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null |
		awk -v needs=" $needs " 'NR == 1 || index(needs, " " $1 " ")')
	preflight_folders
	lacks=
	for name in $needs; do
		case $name in
		/*) continue ;;
		esac
		case $cache in
		*"	$name ("*) ;;
		*) preflight_has "$more:$folders" "$name" ||
			lacks="$lacks $name" ;;
		esac
	done
	case "$lacks " in
	*' libc.so.6 '* | *' libc.musl-'*) return 0 ;;
	esac
	for name in $lacks; do
		say lacks "$name"
	done
	case " $needs $lacks " in
	*' libstdc++.so.6 '*' libstdc++.so.6 '*) ;;
	*' libstdc++.so.6 '*) preflight_glibcxx ;;
	esac
}

# preflight_folders: sets folders, those where every program finds libraries,
# and more, those of the service's environment and of the programs.
preflight_folders() {
	more=$(service_value LD_LIBRARY_PATH 2>/dev/null)
	for name in $needs; do
		case $name in
		/*) more=$more:$name ;;
		esac
	done
	folders=/lib:/usr/lib:/lib64:/usr/lib64
	for name in /lib/*-linux-* /usr/lib/*-linux-*; do
		[ ! -d "$name" ] || folders=$folders:$name
	done
	[ -z "$cache" ] || return 0
	folders=$folders:/usr/local/lib
	for name in /etc/ld-musl-*.path /etc/ld.so.conf.d/*.conf; do
		[ ! -r "$name" ] || while IFS= read -r line; do
			folders=$folders:$line
		done <"$name"
	done
}

# preflight_has FOLDERS NAME
preflight_has() (
	IFS=:
	set -f
	for folder in $1; do
		[ -n "$folder" ] && [ -e "$folder/$2" ] && exit
	done
	exit 1
)

# The version of libstdc++: libstdc++.so.6.0.30 has GLIBCXX_3.4.30.
preflight_glibcxx() (
	! preflight_has "$more" libstdc++.so.6 || return 0
	path=
	IFS='
'
	set -f
	# ${cache#*...} takes shells the square of its length
	for line in $cache; do
		case $line in
		'	libstdc++.so.6 ('*)
			path=${line#*=> }
			break
			;;
		esac
	done
	set +f
	unset IFS
	set -- "$path".0.[0-9]*
	if [ "$#" = 1 ] && [ "$1" -ef "$path" ]; then
		path=$1
	else
		path=$(readlink -f "$path" 2>/dev/null)
	fi
	path=${path##*/libstdc++.so.6.0.}
	case $path in
	'' | *[!0-9]*) ;;
	*) say glibcxx "3.4.$path" ;;
	esac
)
