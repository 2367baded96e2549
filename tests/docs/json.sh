#!/bin/sh
# docs/json.md against the program: json.sh [BUILD]. Each command's value has
# the keys that are listed and no other, and so have the objects in it.
build=$(cd "${1:-build}" && pwd) || exit 1
repository=$(cd "$(dirname "$0")/../.." && pwd)
page=$repository/docs/json.md
d=$(mktemp -d) || exit 1
trap 'rm -rf "$d"' EXIT
mkdir "$d/work" "$d/home"
export HOME="$d/home" PATH="$build:$PATH" NO_COLOR=1 LC_ALL=C
unset DATABASE_URL CI MAKEFLAGS
cd "$d/work" || exit 1
passed=0 failed=0

section() {	# NAME
	as=$(awk -v h="## $1" '/^#/ { on = $0 == h } on && /^As / { gsub(/.*\[|\].*/, ""); print }' "$page")
	sed -n "/^## ${as:-$1}\$/,/^#/s/^- //p" "$page"
}

# The keys of a section, given the options of a command line.
keys() {	# NAME OPTIONS
	section "$1" | while IFS= read -r row; do
		key=${row#\`}
		key=${key%%\`*}
		option=$(echo "$row" | sed -n 's/^`[a-z_]*` - with `\([^`]*\)`.*/\1/p')
		case "$option: $2 " in
		:*|"$option: "*" $option "*) echo "$key" ;;
		esac
	done | sort
}

# FILE PATH: the keys of every object of a list, or of the one at PATH.
object_keys() {
	sqlite3 :memory: "SELECT DISTINCT k.key FROM json_each(readfile('$1'), '$2') o, json_each(o.value) k ORDER BY 1"
}

verdict() {	# LABEL WANTED FOUND
	if cmp -s "$2" "$3"; then
		passed=$((passed + 1))
	else
		echo "failed: $1"
		diff "$2" "$3"
		failed=$((failed + 1))
	fi
}

told=
check() {	# SECTION COMMAND [ARGUMENT…]
	name=$1
	shift
	told="$told $name"
	db --json "$@" >"$d/value" 2>"$d/err" </dev/null
	if ! sqlite3 :memory: "SELECT json(readfile('$d/value'))" >/dev/null 2>"$d/bad"; then
		echo "failed: db $*: no JSON value"
		cat "$d/value" "$d/err"
		failed=$((failed + 1))
		return
	fi
	keys "$name" "$*" | grep -vxF "$without" >"$d/wanted"
	sqlite3 :memory: "SELECT key FROM json_each(readfile('$d/value')) ORDER BY 1" >"$d/found"
	verdict "db $*" "$d/wanted" "$d/found"
	section "$name" | sed -n 's/^`\([a-z_]*\)` - list of \[[a-z]*\](#\([a-z]*\)).*/\1 \2/p' |
	while read -r key object; do
		object_keys "$d/value" "\$.$key" >"$d/found"
		keys "$object" >"$d/wanted"
		[ -s "$d/found" ] || continue
		cmp -s "$d/wanted" "$d/found" || { echo "$key"; diff "$d/wanted" "$d/found"; }
		echo "$object" >>"$d/seen"
	done >"$d/inner"
	: >"$d/nothing"
	verdict "objects of db $*" "$d/nothing" "$d/inner"
}

without=' '
models() {
	cat >models.c <<C
#include <retort/model.h>
MODEL(User, COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY) $1));
C
}
models ''
check init init --models models.c --url sqlite:app.db
check list-templates list-templates
check migrate migrate -m users --rev-id aaaaaaaaaaaa
check upgrade upgrade --sql
check upgrade upgrade
check migrate migrate -m nothing
models ', COLUMN("name", TEXT)'
check check check
check diff diff database models
check diff diff --sql database models
check migrate migrate -m more --dry-run
check 'revision command' revision -m two --rev-id bbbbbbbbbbbb
check 'revision command' revision -m three --rev-id cccccccccccc --splice --head aaaaaaaaaaaa --depends-on bbbbbbbbbbbb
check heads heads
check branches branches
check merge merge -m both --rev-id dddddddddddd
check history history -i
check history history --graph
check show show
check status status
check current current
check current current --check-heads
check upgrade upgrade
check downgrade downgrade aaaaaaaaaaaa
check downgrade downgrade dddddddddddd:base --sql
check 'log command' log
check stamp stamp heads
check stamp stamp --sql heads
check ensure-version ensure-version
check ensure-version ensure-version --sql
EDITOR=true check edit edit
check inspect inspect
check inspect inspect --format sql
without=text check inspect inspect --format json
check create-all --url sqlite:new.db create-all
without=message check create-all --url sqlite:new2.db create-all --sql
check version version
check help help
check help help upgrade

# every command, and every object, was looked at
db help | sed -n '/^options/q; s/^  \([a-z-]*\)  .*/\1/p' | grep -vx -e shell -e completion | sort >"$d/wanted"
printf '%s\n' $told | sort -u | grep -vx command >"$d/found"
verdict 'all commands' "$d/wanted" "$d/found"
printf '%s\n' operation revision row >"$d/wanted"
sort -u "$d/seen" >"$d/found"
verdict 'all objects' "$d/wanted" "$d/found"

# what failed says why
db --json show nosuch >"$d/value" 2>/dev/null
echo "exit $?" >"$d/found"; echo 'exit 1' >"$d/wanted"
verdict 'a failure' "$d/wanted" "$d/found"
keys error >"$d/wanted"
sqlite3 :memory: "SELECT key FROM json_each(readfile('$d/value'), '\$.error') ORDER BY 1" >"$d/found"
verdict 'an error' "$d/wanted" "$d/found"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
