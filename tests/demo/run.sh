#!/bin/bash
# make run: vsmigd on the demo's hosts, in the foreground on 127.0.0.1:5986, until Ctrl-C.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${1:-build}
. tests/demo/daemon.sh

daemon_prepare "$build" 5986 || exit 1
cat <<END
vsmigd on hosts of libvirt's test driver: node1 is the source, node2 and node3 are destinations.
In another terminal, at this directory:

export VSMIGD_URL=https://127.0.0.1:5986/wsman
export VSMIGD_USER=$VSMIGD_USER
export VSMIGD_PASSWORD_FILE=$VSMIGD_PASSWORD_FILE
export VSMIGD_CA=$VSMIGD_CA

$build/vsmig -u \$VSMIGD_USER --password-file \$VSMIGD_PASSWORD_FILE --ca \$VSMIGD_CA vms
$build/vsmig -u \$VSMIGD_USER --password-file \$VSMIGD_PASSWORD_FILE --ca \$VSMIGD_CA check web01 node2

The files are gone when this ends (Ctrl-C). What vsmigd says:
END
"$build/vsmigd" --config "$VSMIGD_STATE/vsmigd.conf" </dev/null &
daemon_pid=$!
wait "$daemon_pid"
status=$?
daemon_pid=
exit "$status"
