# Reads `plan` files. Fails if a command that hdeploy advises is tried in the same
# file and refused there. While an operation still runs, every command waits.
function finish() {
	for (i = 1; i <= n; i++)
		if (advised[i] in refused) {
			printf "%s: advice is refused: hdeploy %s\n",
				file, advised[i]
			failed = 1
		}
	n = 0
	split("", refused)
}
FNR == 1 {
	finish()
	file = FILENAME
}
/^\$ hdeploy / {
	command = substr($0, 11)
	next
}
/ refused( |:)/ && !/ an earlier operation still runs / { refused[command] = 1 }
{
	rest = $0
	while (match(rest, /`hdeploy [^`]*`/)) {
		split(substr(rest, RSTART + 9, RLENGTH - 10), word, " ")
		text = word[1]
		for (w = 3; w in word && word[w] != "--limit"; w++)
			text = text " " word[w]
		advised[++n] = text
		rest = substr(rest, RSTART + RLENGTH)
	}
}
END {
	finish()
	exit failed
}
