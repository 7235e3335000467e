# normal.awk: replaces random values in saved facts (digests, ids, process ids,
# times) with names, numbered in order of appearance, so that the same state
# always gives the same text.

# Replaces every match of the pattern in line with its number in its kind
function rename(line, pattern, kind, form,    out, word) {
	out = ""
	while (match(line, pattern)) {
		word = substr(line, RSTART, RLENGTH)
		if (!((kind, word) in name))
			name[kind, word] = sprintf(form, ++n[kind])
		out = out substr(line, 1, RSTART - 1) name[kind, word]
		line = substr(line, RSTART + RLENGTH)
	}
	return out line
}

function hex(k,    p) {
	while (k--)
		p = p "[0-9a-f]"
	return p
}

# Replaces the two numbers of "vm":"PID CREATION" after these words
function vm(pattern, one, two,    k, w) {
	if (!match($0, "\"vm\":\"" pattern "\""))
		return
	k = split(substr($0, RSTART + 6, RLENGTH - 7), w, " ")
	$0 = substr($0, 1, RSTART + 5) one w[k / 2] two w[k] \
		substr($0, RSTART + RLENGTH - 1)
}

{
	sub(/^disk_free .*/, "disk_free 50000000")
	gsub(/"ms":[0-9]+/, "\"ms\":1000")
	sub(/processes [0-9]+ and [0-9]+ both/, "processes 1001 and 1002 both")
	sub(/^vm_pid /, "&process ")
	sub(/^vm_others /, "&process ")
	sub(/^vm_creation /, "&creation ")
	gsub(/"pid":/, "&process ")
	gsub(/"creation":/, "&creation ")
	gsub(/\.[0-9]+Z"/, "Z\"")
	sub(/-[0-9a-f]+ /, /^unfinished / ? "-00000001 " : "&")
	vm("[0-9]+ [0-9]+", "process ", " creation ")
	$0 = rename($0, hex(64), "digest", "digest-%d")
	$0 = rename($0, hex(32), "root", "root-%d")
	$0 = rename($0, hex(16), "id", "%016d")
	$0 = rename($0, "process [0-9]+", "pid", "process 10%02d")
	$0 = rename($0, "creation [0-9]+", "creation", "creation 20%02d")
	$0 = rename($0, "20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T" \
		"[0-9][0-9]:[0-9][0-9]:[0-9][0-9]", "time", \
		"2026-01-01T00:00:%02d")
	sub(/^vm_pid process /, "vm_pid ")
	sub(/^vm_others process /, "vm_others ")
	sub(/^vm_creation creation /, "vm_creation ")
	gsub(/"pid":process /, "\"pid\":")
	gsub(/"creation":creation /, "\"creation\":")
	vm("process [0-9]+ creation [0-9]+", "", " ")
	print
}
