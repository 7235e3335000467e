#!/bin/bash
# pack.sh: packing a release of 200 MB in 20,000 files, against tar | gzip -6.
#
#	SIZE=200 (MB) FILES=20000 TIMES=3
set -u
. "$(dirname "$0")/lab.sh"
SIZE=${SIZE:-200} FILES=${FILES:-20000}
bench_open 1

# Files of one size in 20 folders; text that gzip shrinks by a half.
release_tree() {
	local i
	mkdir big
	tar -xzf "$FIXTURES/0.2.0.tar.gz" -C big
	for ((i = 0; i < 20; i++)); do
		mkdir -p "big/lib/hotcode-0.2.0/priv/$i"
		od -An -tx1 -v -N $((SIZE * 1000000 / 20 / 2)) /dev/urandom |
			tr -d ' \n' | (cd "big/lib/hotcode-0.2.0/priv/$i" &&
			split -a 4 -b $((SIZE * 1000000 / FILES)) - f)
	done
}
release_tree
use_release big
before_pack() { sync; }
hdeploy_pack() { hd build lab 0.2.0; }
tar_pack() { (cd big && tar -cf - -- *) | gzip -6 >tar.tar.gz; }

echo "packing $(find big -type f | wc -l) files, $(du -sm big | cut -f1) MB:"
compare pack 1 hdeploy tar
at_most 5 "packing $SIZE MB in $FILES files, against tar | gzip -6" 0.6 tar
peak hdeploy_pack 1
verdict 5 'MiB of memory at the peak' "$memory" 64
