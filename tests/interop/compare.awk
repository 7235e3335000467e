# Compares the results of the matrix with its exceptions: reports each cell that
# fails without an exception, each that passes in spite of one, and (whole) each
# exception without a cell.

function is_match(pattern, word) {
	return pattern == "*" || word ~ "^(" pattern ")$"
}

function exception(    i) {
	for (i = 1; i <= rows; i++)
		if (is_match(server[i], $1) && is_match(key[i], $2) &&
		    is_match(source[i], $3) && is_match(action[i], $4))
			return i
	return 0
}

function reason(from,    i, text) {
	for (i = from; i <= NF; i++)
		text = text (text ? " " : "") $i
	return text
}

FNR == NR && (/^#/ || !NF) { next }
FNR == NR {
	rows++
	server[rows] = $1
	key[rows] = $2
	source[rows] = $3
	action[rows] = $4
	why[rows] = reason(5)
	next
}
{
	row = exception()
	seen[row]++
	if ($5 == "ok" && !row) {
		passed++
	} else if ($5 != "ok" && row) {
		listed++
	} else if ($5 == "ok") {
		failed++
		print "FAIL " $1 " " $2 " " $3 " " $4 \
		    ": works, but has an exception: " why[row]
	} else {
		failed++
		print "FAIL " $1 " " $2 " " $3 " " $4 ": " reason(6)
	}
}
END {
	for (i = 1; i <= rows; i++)
		if (whole && !seen[i]) {
			failed++
			print "FAIL exception " i " has no cell: " why[i]
		}
	print passed + listed + failed " cells: " passed + 0 " pass, " \
	    listed + 0 " are listed, " failed + 0 " fail"
	print passed + listed " passed, " failed + 0 " failed"
	exit failed > 0
}
