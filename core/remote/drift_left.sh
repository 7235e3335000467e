# shellcheck shell=sh
# needs: driver lib
# Leftovers of scripts that were cut off, and files in releases/ that belong to
# no release. While a run works here, some of these are its own.

drift_left() {
	drift_some upload .hdeploy/releases/*/*.part
	drift_some scratch .hdeploy/tmp .hdeploy/new \
		.hdeploy/*.new .hdeploy/try.* .hdeploy/home.* \
		.hdeploy/sys.config.* .hdeploy/probe.* .hdeploy/room \
		.hdeploy/releases/*/*.new
	drift_some switch releases/*.new "bin/$app.new" bin/*.hdeploy-new \
		releases/*.hdeploy-new
	# shellcheck disable=SC2046 # patterns
	drift_some config $(driver_aside)
	[ -n "$drift_plain" ] || drift_half
}

# drift_some KIND PATH...: reports the paths that exist: the first three, and
# the number of others.
drift_some() {
	kind=$1
	some=''
	more=0
	shift
	for name; do
		{ [ -e "$name" ] || [ -L "$name" ]; } &&
			! drift_used "$name" || continue
		case $some in
		*,*,*) more=$((more + 1)) ;;
		*) some="$some${some:+, }$name" ;;
		esac
	done
	[ "$more" = 0 ] || some="$some and $more more"
	[ -z "$some" ] || say leftover "$kind $some"
}

# drift_used PATH: whether it is scratch with the id of a process that lives.
drift_used() {
	case $1 in
	.hdeploy/home.* | .hdeploy/sys.config.* | .hdeploy/probe.*) ;;
	*) return 1 ;;
	esac
	set -- "${1#.hdeploy/}"
	set -- "${1#sys.}"
	set -- "${1#*.}"
	[ -d "/proc/${1%%.*}" ]
}

# drift_half: folders of pushed versions whose unpack was cut off: not listed,
# without a boot file. A folder with only the pushed tarball is normal, and any
# other folder can be a person's.
drift_half() {
	set --
	for folder in releases/*/; do
		folder=${folder%/}
		is_version "${folder#releases/}" && [ ! -L "$folder" ] &&
			[ -d ".hdeploy/$folder" ] &&
			! drift_here "${folder#releases/}" || continue
		for name in "$folder"/*; do
			case $name in
			"$folder/*" | "$folder/$app.tar.gz") ;;
			*)
				set -- "$@" "$folder"
				break
				;;
			esac
		done
	done
	[ "$#" = 0 ] || drift_some unpack "$@"
}

# drift_stray: files in releases/ that belong to no release.
drift_stray() {
	set --
	for name in releases/*; do
		case $name in
		releases/RELEASES | releases/start_erl.data | releases/COOKIE | \
			releases/*.rel | releases/*.new | releases/*.host-* | \
			releases/new_start_erl.data | releases/*.hdeploy-new | \
			releases/castle-restart-pending | 'releases/*') continue ;;
		esac
		[ ! -d "$name" ] || [ -L "$name" ] ||
			! is_version "${name#releases/}" || continue
		set -- "$@" "$name"
	done
	[ "$#" = 0 ] || drift_unknown "$@"
}

# drift_unknown FILE...: reports those that are in no manifest. There can be
# many, as old tarballs, so the manifests are read only once.
drift_unknown() {
	listed_names="
$(cut -c67- .hdeploy/releases/*/manifest 2>/dev/null |
		grep '^releases/[^/]*$')
"
	for name; do
		shift
		case $listed_names in
		*"
$name
"*) ;;
		*) set -- "$@" "$name" ;;
		esac
	done
	[ "$#" = 0 ] || drift_some stray "$@"
}
