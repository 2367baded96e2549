# A signal that db alone gets (a service manager's, kill PID), while it waits for
# code of the user's that does not come to an end.
. "$REPOSITORY/tests/cli/lib.inc"
project
cat >hooks.c <<'C'
#include <stdio.h>
#include <unistd.h>
#include <retort/hooks.h>

/* Says that it is there, and stays. */
static void loop(const retort_hook *hook, const char *where)
{
	FILE *f;

	if (!retort_hook_x(hook, where))
		return;
	f = fopen("there", "w");
	fprintf(f, "%d\n", (int)getpid());
	fclose(f);
	for (;;)
		pause();
}

bool include_object(const retort_hook *hook, const retort_hook_object *object)
{
	(void)object;
	loop(hook, "compare");
	return true;
}

int on_version_apply(const retort_hook *hook, const retort_version_step *step,
		     retort_op *op)
{
	(void)step, (void)op;
	loop(hook, "apply");
	return 0;
}
C
sed -i 's/^models = .*/& ..\/hooks.c/' migrations/db.ini
until_there() {
	n=0
	while [ ! -s there ] && [ $((n += 1)) -lt 600 ]; do sleep 0.1; done
	child=$(cat there)
	rm there
}
alive() { state=$(cat "/proc/$1/stat" 2>/dev/null) && case $state in *') Z'*) false; esac; }
# Not for ever: where it stays it is ended.
ends() {
	n=0
	while alive "$1" && [ $((n += 1)) -lt 300 ]; do sleep 0.1; done
	alive "$1" && echo "still there" && kill -KILL "$1"
}
# alone SIGNAL COMMAND...
alone() {
	signal=$1; shift
	say "$@"
	"$@" &
	until_there
	kill -"$signal" $!
	ends $!
	ends "$child"
	wait $!
	echo "exit $?"
}
alone TERM db -x compare=1 check
alone TERM db -x apply=1 downgrade
run db current
alone KILL db -x apply=1 downgrade 2>err
run db current
echo 'post_write = echo $$ >there; exec sleep 1000' >>migrations/db.ini
alone TERM db revision -m x --rev-id bbbbbbbbbbbb
ls migrations/versions
