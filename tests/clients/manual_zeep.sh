#!/bin/bash
# Runs the zeep example of vsmig-cim(7) as it stands there, but for what names the site, and looks
# at the answer.
set -u
cd "$(dirname "$0")/../.." || exit 1
example=$(sed -n '/^\.\\" .*manual_zeep\.sh/,/^\.Ed/p' cim/vsmig-cim.7 | sed '1,2d; $d; s/\\e/\\/g')
for name in vmhost:5986 UUID PASSWORD certificate.pem; do
	grep -q "$name" <<<"$example" || { echo "the example names no $name"; exit 1; }
done
password=$(cat "$VSMIGD_PASSWORD_FILE")
example=${example//'https://vmhost:5986/wsman'/$VSMIGD_URL}
example=${example//UUID/d3e0a000-0000-4000-8000-000000000001}
example=${example//PASSWORD/$password}
example=${example//certificate.pem/$VSMIGD_CA}
reply=$(/usr/bin/python3 - <<<"$example") || exit 1
echo "$reply"
[ "$reply" = "0 True" ]
