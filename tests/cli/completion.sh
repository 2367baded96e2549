. "$REPOSITORY/tests/cli/lib.inc"
project
revision bbbbbbbbbbbb aaaaaaaaaaaa second <<'S'
-- upgrade
-- downgrade
S
sed -i 's/^-- Revises: aaaa.*/&\n-- Branch-labels: shop/' migrations/versions/bbbbbbbbbbbb_step.sql
printf '[db "users"]\nurl = sqlite:users.db\n[db "shop"]\nurl = sqlite:shop.db\n' >>migrations/db.ini
mkdir folder
db completion bash >script.bash
# What is offered when Tab is pressed behind these words, on one line.
tab() {
	say "db $* <Tab>"
	bash -c '. ./script.bash
		COMP_WORDS=(db "$@") COMP_CWORD=$#
		_db
		echo ${COMPREPLY[*]}' bash "$@"
}
tab up
tab ''
tab upgrade --l
tab --js
tab upgrade b
tab upgrade s
tab upgrade head
tab -d migrations downgrade a
tab --directory = migrations show a
tab --directory = fold
tab -d fold
tab -n u
tab -n users upgrade --sq
tab --color ''
tab inspect --format ''
tab inspect --format j
tab revision --head ''
tab revision --head = bb
tab migrate -m ''
tab help sta
tab completion z
tab version ''
tab history --rev-range a
say 'what files say is not run'
mkdir hostile
cd hostile
bare
evil='$(touch${IFS}ran)'
rev r1 '<base>' shop
sed -i "1s/.*/-- a -> b ($evil), \`touch ran\` \$HOME/" migrations/versions/r1_step.sql
printf '[db "%s"]\n[db "my own"]\n[db "`touch ran`"]\n' "$evil" >>migrations/db.ini
touch "a $evil.txt" "two  spaces"
cp ../script.bash .
tab show ''
tab show b
tab -n ''
tab -n m
bash -c '. ./script.bash
	COMP_WORDS=(db upgrade --targets "") COMP_CWORD=3
	_db
	printf "%s\n" "${COMPREPLY[@]}" | sort' bash
ls
cd ..
for s in bash zsh fish; do
	db completion $s >script
	# where the shell is not here, there is nothing to be wrong
	! command -v $s >/dev/null || $s -n script || echo "$s: syntax"
	# each command and each of its options is in it
	for c in $(db help | sed -n '/^options/q; s/^  \([a-z-]*\)  .*/\1/p'); do
		for o in $c $(db $c --help | sed -n 's/^  .*--\([a-z-]*\).*/\1/p'); do
			grep -q -e "$o" script || echo "$s: no $o of $c"
		done
	done
done
run db completion ksh
