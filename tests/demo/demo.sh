#!/bin/bash
# make demo: starts vsmigd on hosts of libvirt's test driver, asks it over HTTPS, and compares
# every answer with what is known of those hosts. Ends with 0 only when all are as they must be.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
. tests/demo/daemon.sh

wrong=0
asked=0

# ask STATUS CODE ID VM HOST [OPTION...]: what vsmig must exit with, the code of the method, and
# the message id that must be among the reasons ("-": none is looked for).
ask() {
	local status=$1 code=$2 id=$3 out got
	shift 3
	printf '\n$ vsmig check %s\n' "$*"
	out=$("${vsmig[@]}" check "$@")
	got=$?
	printf '%s\n' "$out"
	asked=$((asked + 1))
	if [ "$got" -ne "$status" ] || ! grep -q "^code $code," <<<"$out" ||
		{ [ "$id" != - ] && ! grep -q "$id" <<<"$out"; }; then
		echo "*** This is not the answer that the demo expects: exit status $status, code $code, $id"
		wrong=$((wrong + 1))
	fi
}

daemon_prepare "$build" 0 || exit 1
daemon_start || exit 1
port=${VSMIGD_URL%/wsman}
port=${port##*:}
vsmig=("$build/vsmig" -H 127.0.0.1 -P "$port" -u "$VSMIGD_USER" --password-file
	"$VSMIGD_PASSWORD_FILE" --ca "$VSMIGD_CA")

echo "vsmigd answers at $VSMIGD_URL"
for command in identify vms hosts; do
	printf '\n$ vsmig %s\n' "$command"
	"${vsmig[@]}" "$command" || wrong=$((wrong + 1))
done

# These can move.
ask 0 0 - web01 node2
ask 0 0 VSM5025 cache01 node2
ask 0 0 - old01 node2 --type offline

# These cannot as they are, each for a reason of its own: code 0, IsMigratable false.
ask 1 0 VSM4401 db01 node2
ask 1 0 VSM4201 mail01 node2
ask 1 0 VSM4001 build01 node2
ask 1 0 VSM4306 scratch01 node2
ask 1 0 VSM4501 gpu01 node2
ask 1 0 VSM4310 snap01 node2
ask 1 0 VSM4303 web01 node3

# Every other code that the test driver can show; 2 is for failures of the service itself.
ask 2 1 VSM9001 web01 node2 --type 32769
ask 2 3 VSM9003 web01 silent --timeout 2
ask 2 4 VSM1003 nobody node2
ask 2 4 VSM1004 web01 'node2/system?command=/bin/true'
ask 1 5 VSM2001 old01 node2
ask 1 5 VSM20 web01 down
ask 1 5 VSM2015 web01 spare
ask 1 6 VSM3001 web01 node1

# Where would it be best, of all hosts that the service knows? One of them never answers, and keeps
# none of the others from being told.
printf '\n$ vsmig check web01 --all-hosts --timeout 5\n'
out=$("${vsmig[@]}" check web01 --all-hosts --timeout 5)
got=$?
printf '%s\n' "$out"
asked=$((asked + 1))
if [ "$got" -ne 0 ] || ! grep -q '^yes: web01 can move to 1 of 6 hosts, best to node2 ' <<<"$out" ||
	! grep -q '^silent  *cannot tell ' <<<"$out"; then
	echo "*** This is not the answer that the demo expects: node2 is best, silent cannot be told"
	wrong=$((wrong + 1))
fi

# Can the whole host be emptied onto another? That needs each of its machines to be able to move.
printf '\n$ vsmig check --all-vms node2\n'
out=$("${vsmig[@]}" check --all-vms node2)
got=$?
printf '%s\n' "$out"
asked=$((asked + 1))
if [ "$got" -ne 1 ] || ! grep -q '^no: 3 of 9 virtual systems can move to node2' <<<"$out"; then
	echo "*** This is not the answer that the demo expects: 3 of 9 can move"
	wrong=$((wrong + 1))
fi

# The same question as the README asks it with curl.
printf '\n$ curl ...    (the example of README.md)\n'
asked=$((asked + 1))
tests/clients/curl.sh || wrong=$((wrong + 1))

daemon_stop || { echo "*** vsmigd ended with an error:"; cat "$VSMIGD_STATE/log"; wrong=$((wrong + 1)); }
printf '\n%d questions asked, %d answered otherwise than expected\n' "$asked" "$wrong"
[ "$wrong" -eq 0 ]
