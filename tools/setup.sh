#!/bin/sh
# Bring what the build, or the tests, need: setup.sh build|test
# Looks for the programs and headers themselves; what is missing is installed
# with apt where there is apt, and named where there is not.
missing=

lacks() {
	case "$missing " in
	*" $1 "*) ;;
	*) missing="$missing $1" ;;
	esac
}

program() {	# NAME PACKAGE
	command -v "$1" >/dev/null 2>&1 || lacks "$2"
}

header() {	# NAME PACKAGE
	echo "#include <$1>" | cc -E - >/dev/null 2>&1 || lacks "$2"
}

program cc gcc
program gcc gcc
program ar binutils
program awk mawk
header stdio.h libc6-dev
header sqlite3.h libsqlite3-dev
header ini.h libinih-dev
header jansson.h libjansson-dev
header sha1.h libmd-dev
header postgresql/libpq-fe.h libpq-dev
header git2.h libgit2-dev
program sqlite3 sqlite3
if [ "$1" = test ]; then
	program git git
	program g++ g++
	program clang clang
	program valgrind valgrind
	program pkg-config pkg-config
	program groff groff-base
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
		missing="$missing postgresql"
	header criterion/criterion.h libcriterion-dev
	header pg_query.h libpg-query-dev
	# without it valgrind does not know the functions of the C library
	[ ! -e /etc/debian_version ] || [ -d /usr/lib/debug/.build-id ] ||
		lacks libc6-dbg
fi
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "Please install what these Debian packages hold, and run this again:"
	echo "  $missing"
	exit 1
fi
echo "installing:$missing"
run=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "There is no sudo here. As root, run: apt-get install$missing"
		exit 1
	fi
	run=sudo
fi
$run apt-get -qq update &&
	$run env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y --no-install-recommends install $missing >/dev/null
