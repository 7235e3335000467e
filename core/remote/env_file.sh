# shellcheck shell=sh
# Reads a file of NAME=value lines as systemd reads an EnvironmentFile
# (systemd.exec(5), and tested against its parser).

# hd_env_file FILE: exports its variables.
hd_env_file() {
	[ -r "$1" ] || {
		echo "env_file $1 cannot be read" >&2
		return 1
	}
	hd_text=$(
		PATH=$hd_tools
		LC_ALL=C
		export PATH LC_ALL
		hd_joins=no
		! grep -q '[#;].*[\]' "$1" || hd_joins=$(comments_join)
		# the last byte shows whether the file ends with a line break
		{ cat "$1" && echo .; } | awk -v joins="$hd_joins" "$hd_env_reader"
	) || {
		echo "env_file $1 cannot be read: it needs cat and awk" >&2
		return 1
	}
	eval "$hd_text"
}

# comments_join: "yes" if a comment that ends with a backslash continues in the
# next line: before systemd 254.
comments_join() {
	systemctl --version 2>/dev/null |
		awk 'NR == 1 && $2 ~ /^[0-9]/ && $2 + 0 < 254 { print "yes" }'
}

# Input: bytes, then "." and a line break. Output: commands that export. It
# takes one character at a time; state says which part of a line that is in.
# - Quotes count only at the beginning of a value, or after other quotes.
# - A backslash quotes any character, but in double quotes only " \ ` and $;
#   before others it stays. At the end of a line, backslash and line break go.
# - Unquoted blanks around a value go.
# - Variables that the shell does not let anybody set are skipped.
# shellcheck disable=SC2016
hd_env_reader='
function blank(c) { return c == " " || c == "\t" || ends(c) }
function ends(c) { return c == "\n" || c == "\r" }
function add(c) {
	value = value c
	solid = length(value)
}
function assign() {
	if (state == "value")
		value = substr(value, 1, solid)
	sub(/[ \t]+$/, "", name)
	if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && name !~ /^(hd_|HDEPLOY_)/) {
		gsub(/\047/, "\047\"\047\"\047", value)
		line = "export " name "=\047" value "\047"
		if (index(" UID EUID PPID GROUPS SHELLOPTS BASHOPTS OPTIND" \
			" LINENO HISTSIZE BASH_VERSINFO KSH_VERSION ", " " name " "))
			line = "(" line ") 2>/dev/null && " line " || :"
		print line
	}
	state = "start"
}
function take(c) {
	if (state == "start") {
		if (blank(c))
			return
		name = c
		value = ""
		state = c == "#" || c == ";" ? "comment" : "name"
	} else if (state == "name") {
		if (ends(c))
			state = "start"
		else if (c == "=")
			state = "before"
		else
			name = name c
	} else if (state == "before" || state == "value") {
		if (ends(c))
			assign()
		else if (c == "\\") {
			state = "escape"
			solid = length(value)
		} else if (state == "before" && (c == "\"" || c == "\047"))
			state = c
		else if (blank(c))
			value = value (state == "value" ? c : "")
		else {
			state = "value"
			add(c)
		}
	} else if (state == "escape") {
		state = "value"
		if (!ends(c))
			add(c)
	} else if (state == "\"" || state == "\047") {
		if (c == state)
			state = "before"
		else if (c == "\\" && state == "\"")
			state = "quoted"
		else
			add(c)
	} else if (state == "quoted") {
		state = "\""
		if (c != "\n")
			add((index("\"\\`$", c) ? "" : "\\") c)
	} else if (state == "comment") {
		if (ends(c))
			state = "start"
		else if (c == "\\")
			state = "skip"
	} else
		state = ends(c) && joins != "yes" ? "start" : "comment"
}
function feed(text, i) {
	for (i = 1; i <= length(text); i++)
		take(substr(text, i, 1))
}
BEGIN { state = "start" }
NR > 1 {
	feed(last "\n")
}
{ last = $0 }
END {
	feed(substr(last, 1, length(last) - 1))
	if (state !~ /^(start|name|comment|skip)$/)
		assign()
}'
