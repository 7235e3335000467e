# shellcheck shell=bash
# Completion of hdeploy(1) for bash. hdeploy itself knows the candidates.

_hdeploy_paths() { # -f|-d WORD
	local path

	compopt -o filenames 2>/dev/null
	while IFS= read -r path; do
		COMPREPLY+=("$path")
	done < <(compgen "$1" -- "$2")
}

_hdeploy() {
	local line candidate word glue='' i words=() IFS=$' \t\n'

	# bash splits --limit=web1 at "=".
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]//[\"\'\\]/}
		if [[ $word == = && ${words[*]: -1} == --* ]]; then
			words[${#words[@]} - 1]+='='
			glue=yes
			continue
		fi
		# shellcheck disable=SC2088 # the tilde as it was typed
		[[ $word != '~/'* ]] || word=$HOME/${word:2}
		if [[ -n $glue ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		glue=
	done
	[[ -z $glue ]] || word=
	line=${words[${#words[@]} - 1]}

	COMPREPLY=()
	while IFS= read -r candidate; do
		candidate=${candidate%%$'\t'*}
		case $candidate in
		:files) _hdeploy_paths -f "$word" ;;
		:folders) _hdeploy_paths -d "$word" ;;
		"$line"*) COMPREPLY+=("${candidate#"${line%"$word"}"}") ;;
		esac
	done < <(command hdeploy complete -- "${words[@]}" 2>/dev/null)
}

complete -F _hdeploy hdeploy
