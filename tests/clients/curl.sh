#!/bin/bash
# Runs the curl example of README.md as it stands there, and looks at the answer.
set -u
cd "$(dirname "$0")/../.." || exit 1
example=$(awk '/^```sh$/ { on = 1; text = ""; next }
	/^```$/ { if (on && text ~ /^curl /) print text; on = 0 }
	on { text = text $0 "\n" }' README.md)
if [ -z "$example" ]; then
	echo "README.md holds no example with curl"
	exit 1
fi
reply=$(bash -euc "$example") || exit 1
printf '%s\n' "$reply"
grep -q '<[^/>]*:\?ReturnValue[^>]*>0<' <<<"$reply" &&
	grep -q '<[^/>]*:\?IsMigratable[^>]*>true<' <<<"$reply"
