# Sourced: a vsmigd on the demo's hosts, in a directory of its own that is gone when the script
# ends. The sourcing script runs at the project's top.
#
#	daemon_prepare BUILD PORT	makes the directory; sets the VSMIGD_* variables but the URL
#	daemon_start			starts the daemon, returns when it listens, sets VSMIGD_URL
#	daemon_stop			ends it; its exit status

daemon_pid=
daemon_build=

daemon_prepare() {
	daemon_build=$1
	VSMIGD_STATE=$(mktemp -d) || return
	trap daemon_cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	"$1/vsmig" init "$VSMIGD_STATE" >/dev/null || return
	cp tests/demo/node?.xml tests/demo/silent "$VSMIGD_STATE" || return
	sed -e "s|@STATE@|$VSMIGD_STATE|g" -e "s|@PORT@|$2|g" tests/demo/vsmigd.conf.in \
		>"$VSMIGD_STATE/vsmigd.conf" || return
	VSMIGD_USER=admin
	VSMIGD_PASSWORD_FILE=$VSMIGD_STATE/admin.password
	VSMIGD_CA=$VSMIGD_STATE/certificate.pem
	VSMIGD_SOURCE_NAME=node1
	export VSMIGD_USER VSMIGD_PASSWORD_FILE VSMIGD_CA VSMIGD_SOURCE_NAME
}

# The daemon says on standard error where it listens; what it says goes to $VSMIGD_STATE/log.
daemon_start() {
	mkfifo "$VSMIGD_STATE/stderr" || return
	"$daemon_build/vsmigd" --config "$VSMIGD_STATE/vsmigd.conf" 2>"$VSMIGD_STATE/stderr" </dev/null &
	daemon_pid=$!
	exec 9<"$VSMIGD_STATE/stderr"
	VSMIGD_URL=
	while [ -z "$VSMIGD_URL" ] && read -r line <&9; do
		printf '%s\n' "$line" >>"$VSMIGD_STATE/log"
		case $line in
		*"listening on "*) VSMIGD_URL=$(printf 'https://%s/wsman' "$(printf '%s\n' "$line" |
			sed 's/.*listening on //; s/[^0-9.:].*//')") ;;
		esac
	done
	cat <&9 >>"$VSMIGD_STATE/log" &
	exec 9<&-
	export VSMIGD_URL
	[ -n "$VSMIGD_URL" ] && return
	wait "$daemon_pid"
	daemon_pid=
	echo "vsmigd did not start:" >&2
	cat "$VSMIGD_STATE/log" >&2
	return 1
}

daemon_stop() {
	[ -n "$daemon_pid" ] || return 0
	kill -TERM "$daemon_pid"
	wait "$daemon_pid"
	set -- $?
	daemon_pid=
	return "$1"
}

daemon_cleanup() {
	daemon_stop
	rm -rf "$VSMIGD_STATE"
}
