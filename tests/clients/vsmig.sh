#!/bin/bash
# Every command of vsmig against a running daemon: output, exit statuses, JSON, and what goes
# wrong. VSMIG is the program.
set -u
cd "$(dirname "$0")/../.." || exit 1
vsmig=${VSMIG:-build/vsmig}
port=${VSMIGD_URL%/wsman}
port=${port##*:}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# expect STATUS PATTERN COMMAND...: exit status, and a pattern in what is printed (both streams;
# empty: any).
expect() {
	local status=$1 pattern=$2 got
	shift 2
	"$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	if [ "$got" -ne "$status" ] ||
		{ [ -n "$pattern" ] && ! cat "$dir/out" "$dir/err" | grep -Eq -- "$pattern"; }; then
		printf 'exit status %s, expected %s with "%s": %s\n' "$got" "$status" "$pattern" "$*"
		sed 's/^/    /' "$dir/out" "$dir/err"
		failed=$((failed + 1))
	fi
}

# json EXPRESSION: what was printed last is one JSON value, d, for which the expression holds.
json() {
	/usr/bin/python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' \
		"$dir/out" "$1" && return
	printf 'JSON is not as expected: %s\n' "$1"
	sed 's/^/    /' "$dir/out"
	failed=$((failed + 1))
}

server=("$vsmig" -H 127.0.0.1 -P "$port")
trusted=("${server[@]}" --ca "$VSMIGD_CA")
admin=("${trusted[@]}" -u "$VSMIGD_USER" --password-file "$VSMIGD_PASSWORD_FILE")

expect 0 '^ProtocolVersion: http://schemas.dmtf.org/wbem/wsman' "${trusted[@]}" identify
expect 0 '^ProductVersion: ' "${admin[@]}" identify
expect 0 'd3e0a000-0000-4000-8000-000000000001 +running +web01' "${admin[@]}" vms
expect 0 'shut off +old01' "${admin[@]}" vms
expect 0 'paused +cache01' "${admin[@]}" vms
expect 0 web01 "${admin[@]}" vms --json
json '{"uuid": "d3e0a000-0000-4000-8000-000000000009", "state": "shut off", "name": "old01"} in d'
json 'len(d) == 9'
expect 0 '^spare +yes' "${admin[@]}" hosts
expect 0 node2 "${admin[@]}" hosts --json
json '[h["name"] for h in d] == sorted(h["name"] for h in d) and all("?" not in h["uri"] for h in d)'

expect 0 '^yes: web01 can move to node2 \(live\) \[simulated\]' "${admin[@]}" check web01 node2
expect 0 '^yes: ' "${admin[@]}" check d3e0a000-0000-4000-8000-000000000001 node2
expect 1 '^no: db01 cannot move to node2 ' "${admin[@]}" check db01 node2
expect 1 '^error +VSM4401 ' "${admin[@]}" check db01 node2
expect 0 web01 "${admin[@]}" check web01 node2 --json
json 'd["code"] == 0 and d["migratable"] is True and d["simulated"] is True and d["type"] == "live"'
expect 1 VSM4401 "${admin[@]}" check db01 node2 --json
json 'd["migratable"] is False and any(f["id"] == "VSM4401" and f["effect"] == "False" and f["remedies"] for f in d["findings"])'
expect 1 VSM2001 "${admin[@]}" check old01 node2 --json
json 'd["code"] == 5 and d["migratable"] is None'
expect 0 '^yes: old01 can move to node2 \(offline\)' "${admin[@]}" check old01 node2 --type offline
expect 1 '^code 6, ' "${admin[@]}" check web01 node1
expect 2 '^cannot tell: .*nobody' "${admin[@]}" check nobody node2
expect 2 '^code 1, ' "${admin[@]}" check web01 node2 --type 32769
expect 2 '^code 3, ' "${admin[@]}" check web01 silent --timeout 2
expect 2 '^code 4, ' "${admin[@]}" check web01 node2 --type 99
expect 2 '^code 4, ' "${admin[@]}" check web01 'no such host!'
expect 0 '^yes: ' "${admin[@]}" check web01 node2 --bandwidth 100 --new-name web02 --set Priority=1
expect 2 'no such type|--type is' "${admin[@]}" check web01 node2 --type sideways
expect 2 '--set takes' "${admin[@]}" check web01 node2 --set Priority

# Every host for one VM, and every VM for one host. silent never answers, so that each of these
# takes its time: they are asked side by side.
all_hosts() { # NAME VM [OPTION...]
	local name=$1
	shift
	"${admin[@]}" check "$@" --all-hosts --timeout 5 >"$dir/$name.out" 2>"$dir/$name.err" </dev/null
	echo $? >"$dir/$name.status"
}
answered() { # NAME: as the command did
	cat "$dir/$1.out"
	cat "$dir/$1.err" >&2
	return "$(cat "$dir/$1.status")"
}
all_hosts web web01 & all_hosts db db01 & all_hosts nobody nobody &
all_hosts old old01 --type offline --json &
wait
expect 0 '^yes: web01 can move to 1 of 6 hosts, best to node2 \(live\) \[simulated\]' answered web
expect 0 '^HOST +VERDICT +WARNINGS +FREE MEMORY +FIRST REASON' answered web
expect 0 '^cannot tell: .* web01 and silent' answered web
expect 0 '^error +VSM2015 ' answered web
expect 1 '^no: db01 can move to none of 6 hosts' answered db
expect 2 '^cannot tell: none of 6 hosts could be checked for nobody' answered nobody
expect 0 node2 answered old
json 'd["vm"] == "old01" and d["type"] == "offline" and d["migratable"] is True and len(d["ranking"]) == 6'
json 'd["ranking"][0]["destination"] == "node2" and {h["destination"]: h["code"] for h in d["ranking"]}["silent"] == 3'
json 'all(h["memoryNeeded"] == 536870912 for h in d["ranking"] if h["code"] != 3)'
expect 1 '^no: 3 of 9 virtual systems can move to node2 \[simulated\]' "${admin[@]}" check --all-vms node2
expect 1 '^Memory: the 8 that run take 35\.5 GiB together; what is free there is not known' "${admin[@]}" check --all-vms node2
expect 1 '^db01 +running +live +no +[0-9]+ +VSM4401 ' "${admin[@]}" check --all-vms node2
expect 1 '^old01 +shut off +offline +yes +0' "${admin[@]}" check --all-vms node2
expect 1 '^old01 +shut off +live +not now +[0-9]+ +VSM2001' "${admin[@]}" check --all-vms node2 --type live
expect 1 web01 "${admin[@]}" check --all-vms node2 --json
json 'd["migratable"] is False and d["memory"] == {"needed": 38117834752, "free": None, "fits": None}'
json '[v["vm"] for v in d["vms"]] == sorted(v["vm"] for v in d["vms"]) and {v["vm"]: v["migratable"] for v in d["vms"]}["cache01"] is True'
expect 2 'new-name goes with' "${admin[@]}" check web01 --all-hosts --new-name x
expect 2 'new-name goes with' "${admin[@]}" check --all-vms node2 --new-name x
expect 2 'go with check' "${admin[@]}" vms --all-hosts
expect 2 'not both' "${admin[@]}" check web01 --all-hosts --all-vms
expect 2 'usage: vsmig check VM --all-hosts' "${admin[@]}" check web01 node2 --all-hosts
expect 2 '--type is' "${admin[@]}" check --all-vms node2 --type sideways
expect 2 'did not accept' env VSMIG_PASSWORD=wrong "${trusted[@]}" -u "$VSMIGD_USER" check --all-vms node2

# Control characters, however they come in, are not handed to the terminal.
expect 2 'cannot tell: .*a\?\[31mb' "${admin[@]}" check $'a\e[31mb' node2

# Who is let in, and whom we talk to.
expect 2 'did not accept the user name or the password' env VSMIG_PASSWORD=wrong "${trusted[@]}" -u "$VSMIGD_USER" vms
expect 2 'did not accept' env VSMIG_PASSWORD=wrong "${trusted[@]}" -u nobody vms
expect 0 web01 env VSMIG_PASSWORD="$(cat "$VSMIGD_PASSWORD_FILE")" "${trusted[@]}" -u "$VSMIGD_USER" vms
expect 2 'needs a user' "${trusted[@]}" vms
expect 2 'certificate of .* not accepted' "${server[@]}" identify
"$vsmig" init "$dir/other" >/dev/null
expect 2 'certificate of .* not accepted' "${server[@]}" --ca "$dir/other/certificate.pem" identify
expect 2 'cannot be used' "${server[@]}" --ca "$dir/none.pem" identify
expect 0 'not verified' "${server[@]}" --insecure identify
expect 0 ProtocolVersion "$vsmig" -H localhost -P "$port" --ca "$VSMIGD_CA" identify
expect 2 'cannot be reached' "$vsmig" -H 127.0.0.1 -P 1 identify
expect 2 'excludes?|exclude each other' "${server[@]}" --insecure --ca "$VSMIGD_CA" identify

# What needs no server.
expect 0 '^usage: vsmig' "$vsmig" --help
expect 0 '^vsmig [0-9]' "$vsmig" --version
expect 2 'usage: vsmig' "$vsmig"
expect 2 'no command' "$vsmig" fly
expect 2 'usage: vsmig check VM HOST' "$vsmig" check web01
expect 2 'vsmig --help' "$vsmig" --no-such-option
expect 2 'is there already' "$vsmig" init "$dir/other"
for file in key.pem users admin.password; do
	[ "$(stat -c %a "$dir/other/$file")" = 600 ] || { echo "$file: others may read it"; failed=$((failed + 1)); }
done
# A directory that is open to the daemon's group: so is what the daemon reads. Only root can make one.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 750 "$dir/group" && chgrp daemon "$dir/group"
	expect 0 '^password ' "$vsmig" init "$dir/group"
	for file in key.pem users; do
		[ "$(stat -c '%a %G' "$dir/group/$file")" = '640 daemon' ] ||
			{ echo "$file: the daemon's group cannot read it"; failed=$((failed + 1)); }
	done
fi
openssl x509 -in "$dir/other/certificate.pem" -noout -ext subjectAltName >"$dir/out"
for name in DNS:localhost 'IP Address:127.0.0.1' 'IP Address:0:0:0:0:0:0:0:1'; do
	grep -q "$name" "$dir/out" || { echo "the certificate has no $name"; failed=$((failed + 1)); }
done
printf 'first\n' >"$dir/first"
expect 0 '' "$vsmig" passwd --password-file "$dir/first" "$dir/other/users" second
expect 2 'colon' "$vsmig" passwd --password-file "$dir/first" "$dir/other/users" a:b
expect 2 'holds no password' "$vsmig" passwd "$dir/other/users" third
grep -q '^admin:\$y\$' "$dir/other/users" && grep -q '^second:\$y\$' "$dir/other/users" &&
	[ "$(wc -l <"$dir/other/users")" = 2 ] || { echo "users is not as it should be"; failed=$((failed + 1)); }

[ "$failed" -eq 0 ]
