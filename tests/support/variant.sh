# shellcheck shell=sh
# Releases with files that have no version in their path, as overlays make them.
# Source it after lab_open.

# variant VERSION COMMAND...: $LAB/files-VERSION.tar.gz: that release, after COMMAND
# was done in it.
variant() {
	rm -rf "$LAB/make"
	mkdir "$LAB/make"
	tar -xzf "$FIXTURES/$1.tar.gz" -C "$LAB/make"
	variant_of=$1
	shift
	(
		cd "$LAB/make" || exit
		"$@"
		tar --format=ustar -cf - -- *
	) | gzip -1 >"$LAB/files-$variant_of.tar.gz"
}

# variants_ini FROM TO: of deploy.ini FROM, with them as its releases
variants_ini() {
	sed "s|^release .*|release = $LAB/files-{version}.tar.gz|" \
		"$LAB/$1" >"$LAB/$2"
}
