# shellcheck shell=sh
# needs: call change vm_proof
# What a hot change to another version would meet: the modules that differ, the
# instructions of the relups, and the processes of the VM. The file modules of
# each version has its code (core/plan/modules.h). Asked only before a change:
# it costs more than the other facts.

# arg_target: a version; "-" stands for the one that a rollback would go to; "":
# no change. arg_libs: of a version that is not here.
facts_proof() {
	[ -n "$arg_target" ] || return 0
	proof_from=$(proof_running)
	proof_to=$arg_target
	[ "$proof_to" != - ] || proof_to=$(proof_last "$proof_from")
	is_version "$proof_from" && is_version "$proof_to" &&
		[ "$proof_from" != "$proof_to" ] || return 0
	say proved "$proof_to"
	if [ -n "$vm_text" ] && [ -z "$vm_why" ]; then
		proof_vm "$arg_libs"
	else
		proof_code "$arg_libs" >&3
	fi
}

# The running version, by the answer of the VM.
proof_running() {
	[ -n "$vm_text" ] || {
		printf '%s\n' "${word:-}"
		return
	}
	printf '%s\n' "$vm_text" | awk '
		$1 == "vm_script" { booted = $2 }
		$1 == "vm_releases" && $3 == "permanent" { permanent = $2 }
		$1 == "vm_releases" && $3 == "current" { current = $2 }
		END { print current != "" ? current : \
			permanent != "" ? permanent : booted }'
}

# proof_last VERSION: the version that a rollback from VERSION goes to: the one
# that boots, or that the last change to VERSION came from.
proof_last() {
	version=$(sed -n '1s/^[^ ]* //p' releases/start_erl.data 2>/dev/null)
	[ "$version" = "$1" ] || {
		printf '%s\n' "$version"
		return
	}
	[ -f .hdeploy/history.jsonl ] || return 0
	version_lines <.hdeploy/history.jsonl |
		sed -n "s/.*\"from\":\"\([^\"]*\)\".*\"to\":\"$(pattern "$1")\".*/\1/p" |
		tail -n 1
}

# proof_code LIBS: prints the facts about the code of both versions. Of the
# modules, those that differ; if the code of proof_to is not here, those of
# other libraries. Nothing is compared beyond 8000 modules.
proof_code() {
	proof_notes=.hdeploy/releases/$proof_from
	set -- "$1" side=from
	for file in "$proof_notes/record" "$proof_notes/modules"; do
		[ ! -f "$file" ] || [ ! -r "$file" ] || set -- "$@" "$file"
	done
	file=.hdeploy/releases/$proof_to/modules
	if [ -n "$1" ]; then
		set -- "$@" side=libs -
	elif [ -f "$file" ] && [ -r "$file" ]; then
		set -- "$@" side=to "$file"
	fi
	proof_text=$1
	shift
	printf '%s' "$proof_text" | awk -v from="$proof_from" -v to="$proof_to" '
		function plain(word) {
			return length(word) <= 255 && word ~ /^[A-Za-z0-9._@+~%-]+$/
		}
		function sum(word) {
			return length(word) <= 64 && word ~ /^[0-9a-f]+$/
		}
		function other() {
			return side == "from" ? to : from
		}
		function own() {
			return side == "from" ? from : to
		}
		FNR > 100000 { next }
		$1 == "lib" && NF == 3 && plain($2) && sum($3) {
			libs[side, $2] = $3
		}
		$1 == "module" && NF == 4 && plain($2) && plain($3) && sum($4) {
			known[side] = 1
			if (n[side]++ > 50000)
				next
			merged = $2 == "consolidated"
			if (merged)
				merges[side, $3] = $4
			else if (!((side, $3) in sums))
				names[side, ++count[side]] = $3
			if (!merged) {
				sums[side, $3] = $4
				lib[side, $3] = $2
			}
		}
		$1 == "way" {
			way = ""
			if (NF == 3 && $3 == other() && ($2 == "up" || $2 == "down"))
				way = own() " " $2 " " $3
			if (way != "")
				lines[++nlines] = "effects " way " - -"
		}
		$1 == "does" && NF == 3 && way != "" && plain($2) &&
			$3 ~ /^[a-z]+$/ && length($3) < 32 && nlines < 20000 {
			lines[++nlines] = "effects " way " " $2 " " $3
		}
		function put(s, name) {
			lines[++nlines] = "modules " (s == "from" ? from : to) \
				" " lib[s, name] " " name " " sums[s, name]
			if ((s, name) in merges)
				lines[++nlines] = "modules " \
					(s == "from" ? from : to) \
					" consolidated " name " " merges[s, name]
			put_n++
		}
		function compare(s, t,    i, name) {
			for (i = 1; i <= count[s]; i++) {
				name = names[s, i]
				if (!((t, name) in sums) ||
					sums[t, name] != sums[s, name])
					put(s, name)
			}
		}
		END {
			if (side == "libs") {
				for (i = 1; i <= count["from"]; i++) {
					name = names["from", i]
					l = lib["from", name]
					if (!(("libs", l) in libs) || \
						libs["libs", l] != libs["from", l])
						put("from", name)
				}
			} else if (known["from"] && known["to"]) {
				compare("from", "to")
				compare("to", "from")
			}
			if (put_n > 8000)
				exit
			if (known["from"])
				print "known " from " yes"
			if (known["to"])
				print "known " to " yes"
			for (i = 1; i <= nlines; i++)
				print lines[i]
		}' "$@" 2>/dev/null
}

# proof_vm LIBS: the facts of proof_code, and the answers of the VM to questions
# about them. A VM that does not answer leaves its part out. No variable has the
# texts: some shells cannot print large ones.
proof_vm() {
	{
		proof_code "$1" | proof_terms
		vm_proof
	} | vm_call 20 -e 2>&1 | tr '"' '\n' | grep '^vm_[a-z_]* .' >&3
	return 0
}

# proof_terms: answers the facts on stdin, and prints the variables of vm_proof:
# from the relup entry that release_handler would use, that of proof_to first. A
# name with % has other characters, and is left out.
proof_terms() {
	awk -v from="$proof_from" -v to="$proof_to" '
		function add(list, name) {
			if (name ~ /%/ || (list, name) in has || n_of[list] > 3000)
				return
			has[list, name] = 1
			n_of[list]++
			text[list] = text[list] (text[list] == "" ? "" : ",") \
				quote name quote
		}
		BEGIN {
			quote = sprintf("%c", 39)
			walks = "false"
			facts = "cat >&3"
		}
		{ print | facts }
		$1 == "modules" && $3 != "consolidated" { add("differ", $4) }
		$1 == "effects" {
			up = $2 == to && $3 == "up" && $4 == from
			down = $2 == from && $3 == "down" && $4 == to
			if (up)
				has_up = 1
			if (!up && (!down || has_up))
				next
			line[++n] = $5 " " $6
			is_up[n] = up
		}
		END {
			close(facts)
			for (i = 1; i <= n; i++) {
				if (has_up && !is_up[i])
					continue
				split(line[i], w, " ")
				if (w[2] ~ /[lr]/)
					add("touched", w[1])
				if (w[2] ~ /[sc]/)
					add("changed", w[1])
				if (w[2] ~ /[st]/)
					walks = "true"
			}
			print "{Walks, Changed, Touched, Differ} = {" walks ", [" \
				text["changed"] "], [" text["touched"] "], [" \
				text["differ"] "]},"
			print "{AskMs, ScanMs, WalkMs} = {3000, 3000, 8000},"
		}'
}
