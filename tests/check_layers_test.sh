#!/bin/sh
# Plants one violation of each kind in a scratch tree: check_layers.sh must
# report each, and nothing about allowed includes.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/check_layers.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

try() { # FILE INCLUDE: prints the report about FILE with this line
	rm -rf "$scratch/tree"
	mkdir -p "$scratch/tree/core" "$scratch/tree/transport" \
	    "$scratch/tree/cmd" "$scratch/tree/$(dirname "$1")"
	printf '\n%s\n' "$2" >"$scratch/tree/$1"
	sh "$check" "$scratch/tree" 2>&1
}

while read -r verdict file include; do
	case $verdict in '#' | '') continue ;; esac
	status=0
	said=$(try "$file" "$include") || status=$?
	case $verdict:$status:$said in
	allowed:0:) continue ;;
	refused:[1-9]*:"$file:2: "*) continue ;;
	esac
	echo "$file with $include should be $verdict, but: $status $said" >&2
	failed=1
done <<'EOF'
allowed core/base/x.c            #include "core/base/err.h"
refused core/base/x.c            #include "core/event.h"
refused core/base/deep/er/x.c    #include "core/event.h"
refused core/base/x.h            #include "core/plan/plan.h"
refused core/base/x.c            #include "err.h"
refused core/base/x.c            #include "core/base/../plan/plan.h"
refused core/base/x.c            #include <core/plan/plan.h>
refused core/base/x.c            #	include "core/plan/plan.h"
refused core/base/x.c            #include SOME_MACRO
allowed core/inventory/x.c       #include "core/inventory/inventory.h"
refused core/inventory/x.c       #include "core/artifact/artifact.h"
refused core/artifact/x.c        #include "core/inventory/inventory.h"
allowed core/plan/x.c            #include "core/artifact/artifact.h"
refused core/plan/x.c            #include "core/event.h"
refused core/plan/x.c            #include "core/remote/remote.h"
refused core/plan/x.c            #include "transport/transport.h"
allowed core/remote/x.c          #include "transport/transport.h"
refused core/remote/x.c          #include "core/plan/facts.h"
refused core/remote/x.c          #include "transport/local.h"
allowed core/rollout/x.c         #include "core/remote/remote.h"
allowed core/rollout/x.c         #include "transport/transport.h"
refused core/rollout/x.c         #include "transport/ssh.h"
refused core/rollout/x.c         #include "cmd/screens.h"
refused core/event.c             #include "core/plan/plan.h"
refused core/status.h            #include "transport/transport.h"
refused core/other.c             #include "core/base/err.h"
refused core/other/x.c           #include "core/base/err.h"
allowed transport/ssh_x.c        #include "core/base/err.h"
refused transport/ssh_x.c        #include "core/event.h"
refused transport/ssh_x.c        #include "core/remote/remote.h"
refused transport/local.c        #include "cmd/cmd.h"
allowed transport/known_hosts/x.c #include "transport/keys/wire.h"
refused transport/known_hosts/x.c #include "transport/ssh.h"
refused transport/keys/x.c       #include "transport/ssh_session.h"
allowed cmd/connect.c            #include "transport/ssh.h"
allowed cmd/connect.h            #include "transport/transport.h"
refused cmd/push.c               #include "transport/ssh.h"
refused cmd/push.c               #include "transport/local.h"
refused cmd/push.c               #include "transport/transport.h"
refused cmd/push.c               #include "tests/support/fake.h"
allowed transport/ssh_x.c        #include <libssh2.h>
refused transport/ssh.h          #include <libssh2.h>
refused transport/local.c        #include <libssh2_sftp.h>
refused cmd/connect.c            #include <libssh2.h>
refused cmd/x.c                  #include <archive.h>
refused core/plan/x.c            #include <archive_entry.h>
allowed core/inventory/x.c       #include <ini.h>
refused core/artifact/x.c        #include <ini.h>
allowed core/base/json.c         #include <jansson.h>
refused core/base/json.h         #include <jansson.h>
refused core/base/fs.c           #include <jansson.h>
allowed core/base/digest.c       #include <openssl/evp.h>
allowed transport/keys/crypto_x.c #include <openssl/evp.h>
refused transport/keys/x.c       #include <openssl/evp.h>
refused transport/ssh_x.c        #include <openssl/evp.h>
allowed core/artifact/x.c        #include <zlib.h>
refused core/base/x.c            #include <zlib.h>
refused core/base/x.c            #include <curl/curl.h>
allowed core/base/x.c            #include <sys/stat.h>
EOF
exit $failed
