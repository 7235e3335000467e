#!/bin/sh
# Completions in zsh and fish. Daily tests have bash.
for shell in zsh fish; do
	command -v "$shell" >/dev/null || {
		echo "needs $shell (Debian: apt-get install zsh fish)"
		exit 77
	}
done
SHELLS='zsh fish' exec sh "$(dirname "$0")/../cli/test_completion.sh"
