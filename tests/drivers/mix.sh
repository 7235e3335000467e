# shellcheck shell=sh
# Releases of `mix release`. Each build has a cookie of its own, so that the
# environment has to name one.
settings() {
	cat <<-END
		env.RELEASE_DISTRIBUTION = name
		env.RELEASE_NODE = {host}@127.0.0.1
		env.RELEASE_COOKIE = lab-$LAB_PORT
	END
}
