#!/bin/sh
# Everything that the catalog can say, one kind of thing a file of reflect/:
#   reflect.sh [BUILD [NAME...]]
# Models of it compile and differ in nothing, an empty database becomes the
# same by them, and is empty again at base. In the files "-- reported: TEXT"
# is what db inspect must say of what it leaves out, "-- kept: EXPRESSION"
# what of the dump an empty database does not get; "-- schemas: LIST" is what
# include_schemas is set to.
set -u
. "$(dirname "$0")/real.inc"
[ $# = 0 ] || shift

what_comes() {
	kept=$(sed -n 's/^-- kept: //p' "$here/reflect/$name.sql")
	if [ "$kept" ]; then
		grep -vE "$kept" "$1"
	else
		cat "$1"
	fi
}

# Only in the comment at the beginning.
reported() {
	sed -n 's/^-- reported: //p' "$here/reflect/$name.sql" |
	while read -r text; do
		sed '/^#include/q' models.c | grep -qF "$text" || {
			sed '/^#include/q' models.c >log
			say "$name" "\"$text\" is reported"
			exit 1
		}
	done
}

for name in ${*:-$(cd "$here/reflect" && ls *.sql | sed 's/\.sql$//')}; do
	mkdir -p "$work/on/$name" && cd "$work/on/$name" || exit 1
	schemas=$(sed -n 's/^-- schemas: //p' "$here/reflect/$name.sql")
	fresh main orig
	step "$name" load sql main orig -f "$here/reflect/$name.sql" &&
	round orig new "$name" && reported && echo "ok - $name"
	tried "$name" $?
done
total
