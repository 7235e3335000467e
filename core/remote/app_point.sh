# shellcheck shell=sh
# needs: driver app write
# Makes `current` name another version.

# app_point VERSION: renames a new link over `current`, so that it always leads to
# one version or the other. Given the folder, mv does not follow the old link.
app_point() {
	app_boots || fail "$why"
	[ -d "releases/$1" ] && [ ! -L "releases/$1" ] ||
		fail "$1 is not unpacked here"
	[ "$boots" != "$1" ] || return 0
	told with_reserve app_point_put "$1" ||
		fail "$root/current cannot be replaced: $(reason)"
	sync
}

app_point_put() {
	rm -rf .hdeploy/new && mkdir .hdeploy/new &&
		ln -s "releases/$1" .hdeploy/new/current &&
		mv -f .hdeploy/new/current . && rm -rf .hdeploy/new
}
