#!/bin/sh
# make static: one file that loads nothing, the same bytes twice, an SBOM of its
# libraries; it finds names, keys and the agent in a folder with nothing else,
# and the demo runs with it. Needs root, for chroot and a network of its own,
# where the name server has port 53.
# shellcheck disable=SC2016 # jq and the hosts expand these
set -u
cd "$(dirname "$0")/../.." || exit 1
if [ "${1-}" != inside ]; then
	unshare -n true 2>/dev/null || {
		echo 'needs root, and namespaces'
		exit 77
	}
	grep -qs '^VERSION_CODENAME=bookworm$' /etc/os-release || {
		echo 'needs Debian 12'
		exit 77
	}
	make static || exit 1
	exec unshare -n sh "$0" inside
fi
ip link set lo up
. tests/support/lab.sh
. tests/support/check.sh
DYNAMIC=$HDEPLOY
HDEPLOY=$PWD/build/static/hdeploy
SBOM=$PWD/build/static/hdeploy.spdx.json
LAB_HOSTS=2
lab_open
top=$PWD
alone=$LAB/alone

loads_nothing() {
	readelf -hld "$HDEPLOY" >"$LAB/out"
	said 'Type:                              DYN'
	! grep -E 'NEEDED|INTERP' "$LAB/out" || flunk 'it needs shared objects'
	readelf -SW "$HDEPLOY" >"$LAB/out"
	! grep -qE 'symtab|debug' "$LAB/out" || flunk 'it has symbols'
	! grep -qaF "$top" "$HDEPLOY" || flunk 'it has the name of the folder'
	[ "$("$HDEPLOY" version)" = "$("$DYNAMIC" version)" ] ||
		flunk 'other versions than the dynamic one'
}

# Another folder, time, umask and language.
same_twice() {
	mkdir "$LAB/other"
	tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$LAB/other"
	(
		umask 077
		export TZ=Asia/Tokyo LC_ALL=C.UTF-8
		make -s -C "$LAB/other" static
	) >"$LAB/out" 2>&1 || flunk 'make static failed there'
	(cd "$LAB/other/build/static" && sha256sum -c "$top/build/static/SHA256SUMS")
	grep -q "created.*$(date -u -d "$(sed -n '/^ -- /{s/.*>  //p;q;}' \
		debian/changelog)" +%Y-%m-%dT%H:%M:%SZ)" "$SBOM"
	(cd "$LAB/other" &&
		SOURCE_DATE_EPOCH=86400 sh packaging/sbom.sh build/static)
	grep -q '"created": "1970-01-02T00:00:00Z"' \
		"$LAB/other/build/static/hdeploy.spdx.json"
}

# sbom TEST: true of the document
sbom() {
	jq -e "$@" "$SBOM" >"$LAB/out" || flunk "SBOM: $*"
}

has_an_sbom() {
	equal digest "$(jq -r '.packages[0].checksums[0].checksumValue' "$SBOM")" \
		"$(sha256sum "$HDEPLOY" | cut -c1-64)"
	equal version "hdeploy $(jq -r '.packages[0].versionInfo' "$SBOM")" \
		"$("$HDEPLOY" version | head -n 1)"
	sbom '[.. | .SPDXID? // empty] | length == (unique | length) and
		all(test("^SPDXRef-[A-Za-z0-9.-]+$"))'
	# every relationship is between two elements
	sbom '([.. | .SPDXID? // empty]) as $all | .relationships |
		all(.spdxElementId as $a | .relatedSpdxElement as $b |
			($all | index($a)) and ($all | index($b)))'
	sbom '.packages | all(.versionInfo != "" and
		(.licenseConcluded | test("^[A-Za-z0-9. -]+$")))'
	# libraries that report their versions report the same
	"$HDEPLOY" version | tail -n +2 | while read -r name version more; do
		[ "$name" != libcrypto ] || {
			name=openssl
			version=${more%% *}
		}
		sbom --arg n "$name" --arg v "$version" '.packages[] |
			select(.name == $n) | .versionInfo | contains($v)'
	done
	# as the linker saw it
	for file in libc.a libresolv.a libcrypto.a libz.a libelf.a libinih.a \
		libssh2.a libgcc.a; do
		sbom --arg f "$file" 'any(.packages[].sourceInfo // "";
			contains($f))'
	done
	[ ! -f .deps/lib/libssh2.a ] || sbom '.files |
		any(.fileName == "./.ci/libssh2.patch") and
		all(.checksums[0].checksumValue | length == 40)'
}

# Both pack a release alike, so a version is the same release for both; also
# with names in which libarchive converts characters.
packs_alike() {
	mkdir -p "$LAB/release"
	tar -xzf "$FIXTURES/0.1.0.tar.gz" -C "$LAB/release"
	printf 'x' >"$LAB/release/lib/gr\303\274n \344\270\211.txt"
	printf 'x' >"$LAB/release/lib/$(printf '%0150d' 0)"
	cat >"$LAB/build.ini" <<-END
		[app]
		name = hotcode
		driver = relx
		release = $LAB/release
		[prod]
		path = $LAB/{host}
		host = web1
		connection = local
	END
	for language in C C.UTF-8; do
		for program in "$DYNAMIC" "$HDEPLOY"; do
			LC_ALL=$language "$program" -f "$LAB/build.ini" build \
				>"$LAB/out" || flunk "$program: build"
			sed 's/: ok [^ ]*/: ok/' "$LAB/out" >"$LAB/built.$language"
			[ ! -f "$LAB/built" ] || diff "$LAB/built" \
				"$LAB/built.$language"
			mv "$LAB/built.$language" "$LAB/built"
		done
	done
	grep -q '[0-9a-f]\{12\}' "$LAB/built" || flunk 'no identity'
}

# A module of nsswitch.conf or openssl.cnf that is loaded ends the program.
trap_module() { # FILE
	mkdir -p "${1%/*}"
	"${CC:-cc}" -shared -fPIC -nostdlib -o "$1" -x c - <<-END
		static void __attribute__((constructor)) loaded(void)
		{
			__builtin_trap();
		}
	END
}

# One key in a file of another user's home, one in an agent.
make_folder() {
	mkdir -p "$alone/etc" "$alone/root/.ssh" "$alone/home/ci/keys" "$alone/tmp"
	cp "$HDEPLOY" "$FIXTURES/0.1.0.tar.gz" "$alone"
	mv "$LAB/ssh/user" "$alone/home/ci/keys/id"
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/second"
	cat "$LAB/ssh/second.pub" >>"$LAB/ssh/authorized_keys"
	ssh-agent -a "$alone/agent" >"$LAB/agent"
	SSH_AUTH_SOCK=$alone/agent ssh-add -q "$LAB/ssh/second" 2>/dev/null
	cat >"$alone/etc/passwd" <<-END
		root:x:0:0::/root:/bin/sh
		ci:x:1000:1000::/home/ci:/bin/sh
	END
	echo 'nameserver 127.0.0.1' >"$alone/etc/resolv.conf"
	echo "$(lab_address 2) web2.example.com" >"$alone/etc/hosts"
	cat >"$alone/etc/nsswitch.conf" <<-END
		passwd: trap files
		hosts:  trap files dns
	END
	for folder in lib usr/lib lib/x86_64-linux-gnu usr/lib/x86_64-linux-gnu; do
		trap_module "$alone/$folder/libnss_trap.so.2"
	done
	trap_module "$alone/trap.so"
	openssl=$(strings "$HDEPLOY" | sed -n 's/^OPENSSLDIR: "\(.*\)"$/\1/p')
	[ -n "$openssl" ] || flunk 'where is openssl.cnf?'
	mkdir -p "$alone$openssl"
	cat >"$alone$openssl/openssl.cnf" <<-END
		openssl_conf = init
		[init]
		providers = providers
		[providers]
		trap = trap
		[trap]
		module = /trap.so
		activate = 1
	END
	for n in 1 2; do
		echo "[web$n.example.com]:$LAB_PORT $(cut -d' ' -f1,2 \
			"$LAB/ssh/host.pub")"
	done >"$alone/root/.ssh/known_hosts"
	cp "$LAB/ssh/second.pub" "$alone/second.pub"
	cat >"$alone/deploy.ini" <<-END
		[app]
		name    = hotcode
		driver  = relx
		release = /{version}.tar.gz
		[prod]
		path  = $LAB/{host}
		user  = $(id -un)
		hosts = srv _ssh._tcp.example.com
		ignore = env-unset
		[prod:web1.example.com]
		identity = /home/ci/keys/id
		[prod:web2.example.com]
		identity = /second.pub
	END
	cat >"$LAB/records" <<-END
		_ssh._tcp.example.com SRV 10 5 $LAB_PORT web1.example.com
		_ssh._tcp.example.com SRV 20 5 $LAB_PORT web2.example.com
		web1.example.com A $(lab_address 1)
	END
}

stop_helpers() {
	kill "$names" 2>/dev/null
	kill "$(sed -n 's/^SSH_AGENT_PID=\([0-9]*\);.*/\1/p' "$LAB/agent")" \
		2>/dev/null
	lab_close
}

lone() { # STATUS ARGUMENT...
	wanted=$1
	shift
	got=0
	env -i PATH=/usr/bin ${agent:+"SSH_AUTH_SOCK=$agent"} \
		"$(command -v chroot)" "$alone" /hdeploy "$@" >"$LAB/out" 2>&1 || got=$?
	equal "status of $*" "$got" "$wanted"
}

finds_names() {
	lone 0 version
	lone 0 hosts prod
	said 'web1.example.com'
	said 'web2.example.com'
	grep -qx '_ssh._tcp.example.com SRV' "$LAB/names"
	lone 0 push prod 0.1.0
	lone 0 push prod 0.1.0
	said 'unchanged'
	logs_in
	grep -qx 'web1.example.com A' "$LAB/names"
	! grep -qx 'web2.example.com A' "$LAB/names" ||
		flunk '/etc/hosts does not come first'
}

logs_in() { # to each host with its own key
	: >"$LAB/ssh/log"
	lone 0 run prod -- 'echo "here is $SSH_CONNECTION"'
	said "$(lab_address 1) $LAB_PORT"
	said "$(lab_address 2) $LAB_PORT"
	for key in "$alone/home/ci/keys/id" "$LAB/ssh/second"; do
		print=$(ssh-keygen -lf "$key" | cut -d' ' -f2)
		grep -F 'Accepted publickey' "$LAB/ssh/log" |
			grep -qF "$print" || flunk "$key: not used"
	done
}

# ssh -G reads ssh_config, so this needs OpenSSH's client, which would load the
# modules.
reads_ssh_config() {
	ldd "$(command -v ssh)" | grep -o '/[^ ]*' | while read -r file; do
		mkdir -p "$alone${file%/*}"
		cp -L "$file" "$alone$file"
	done
	mkdir -p "$alone/usr/bin" "$alone/dev"
	cp -L "$(command -v ssh)" "$alone/usr/bin/ssh"
	mknod -m 666 "$alone/dev/null" c 1 3
	rm "$alone/etc/nsswitch.conf" "$alone$openssl/openssl.cnf"
	sed -i '/^identity/d; /^\[prod:/d; /^user/d' "$alone/deploy.ini"
	cat >"$alone/root/.ssh/config" <<-END
		Host web1.example.com
		  IdentityFile ~ci/keys/id
		  IdentityAgent none
		Host web2.example.com
		  IdentityAgent /agent
		Host *.example.com
		  User $(id -un)
		  HostKeyAlias lab
	END
	echo "lab $(cut -d' ' -f1,2 "$LAB/ssh/host.pub")" \
		>"$alone/root/.ssh/known_hosts"
	agent=
	logs_in
}

runs_the_demo() {
	sh tests/demo.sh >"$LAB/out" 2>&1 || flunk 'the demo failed'
}

check 'it is one file that loads nothing' loads_nothing
check 'the same sources and libraries give the same bytes' same_twice
check 'its SBOM names what was linked' has_an_sbom
check 'it packs a release as the dynamic program does' packs_alike
agent=/agent
make_folder
python3 tests/support/names.py "$LAB/records" >"$LAB/names" &
names=$!
trap stop_helpers EXIT
until grep -q ready "$LAB/names"; do
	kill -0 "$names" || exit 1
	sleep 0.1
done
check 'alone in a folder it finds names, keys and the agent, and pushes' finds_names
check "with OpenSSH's client it reads ssh_config" reads_ssh_config
check 'the demo runs with it' runs_the_demo
check_end
