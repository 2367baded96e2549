. "$REPOSITORY/tests/cli/lib.inc"
bare
rev r1; rev r2 r1 api; rev r3 r1; rev r4 r1 '' r3
rev r5 r2; rev r6 'r5, r3, r4'; rev r7 r2; rev r8 'r7, r3'
rev r9 r6; rev ra 'r6, r8'; rev other '' second; rev o2 other; rev o3 other
rev mm 'o2, r9'
run db history --graph
run db history --graph -r r2:r9
run db history --graph -v -r r5:r6
echo '== in colour, and marked'
db -q upgrade r3
run db history --graph -i --color=always -r :r4 | cat -v
run db history --color=always -r :r2 | cat -v
run db history --color=always --json -r :r1
echo '== more branches than have room'
rm migrations/versions/* app.db*
rev root
for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15; do rev "b$i" root; all="$all${all:+, }b$i"; done
rev m "$all"; rev n m; rev o m
run db history --graph
echo '== the width of a terminal'
script -qec 'stty cols 16; db history --graph -r m: --color=never' /dev/null | tr -d '\r'
