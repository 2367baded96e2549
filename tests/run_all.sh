#!/bin/sh
# Every suite in every build that `make test` has made, and the total.
# A suite is a program whose last line ends with "N passed, N failed"; one
# that could not be run says "not run: REASON" instead, a failure under CI.
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
log=$(mktemp) && slow=$(mktemp) || exit 1
slow_pid=
trap '[ -z "$slow_pid" ] || kill "$slow_pid" 2>/dev/null; rm -f "$log" "$slow"' EXIT
trap 'exit 1' INT TERM HUP

suite() {	# LABEL COMMAND [ARGUMENT…]
	label=$1
	shift
	start=$(date +%s)
	printf '== %s\n' "$label"
	"$@" >"$log" 2>&1
	status=$?
	cat "$log"
	printf '(%d s)\n' $(($(date +%s) - start))
	last=$(tail -n 1 "$log")
	p=$(printf '%s\n' "$last" | sed -n 's/.*\b\([0-9][0-9]*\) passed, [0-9][0-9]* failed$/\1/p')
	f=$(printf '%s\n' "$last" | sed -n 's/.*\b[0-9][0-9]* passed, \([0-9][0-9]*\) failed$/\1/p')
	case $last in
	*"not run: "*) p=0 f=0; [ "${CI:-false}" = false ] || f=1 ;;
	*) [ $status -eq 0 ] || [ "${f:-0}" -gt 0 ] || f=1 ;;
	esac
	passed=$((passed + ${p:-0}))
	failed=$((failed + ${f:-1}))
}

suite 'unit' tests/unit/run build
suite 'unit, clang' tests/unit/run build-clang
suite 'unit, sanitizers' tests/unit/run build-asan
# the slowest, some minutes of computing: beside those that mostly wait
nice env VALGRIND=1 tests/unit/run build >"$slow" 2>&1 &
slow_pid=$!
await_slow() {
	wait "$slow_pid"
	set -- $?
	slow_pid=
	cat "$slow"
	return "$1"
}
suite 'headers' tests/headers/run
suite 'layers' tests/layers/run
suite 'symbols' tests/symbols/run build
suite 'install' tests/install/run build
suite 'docs' tests/docs/run build
suite 'what --json prints' tests/docs/json.sh build
suite 'cli' tests/cli/run build
suite 'cli, whether complete' tests/cli/complete build
suite 'cli, clang' tests/cli/run build-clang
suite 'cli, sanitizers' tests/cli/run build-asan
suite 'terminal' tests/pty/run build
suite 'servers' tests/pg/run build
suite 'all that a server can hold' tests/pg/reflect.sh build
suite 'real schemas on a server' tests/pg/schemas.sh build
suite 'versions of a schema on a server' tests/pg/openqa.sh build
suite 'one models file for both databases' tests/pg/two.sh build
suite 'fuzz corpus, sanitizers' tests/fuzz/run build-asan
suite 'many databases' tests/targets/run build
suite 'faults' tests/faults/run build
suite 'conformance' tests/conformance/run build
suite 'real graphs' tests/graphs/run build
suite 'real schemas' tests/schemas/run.sh
suite 'quickstart' tests/quickstart/run build
suite 'readme' tests/readme.sh build
suite 'example' tests/example/run build
suite 'unit, valgrind' await_slow

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
