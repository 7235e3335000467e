#!/bin/sh
# A first deploy.ini, which never takes the place of another.
. "$(dirname "$0")/lib.sh"

cat >rebar.config <<'END'
{relx, [{release, {hotcode, "0.1.0"}, [hotcode, sasl]},
        {extended_start_script, true}]}.
END
run init --dry-run
expect_status "only shown" 0
expect_line "the name" out "name    = hotcode"
expect "nothing is written" [ ! -e deploy.ini ]

cp out wanted
run init
expect_status "written" 0
expect "as it was shown" cmp deploy.ini wanted
expect "it says what to do next" grep -q 'hdeploy push prod' out

echo mine >>deploy.ini
cp deploy.ini mine
run init
expect_status "another time" 2
expect "it is left as it is" cmp deploy.ini mine
expect "it says so" grep -q 'already exists and was not changed' err
ln -s nowhere link.ini
run init -f link.ini
expect_status "a link that leads nowhere" 2
expect "nothing is written there" [ ! -e nowhere ]

run init -f missing/deploy.ini
expect_status "a folder that is not there" 7
finish
