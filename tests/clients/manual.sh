#!/bin/bash
# vsmig(1) describes each option and command that --help shows, and no other.
set -u
cd "$(dirname "$0")/../.." || exit 1
vsmig=${VSMIG:-build/vsmig}
page=wsman/vsmig.1
status=0

compare() { # WHAT HELP-LIST PAGE-LIST
	if [ -z "$2" ] || [ "$2" != "$3" ]; then
		echo "$1 differ: --help (<) and $page (>)"
		diff <(printf '%s\n' "$2") <(printf '%s\n' "$3")
		status=1
	fi
}

help=$("$vsmig" --help)
compare "long options" \
	"$(sed -nE 's/^  (-., | {4})--([a-z-]+).*/\2/p' <<<"$help" | sort)" \
	"$(sed -nE 's/^\.It Fl (. , Fl )?-([a-z-]+).*/\2/p' $page | sort)"
compare "short options" \
	"$(sed -nE 's/^  -(.), .*/\1/p' <<<"$help" | sort)" \
	"$(sed -nE 's/^\.It Fl (.) , Fl -.*/\1/p' $page | sort)"
compare "commands" \
	"$(sed -nE 's/^  ([a-z]+)  ?([A-Za-z -]*[A-Za-z])?  .*/\1 \2/p' <<<"$help" | sed 's/ *$//' | sort)" \
	"$(sed -nE '/^\.Ss Commands/,/^\.Ss Options/s/^\.It Cm ([a-z]+)/\1/p' $page |
		sed 's/ Ar / /; s/ Fl -/ --/; s/ Ar / /' | sort)"
exit $status
