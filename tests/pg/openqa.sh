#!/bin/sh
# openQA's versions: autogenerate from each to the next, apply it, and compare
# with the next one as it is deployed; the downgrade must give back the one
# before. Then the upgrade that openQA ships, instead of ours: what it leaves
# different from the next version deployed is what openqa.out says, db diff
# sees it, and a revision puts it right.
#
#   openqa.sh [BUILD [VERSION...]]     all pairs, or those that begin so
set -u
. "$(dirname "$0")/real.inc"
[ $# = 0 ] || shift

# A database of its own for each version, to be copied.
version() {
	[ ! -e "$work/on/v$1" ] || return 0
	step "$pair" "load $1" "$here/load.sh" openqa "v$1" "$1" &&
	dump "v$1" "$work/on/v$1"
}

copy() {
	step "$pair" "copy $1" sql main postgres \
		-c "DROP DATABASE IF EXISTS $2" \
		-c "CREATE DATABASE $2 TEMPLATE v$1"
}

ours() {
	url=postgresql:///ours
	copy "$1" ours || return
	step "$pair" migrate "$db" --url $url migrate -m step &&
	no_doubt "$pair" || return
	set -- migrations/versions/*_step.sql "$@"
	if [ ! -e "$1" ]; then
		cmp -s "$work/on/v$2" "$work/on/v$3" ||
			say "$pair" "a difference was missed"
		return
	fi
	step "$pair" upgrade "$db" --url $url upgrade && dump ours after &&
	step "$pair" "equals $3 deployed" diff after "$work/on/v$3" &&
	step "$pair" check "$db" --url $url check &&
	step "$pair" downgrade "$db" --url $url downgrade base &&
	dump ours back &&
	step "$pair" "the downgrade equals $2" diff back "$work/on/v$2"
}

put_right() {
	url=postgresql:///theirs
	rm -rf migrations db.ini
	step "$pair" "init again" "$db" init --models models.c \
		-t "$top/migrations_template" &&
	step "$pair" "migrate what is shipped" "$db" --url $url migrate -m right &&
	step "$pair" "upgrade what is shipped" "$db" --url $url upgrade &&
	dump theirs right &&
	step "$pair" "shipped, put right" diff right "$work/on/v$1"
}

# What the shipped upgrade leaves, a line each, as db diff tells it.
left() {
	"$db" diff postgresql:///theirs "postgresql:///v$1" >left 2>log
	status=$?
	dump theirs shipped || return
	if [ $status = 0 ]; then
		step "$pair" "no difference" diff shipped "$work/on/v$1"
	elif [ $status != 3 ]; then
		say "$pair" "diff of what is shipped"
	elif cmp -s shipped "$work/on/v$1"; then
		cp left log
		say "$pair" "a difference that is none"
	else
		put_right "$1"
	fi
}

shipped() {
	copy "$1" theirs || return
	if "$here/load.sh" openqa-upgrade theirs "$1" >log 2>&1; then
		left "$2" || return
	else
		sed -n 's/.*ERROR: */does not apply: /p' log >left
	fi
	sed "s/^ */$pair: /" left >told
	grep "^$pair: " "$here/openqa.out" >known
	step "$pair" "what the shipped upgrade leaves" diff known told
}

pair_of() {
	version "$1" && version "$2" || return
	"$db" --url "postgresql:///v$2" inspect >models.c 2>log ||
		{ say "$pair" inspect; return; }
	step "$pair" init "$db" init --models models.c \
		-t "$top/migrations_template" &&
	ours "$1" "$2" && shipped "$1" "$2"
}

all=$("$here/load.sh" versions 2>/dev/null) || total
mkdir "$work/on"
last=
for version in $all; do
	from=$last last=$version
	[ "$from" ] || continue
	case " ${*:-$from} " in
	*" $from "*) ;;
	*) continue ;;
	esac
	pair="$from to $version"
	mkdir "$work/on/$version" && cd "$work/on/$version" || exit 1
	pair_of "$from" "$version" && echo "ok - $pair"
	tried "$pair" $?
done
total
