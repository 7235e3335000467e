# shellcheck shell=sh
# A laboratory for releases of `mix release`.
sed -i "s/^driver .*/driver = mix/
	s|^release .*|release = $FIXTURES/mix/{version}.tar.gz|
	s|^env.NODE_NAME.*|env.RELEASE_NODE = {host}@127.0.0.1|
	s|^env.NODE_COOKIE.*|env.RELEASE_DISTRIBUTION = name|" "$LAB/deploy.ini"
