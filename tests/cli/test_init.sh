#!/bin/sh
# init writes a first deploy.ini and never replaces a file.
. "$(dirname "$0")/lib.sh"

cat >rebar.config <<'END'
{relx, [{release, {hotcode, "0.1.0"}, [hotcode, sasl]},
        {extended_start_script, true}]}.
END
run init --dry-run
expect_status "a dry run" 0
expect_line "it shows the name" out "name    = hotcode"
expect "nothing is written" [ ! -e deploy.ini ]

cp out wanted
run init
expect_status "init" 0
expect "the file is the one shown" cmp deploy.ini wanted
expect "it names the next commands" grep -q 'hdeploy push prod' out

echo mine >>deploy.ini
cp deploy.ini mine
run init
expect_status "a second init" 2
expect "the file is unchanged" cmp deploy.ini mine
expect "it says so" grep -q 'already exists and was not changed' err
ln -s nowhere link.ini
run init -f link.ini
expect_status "a dangling link" 2
expect "its target is not created" [ ! -e nowhere ]

cat >package.json <<'END'
{ "name": "assets", "version": "1.0.0" }
END
run init --dry-run
expect_line "the first project counts" out "name    = hotcode"
expect_line "the other one is named" out "# TODO: this is for the project of\
 rebar.config; package.json in the same folder was not used"
rm rebar.config
run init -f node.ini
expect_status "a project in JavaScript" 0
expect_line "it is a program" node.ini "driver  = app"
expect_line "it has a unit" node.ini "service = assets.service"
expect "push needs a version" grep -q 'hdeploy push prod VERSION' out

rm package.json
mkfifo package.json
run init -f pipe.ini
expect_status "a pipe is not waited for" 7
expect "it is named" grep -q 'package.json is not a regular file' err
rm package.json

run init -f missing/deploy.ini
expect_status "a missing folder" 7
finish
