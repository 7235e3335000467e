# shellcheck shell=sh
# needs: driver app app_process app_unpack app_users
# Unpacks a version next to the running one, with its links to shared/. Nothing
# that runs is changed; missing files of a version in use are restored.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	notes=.hdeploy/releases/$arg_version
	[ ! -L "releases/$arg_version" ] ||
		fail "$root/releases/$arg_version is a link: remove it"
	if [ ! -d "releases/$arg_version" ]; then
		(app_unpack "$arg_version")
	elif [ ! -f "$notes/record" ]; then
		: # was here before hdeploy
	elif app_in_use "$arg_version"; then
		kept_manifest "$arg_version"
		(app_mend "$arg_version") || exit 1
		(app_own "$arg_version" |
			app_differ "releases/$arg_version" "$arg_version") ||
			exit 1
		app_note "$arg_version"
	elif ! (app_whole "$arg_version") 3>/dev/null; then
		app_users "$arg_version" || fail "$root/releases/$arg_version" \
			"is not as it was pushed, or has other links, and" \
			"cannot be replaced: $why"
		app_remove "releases/$arg_version"
		(app_unpack "$arg_version")
	fi
}

# app_in_use VERSION: whether it runs or starts next.
app_in_use() {
	app_boots
	app_find
	[ "$boots" = "$1" ] || [ "$app_version" = "$1" ]
}

# app_whole VERSION: whether its files are as they were pushed, and its links
# those of deploy.ini.
app_whole() {
	kept_manifest "$1"
	[ "$(cat "$notes/linked" 2>/dev/null)" = "$(app_links)" ] &&
		app_own "$1" | app_differ "releases/$1" "$1"
}

# app_mend VERSION: restores its missing files from its kept tarball.
app_mend() {
	gone=$(app_gone "$1")
	[ -n "$gone" ] || return 0
	kept_tarball "$1"
	scratch=.hdeploy/tmp
	trap 'app_remove "$scratch"' EXIT
	app_remove "$scratch"
	told mkdir -p "$scratch" && told unpack_kept "$scratch" ||
		fail "the tarball of $1 cannot be unpacked: $(reason)"
	echo "$scratch" | settle_modes || exit 1
	printf '%s\n' "$gone" | while IFS= read -r path; do
		echo "releases/$1/$path was missing and is restored"
		told mkdir -p "releases/$1/$(dirname "./$path")" &&
			told mv "$scratch/$path" "releases/$1/$path" ||
			fail "$root/releases/$1/$path cannot be restored:" \
				"$(reason)"
	done || exit 1
	sync
}
