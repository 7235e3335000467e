# shellcheck shell=sh
# Releases with loose files, as overlays make them. Source it after lab_open.

# variant VERSION COMMAND...: makes $LAB/files-VERSION.tar.gz from that release,
# with COMMAND run in its files.
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

# variants_ini FROM TO: copies deploy.ini FROM to TO, with these releases
variants_ini() {
	sed "s|^release .*|release = $LAB/files-{version}.tar.gz|" \
		"$LAB/$1" >"$LAB/$2"
}
