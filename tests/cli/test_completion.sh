#!/bin/sh
# Completions in real shells, on a terminal: bash every day, SHELLS="zsh fish"
# at night. TAB in a line is the key.
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/lib.sh"
tab=$(printf '\t')

mkdir bin folder cache
ln -s "$HDEPLOY" bin/hdeploy
PATH=$PWD/bin:$PATH
HOME=$PWD
XDG_CACHE_HOME=$PWD/cache
export PATH HOME XDG_CACHE_HOME
write_ini 'true' rel
printf '\n[stage]\npath = /srv/x\nhost = test1\npassword_command = touch ran\n' \
	>>deploy.ini
cp deploy.ini folder/other.ini
: >facts.json

# Each line is followed by the words that hdeploy must get.
while IFS='|' read -r line words; do
	echo "$line" | sed "s/TAB/$tab/g" >>lines
	echo "$words" >>wanted
done <<'EOF'
hdeploy upgrTAB|<upgrade>
hdeploy status prTAB|<status><prod>
hdeploy status prTABxyz|<status><prod><xyz>
hdeploy upgrade prod --coTAB|<upgrade><prod><--cold>
hdeploy --limTABx status|<--limit><x><status>
hdeploy status stage --limit=teTAB|<status><stage><--limit=test1>
hdeploy status stage --limit teTAB|<status><stage><--limit><test1>
hdeploy console stage TAB|<console><stage><test1>
hdeploy -f foldTABoTAB status|<-f><folder/other.ini><status>
hdeploy --file=foldTABoTAB status|<--file=folder/other.ini><status>
hdeploy -f folder/other.ini status stTAB|<-f><folder/other.ini><status><stage>
hdeploy fetch prod --into foTABx|<fetch><prod><--into><folder/x>
hdeploy explain facTAB upgTAB|<explain><facts.json><upgrade>
hdeploy help health_reTAB|<help><health_retries>
hdeploy run prod -- TABx|<run><prod><--><x>
EOF

for shell in ${SHELLS:-bash}; do
	set --
	while IFS= read -r line; do set -- "$@" "$line"; done <lines
	python3 "$top/tests/support/tab.py" "$shell" "$top/completions" "$@" \
		>out 2>err
	expect "$shell completes" diff wanted out
done
expect "no command of deploy.ini was run" test ! -e ran
finish
