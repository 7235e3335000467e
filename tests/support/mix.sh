# shellcheck shell=sh
# A laboratory for releases of `mix release`, with driver = script.
sed -i "s/^driver .*/driver = script/
	s|^release .*|release = $FIXTURES/mix/{version}.tar.gz|
	s|^env.NODE_NAME.*|env.RELEASE_NODE = {host}@127.0.0.1|
	s|^env.NODE_COOKIE.*|env.RELEASE_DISTRIBUTION = name|
	/^\[lab\]/a command.start = ./bin/hotcode daemon\\
command.stop = ./bin/hotcode stop" "$LAB/deploy.ini"
