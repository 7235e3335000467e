#!/bin/sh
# inspect describes a release and compares two, without Erlang and without hosts.
# shellcheck disable=SC2016 # jq expands it
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/lib.sh"

# word NUMBER: as four bytes, big-endian.
word() {
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$(printf '\\000\\000\\%03o\\%03o' $(($1 / 256)) $(($1 % 256)))"
}

# beam FILE CODE: a module with a chunk of code, whose length is a multiple of 4.
beam() {
	{
		printf FOR1
		word $((${#2} + 12))
		printf BEAMCode
		word ${#2}
		printf %s "$2"
	} >"$1"
}

# release VERSION [MODULE=CODE...]: a folder of this name.
release() {
	ebin=$1/lib/hotcode-$1/ebin
	mkdir -p "$1/releases/$1" "$ebin" "$1/lib/sasl-4.2/ebin" "$1/bin" \
		"$1/erts-13.1/bin"
	echo "{release,{\"hotcode\",\"$1\"},{erts,\"13.1\"},
		[{hotcode,\"$1\"},{sasl,\"4.2\"}]}." >"$1/releases/$1/hotcode.rel"
	printf '13.1 %s' "$1" >"$1/releases/start_erl.data"
	echo boot >"$1/releases/$1/start.boot"
	echo '[].' >"$1/releases/$1/sys.config"
	echo '-name hotcode@127.0.0.1' >"$1/releases/$1/vm.args"
	echo "{application,hotcode,[{vsn,\"$1\"},{modules,[]}]}." \
		>"$ebin/hotcode.app"
	echo '{application,sasl,[{vsn,"4.2"},{modules,[]}]}.' \
		>"$1/lib/sasl-4.2/ebin/sasl.app"
	for file in bin/hotcode "bin/hotcode-$1" erts-13.1/bin/erl_call; do
		echo '#!/bin/sh' >"$1/$file"
		chmod 755 "$1/$file"
	done
	shift
	for module; do
		beam "$ebin/${module%%=*}.beam" "${module#*=}"
	done
}

# relup VERSION FROM UP DOWN: instructions as in relup(4).
relup() {
	echo "{\"$1\",[{\"$2\",[],[$3]}],[{\"$2\",[],[$4]}]}." \
		>"$1/releases/$1/relup"
}

# loads LIB MODULE...: instructions that load these modules.
loads() {
	lib=$1
	shift
	for module; do
		printf '{load_object_code,{hotcode,"%s",[%s]}},' "$lib" "$module"
		printf '{load,{%s,brutal_purge,soft_purge}},' "$module"
	done
	printf point_of_no_return
}

# json FILTER: of the events of the last run.
json() {
	jq -es "$1" out
}

release 0.1.0 counter=old1 pricing=old1 oldie=old1 same=old1
release 0.2.0 counter=new1 pricing=new1 worker=new1 same=old1
relup 0.2.0 0.1.0 "$(loads 0.2.0 counter)" \
	"$(loads 0.1.0 counter pricing oldie),{remove,{worker,brutal_purge,brutal_purge}}"

run inspect
expect_status "no release" 2
run inspect nowhere.tar.gz
expect_status "a release that does not exist" 2
echo garbage >garbage.tar.gz
run inspect garbage.tar.gz
expect_status "a file that is not a tarball" 7
expect "it is named" grep -q '^garbage.tar.gz: ' err
run inspect 0.1.0 garbage.tar.gz
expect_status "one of two releases cannot be read" 7

program=$(readlink -f "$(command -v sh)")
cp "$program" 0.2.0/erts-13.1/bin/beam.smp
mkdir 0.2.0/lib/hotcode-0.2.0/priv
cp "$program" 0.2.0/lib/hotcode-0.2.0/priv/nif.so
run inspect 0.2.0
expect_status "one release" 0
expect_empty "one release" err
expect_line "its name" out 'hotcode 0.2.0, ERTS 13.1'
expect_line "it has no problem" out 'no problems found'
expect_line "it has a relup" out \
	'  up from 0.1.0  hot: 1 module, brutal and soft purge'
expect_line "and back" out \
	'  down to 0.1.0  hot: 4 modules, brutal and soft purge'
expect_line "its application" out '  hotcode  0.2.0'
expect "the libraries that its programs need" \
	grep -q '^  [a-z.-]*\.so\.[0-9]* *(erts-13\.1/bin/beam\.smp)$' out
expect "it fits a terminal" awk 'length > 80 { exit 1 }' out

(cd 0.2.0 && tar -czf ../0.2.0.tar.gz --format=ustar -- *)
run inspect 0.2.0.tar.gz --json
expect_status "a tarball" 0
expect "it is described by events" json 'map(select(.event == "release")) |
	length == 1 and .[0].name == "hotcode" and .[0].version == "0.2.0" and
	.[0].erts == "13.1" and .[0].files > 10'
expect "the relup too" json 'map(select(.event == "relup")) |
	map([.direction, .from, .to, .mode]) == [["up", "0.1.0", "0.2.0", "hot"],
		["down", "0.2.0", "0.1.0", "hot"]]'
expect "and the needs" json 'any(.event == "need" and
	.name == "machine" and .path == "erts-13.1/bin/beam.smp")'

run inspect 0.1.0 0.2.0
expect_status "two releases" 0
expect_line "the versions" out 'hotcode 0.1.0 -> 0.2.0'
expect_line "the application" out '  ~ hotcode  0.1.0 -> 0.2.0, 4 modules'
expect_line "a module that is loaded" out '  ~ counter  load'
expect_line "a module that the relup misses" out \
	'  ~ pricing  up: none: old code keeps running; down: load'
expect_line "a new module that it misses" out \
	'  + worker   up: none: not loaded in embedded mode; down: remove'
expect_line "a removed module that it misses" out \
	'  - oldie    up: none: old code stays loaded; down: load'
expect "the problem comes before the lists" sh -c "sed '/^applications/q' out |
	tr -s '\\n ' ' ' | grep -q 'hot in name only from 0.1.0 to 0.2.0: the node would not run the code of 0.2.0 in oldie, pricing, worker (new), because no instruction loads or removes them; a node in interactive mode loads new ones'"
expect "a library that changed, but not its version" \
	grep -q '^  0.2.0 erts-13.1 has other files than in 0.1.0' out
expect "unchanged modules are not listed" sh -c '! grep -q "[-+~] same" out'
expect "it fits a terminal" awk 'length > 80 { exit 1 }' out

run inspect 0.2.0 0.1.0 --json
expect_status "the other order" 0
expect "the relup of OLD leads there, too" json 'any(.event == "difference" and
	.name == "pricing" and .up == "load" and .missed == "down")'

# Configuration, with secrets and hostile text.
cat >0.1.0/releases/0.1.0/sys.config <<'END'
[{hotcode,[{port,80},{password,"old-secret"},{url,"ecto://u:old-secret@db"},
  {repo,[{pool,5},{token,<<"old-secret">>}]}]}].
END
printf '[{hotcode,[{port,8080},{password,"new-secret"},{url,"ecto://u:new-secret@db"},
  {repo,[{pool,5},{token,<<"new-secret">>}]},{bad,"\033[2J\\e[2J"}]}].' \
	>0.2.0/releases/0.2.0/sys.config
echo '-setcookie old-secret' >>0.1.0/releases/0.1.0/vm.args
printf '%s\n' '-setcookie new-secret' '## a comment' '+P 2000' \
	>>0.2.0/releases/0.2.0/vm.args
echo new >>0.2.0/bin/hotcode-0.2.0
run inspect 0.1.0 0.2.0
expect_status "two configurations" 0
expect_line "a value that differs" out '  ~ hotcode port        80 -> 8080'
expect_line "a secret that differs" out \
	'  ~ hotcode password    (hidden), differs'
expect_line "a secret inside a value" out \
	'  ~ hotcode repo.token  (hidden), differs'
expect_line "a line of vm.args" out '  + +P          +P 2000'
expect_line "a script" out \
	'  ~ bin/hotcode-VERSION  10 bytes, executable -> 14 bytes, executable'
expect "no secret is shown" sh -c '! grep -q secret out err'
expect "no control sequence is shown" sh -c '! grep -q "$(printf "\033")" out'
cp out text
run inspect 0.1.0 0.2.0 --json
expect "nor in JSON" sh -c '! grep -q "old-secret\|new-secret" out err'
expect "a setting as JSON" json 'any(.event == "difference" and
	.of == "setting" and .name == "hotcode port" and .before == "80" and
	.after == "8080")'
expect "people see the same with --json" cmp text err

# Problems.
echo '[{hotcode,[{port,' >0.2.0/releases/0.2.0/sys.config
run inspect 0.2.0
expect_status "a release with problems" 0
expect_line "they have a heading" out problems
expect "a sys.config that does not parse" sh -c "tr -s '\\n ' ' ' <out |
	grep -q ' releases/0.2.0/sys.config .*every application falls back to the defaults'"
run inspect 0.2.0 --json
expect "it is a problem as JSON" json 'any(.event == "problem" and
	.version == "0.2.0" and .path == "releases/0.2.0/sys.config")'
run inspect 0.1.0 0.2.0
expect "it is compared as a file" \
	grep -q '^  ~ releases/VERSION/sys.config$' out
expect "and not key by key" sh -c '! grep -q "hotcode port" out'

echo '+A 1025' >>0.2.0/releases/0.2.0/vm.args
run inspect 0.2.0
tr -s '\n ' ' ' <out >flat
expect "an option that no VM starts with" grep -q \
	' releases/0.2.0/vm.args line 5: .*: the next boot fails ' flat
run inspect 0.1.0 0.2.0
expect_line "vm.args is compared nevertheless" out '  + +A          +A 1025'

# Restarts, and modules that are not there.
release 0.5.0 counter=new2
relup 0.5.0 0.2.0 "{apply,{application,stop,[hotcode]}},$(loads 0.5.0 counter),
	{apply,{application,start,[hotcode]}}" \
	"$(loads 0.2.0 counter absent),restart_emulator,mistake"
run inspect 0.2.0 0.5.0
expect_line "a restart of the application" out \
	'  up    restarts hotcode: 1 module, brutal and soft purge'
expect_line "a restart of the emulator" out '  down  restarts the emulator'
tr -s '\n ' ' ' <out >flat
expect "a module that is not there" grep -qF 'relup down to 0.2.0: reads absent of hotcode-0.2.0, which 0.2.0 does not have' flat
expect "an unknown instruction" grep -qF 'release_handler does not know the instruction mistake' flat
run inspect 0.2.0 0.5.0 --json
cp out all
run inspect 0.2.0 --json
cat out >>all
run inspect 0.1.0 0.2.0 --json
cat all >>out

# Every field of every event, both ways.
for event in release problem relup application need difference; do
	jq -r --arg event $event 'select(.event == $event) | del(.event, .time) |
		keys[]' out | sort -u >written
	sed -n "/^## $event\$/,/^## /s/^| \`\([a-z0-9_]*\)\`.*/\1/p" \
		"$top/docs/events.md" | sort >documented
	expect "docs/events.md has the fields of $event: $(diff written documented)" \
		cmp written documented
done

release 0.6.0
sed -i 's/,{sasl,"4.2"}//' 0.6.0/releases/0.6.0/hotcode.rel
rm 0.6.0/erts-13.1/bin/erl_call
touch 0.6.0/erts-13.1/bin/erl
chmod 644 0.6.0/bin/hotcode*
run inspect 0.6.0
tr -s '\n ' ' ' <out >flat
expect "a release without sasl" grep -qF ' 0.6.0 does not start sasl: ' flat
expect "without erl_call" grep -qF ' erts-13.1/bin/erl_call is missing or not executable: ' flat
expect "whose script is not executable" grep -qF ' bin/hotcode is missing or not executable: ' flat

# Long lists are cut.
release 0.3.0
release 0.4.0
for i in 1 2 3 4 5 6 7 8 9; do
	for k in 1 2 3; do
		beam "0.4.0/lib/hotcode-0.4.0/ebin/m$i$k.beam" code
	done
done
run inspect 0.3.0 0.4.0
expect_line "a long list is cut" out '  and 7 more (--verbose shows all)'
expect "at twenty" test "$(grep -c '^  + m' out)" = 20
run inspect 0.3.0 0.4.0 --verbose
expect "--verbose shows all" test "$(grep -c '^  + m' out)" = 27
run inspect 0.3.0 0.4.0 --json
expect "JSON has all" json 'map(select(.of == "module")) | length == 27'

finish
