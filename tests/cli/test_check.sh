#!/bin/sh
# hdeploy check: every host gets its row, and nothing is changed.
# shellcheck disable=SC2016 # jq expands it
. "$(dirname "$0")/lib.sh"

digest() {
	find web1 web2 -exec ls -ld --time-style=full-iso {} + | sha256sum
}

write_ini "false" "rel"
cp deploy.ini far.ini
here
mkdir -p web1/releases web2
run check prod
expect_status "a check of empty roots" 0
expect_line "both are reached" out \
	'web1  yes      -        -      -'
expect_line "it says what comes first" out \
	'web1, web2 ok: no release here: push one first, `hdeploy push prod --limit web1,web2`'
expect "nothing is made on the hosts" test "$(find web1 web2)" = \
	"$(printf '%s\n' web1 web1/releases web2)"

before=$(digest)
run check prod --json
expect_status "a check for programs" 0
expect "the summary counts findings" jq -es '.[-1].hosts | length == 2 and
	all(.result == "ok" and .stops == 0 and has("warnings") and
	has("notes") and (has("verdict") | not))' out
run check prod 0.1.0
expect_status "a version that is nowhere" 4
expect "it looks where push would" \
	grep -q '^pack: failed .*: rel: No such file' out
expect "it did not build" sh -c '! grep -q "^build" out'
run check prod 0.1.0 --build
expect "it builds if it is asked to" grep -q '^build: failed' out
expect "the hosts are as they were" test "$(digest)" = "$before"

# web2 is not reached; web1 is still checked
sed 's/^host = web2.*/host = web2 127.0.0.1:9/; s/^connection.*//' far.ini |
	sed -e "s|^path .*|path = $scratch/{host}|" >deploy.ini
cat >>deploy.ini <<END
connect_retries = 0
ssh_config = no
[prod:web1]
connection = local
END
sed -i 's/^host = web1.*/host = web1/' deploy.ini
run check prod --json
expect_status "a host that cannot be reached" 3
expect "it is the only one" jq -es '.[-1].hosts |
	(map(.result) == ["ok", "unreachable"]) and
	(.[1].text | test("127.0.0.1"))' out
expect "its row has the reason" grep -q '^web2  no .*127[.]0[.]0[.]1' err

run check prod 0.1.0 --save saved
expect_status "and a version that is nowhere" 3
expect "the answers are saved" grep -q '^facts web1' saved
run check prod --facts saved
expect_status "a check of saved facts" 3
expect "from the file" grep -q '^web1  yes .*push one first' out

echo 'nonsense = 1' >>deploy.ini
run check prod
expect_status "a wrong key" 2
run check prod 'v 1'
expect_status "a wrong version" 2
finish
