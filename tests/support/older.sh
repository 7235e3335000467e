# shellcheck shell=sh disable=SC2154
# Roots in the forms in which earlier hdeploys left them: the texts are from roots
# of builds of 2026-11-22 and 2026-11-26, with the digests of this release.

# older_records N KEY...: leaves only these lines of the records, in this order,
# and only the files of a version that every hdeploy wrote.
older_records() {
	older_house=$LAB/web$1/.hdeploy
	shift
	for older_version in "$older_house"/releases/*/; do
		older_record=$(cat "$older_version/record")
		for key; do
			printf '%s\n' "$older_record" | grep "^$key " || :
		done >"$older_version/record"
		rm -f "$older_version/chunks" "$older_version/modules" \
			"$older_version/noted"
	done
}

# older_operation N NAME STATUS PID: an operation that ended
older_operation() {
	older_op=$LAB/web$1/.hdeploy/ops/$2
	mkdir -p "$older_op"
	older_name=${2#*-}
	echo "${older_name%-*}" >"$older_op/name"
	printf '%-7s\n' "$3" >"$older_op/status"
	echo "$4" >"$older_op/pid"
	: >"$older_op/answers"
	: >"$older_op/output"
	: >"$older_op/script"
}

# older_first N: the first hdeploy: no lock, no numbers, no reserve, and an
# upgrade that was undone.
older_first() {
	older_records "$1" identity sha256 size way
	cd "$older_house" || return
	rm -rf ./lock.* ./released.* ./connection.* ./keeper.* ./asking.* \
		./sign.* ./files ./reserve ./ops/* ./releases/*/number \
		./releases/*/loose ./releases/*/added
	cat >history.jsonl <<-'END'
		{"id":"d1b6ea87308e8180","time":"2026-11-22T16:56:39.998Z","who":"root@vm","command":"push","to":"0.1.0","result":"ok"}
		{"id":"50e1bff7cd06c32a","time":"2026-11-22T16:56:45.704Z","who":"root@vm","command":"start","to":"0.1.0","result":"ok"}
		{"id":"a636aa529d7648f9","time":"2026-11-22T16:56:49.686Z","who":"root@vm","command":"push","from":"0.1.0","to":"0.2.0","result":"ok"}
		{"id":"9d75d4e4f4efbe7d","time":"2026-11-22T16:57:03.075Z","who":"root@vm","command":"upgrade","from":"0.1.0","to":"0.2.0","result":"undone"}
	END
	cd - >/dev/null || return
	older_operation "$1" a2ec99ef80eda27e-start-4ccc0933 0 31107
	older_operation "$1" 9d75d4e4f4efbe7d-install-4fda91e3 1 32367
}

# older_cut N: a later one, whose run was killed before it installed 0.2.0. Its
# lock is that of another boot of the host.
older_cut() {
	older_records "$1" identity sha256 size manifest way lib
	cd "$older_house" || return
	rm -f ./lock.* ./released.* ./connection.* ./keeper.* ./asking.* ./sign.*
	cat >lock.3 <<-'END'
		token 1b3859f0a4eccf6582668ebfbaf2f5c8
		holder root@vm
		command upgrade lab 0.2.0
		job
		since 2026-11-26T16:59:54Z
		until 46f4fd0d-b516-4496-bd4b-51858eb21432 1851
		expires 1795798827
	END
	echo '15405 181794 1836' >connection.3
	echo '15617 181831 ' >keeper.3
	echo '16862 182013 46f4fd0d-b516-4496-bd4b-51858eb21432 1880' >asking.3
	echo '46f4fd0d-b516-4496-bd4b-51858eb21432 1894 1834' >sign.3
	cat >change <<-'END'
		{"id":"997a8fa008a298c9","time":"2026-11-26T16:59:57.482Z","who":"root@vm","command":"upgrade","from":"0.1.0","to":"0.2.0","mode":"hot","going":"forward","vm":"16894 1795798755","run":"60f53715c248abf3"}
	END
	cd - >/dev/null || return
	older_operation "$1" 997a8fa008a298c9-check-dc08bffd 0 '22095 182849 '
	echo 90 >"$older_op/number"
	echo '22134 182855 46f4fd0d-b516-4496-bd4b-51858eb21432 1918' \
		>"$older_op/inner"
}
