#!/bin/sh
# openQA's versions: autogenerate from each to the next, apply it, and compare
# with the next one as it is deployed; the downgrade must give back the one
# before. A few pairs; all of them with OPENQA=all, or those that are named by
# their first version.
#
#   openqa.sh [VERSION...]
#
# The server is that of PGHOST, PGPORT and PGUSER. DB is the program.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
db=$(readlink -f "${DB:-$top/build/db}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset DATABASE_URL
passed=0 failed=0
RETORT_SCHEMA_CACHE=${RETORT_SCHEMA_CACHE:-$work/packages}
export RETORT_SCHEMA_CACHE

say() {
	echo "not ok - $pair: $1"
	sed 's/^/    /' log | cut -c1-200 | head -20
	return 1
}

step() {	# WHAT COMMAND...
	what=$1
	shift
	"$@" >log 2>&1 || say "$what"
}

dump() {
	"$here/dump.sh" "$1" >"$2" 2>log || say "pg_dump of $1"
}

try() {
	url=postgresql:///retort_from
	step "load $1" "$here/load.sh" openqa retort_from "$1" &&
	step "load $2" "$here/load.sh" openqa retort_to "$2" || return
	"$db" --url postgresql:///retort_to inspect >models.c 2>log ||
		{ say inspect; return; }
	dump retort_from before && dump retort_to wanted &&
	step init "$db" init --models models.c -t "$top/migrations_template" &&
	step migrate "$db" --url $url migrate -m step || return
	! grep -qi 'not be proved\|could not be tried' log ||
		{ say "prove the revision"; return; }
	if [ ! -e migrations/versions/*_step.sql ]; then
		cmp -s before wanted || say "a difference was missed"
		return
	fi
	step upgrade "$db" --url $url upgrade && dump retort_from after &&
	step "equals $2 deployed" diff after wanted &&
	step check "$db" --url $url check &&
	step downgrade "$db" --url $url downgrade base &&
	dump retort_from back && step "the downgrade equals $1" diff back before
}

all=$("$here/load.sh" versions) || exit
from=${*:-63 73 78 85 90 95 97}
[ "${OPENQA-}" = all ] && from=$all
last=
for version in $all; do
	pair="$last to $version"
	case " $(echo $from) " in
	*" $last "*) ;;
	*) last=$version; continue ;;
	esac
	[ "$last" ] || { last=$version; continue; }
	mkdir "$work/$version" && cd "$work/$version" || exit 1
	if try "$last" "$version"; then
		passed=$((passed + 1))
		echo "ok - $pair"
	else
		failed=$((failed + 1))
	fi
	last=$version
done
psql -Xq -d postgres -c 'DROP DATABASE IF EXISTS retort_from' \
	-c 'DROP DATABASE IF EXISTS retort_to' 2>/dev/null
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ]
