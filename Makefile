CC     = gcc
STD    = -std=c17 -D_POSIX_C_SOURCE=200809L
WARN   = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
         -Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wundef \
         -Wformat=2 -Wno-format-nonliteral -Wvla -Wcast-qual \
         -Wno-missing-field-initializers
ifneq ($(CI)$(WERROR),)
WARN  += -Werror
endif
CFLAGS = -O2 -g
O      = build
ALL    = $(STD) $(WARN) $(CFLAGS) -fvisibility=hidden -fPIC -Ilib -Ilib/include -I$(O) $(PQ) -MMD -MP
LIBS   = -lsqlite3 -linih -ljansson -lmd -ldl
PQ     = -isystem /usr/include/postgresql

PREFIX = /usr/local
BIN    = $(DESTDIR)$(PREFIX)/bin
LIBDIR = $(DESTDIR)$(PREFIX)/lib
DATA   = $(DESTDIR)$(PREFIX)/share/retort
SHARE  = $(DESTDIR)$(PREFIX)/share
MAN    = $(DESTDIR)$(PREFIX)/share/man

# the version stands in retort.h, that of the binary interface here
HASH   = \#
VERSION := $(shell sed -n 's/^$(HASH)define RETORT_VERSION "\(.*\)"/\1/p' lib/include/retort/retort.h)
SONAME = libretort.so.0
SOFILE = libretort.so.$(VERSION)

SRC   = $(sort $(wildcard lib/*/*.c lib/*/*/*.c))
LIB   = $(SRC:%.c=$(O)/%.o) $(O)/sql.o
CMD   = $(patsubst %.c,$(O)/%.o,$(sort $(wildcard cmd/db/*.c)))
SQL   = $(sort $(wildcard lib/dialect/*/*.sql))
UNIT  = $(patsubst tests/unit/%.c,$(O)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ  = $(patsubst tests/fuzz/%.c,$(O)/tests/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
TOOLS = $(patsubst tests/conformance/%.c,$(O)/tests/%,$(sort $(wildcard tests/conformance/replay-*.c)))
BENCH = $(patsubst tests/bench/%.c,$(O)/tests/bench/%,$(sort $(wildcard tests/bench/*.c)))
PAGES = $(O)/man/db.1 $(patsubst docs/commands/%.md,$(O)/man/db-%.1,$(filter-out %/db.md,$(sort $(wildcard docs/commands/*.md))))
TESTS = $(O)/tests/pty $(O)/tests/silent $(UNIT) $(FUZZ) $(TOOLS) $(BENCH)
# `make test` alone uses all processors; `make -jN test` uses N
JOBS  = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

SHELLS = $(patsubst %,$(O)/completion/db.%,bash zsh fish)

all: $(O)/db $(O)/libretort.so $(O)/libretort.a $(PAGES) $(SHELLS)

$(O)/sql.h: $(SQL) tools/sql2c.awk
	@mkdir -p $(O)
	awk -v h=1 -f tools/sql2c.awk $(SQL) >$@
$(O)/sql.c: $(SQL) tools/sql2c.awk
	@mkdir -p $(O)
	awk -f tools/sql2c.awk $(SQL) >$@
$(O)/sql.o: $(O)/sql.c $(O)/sql.h
	$(CC) $(ALL) -c $< -o $@
$(O)/%.o: %.c | $(O)/sql.h
	@mkdir -p $(@D)
	$(CC) $(ALL) -c $< -o $@
$(O)/libretort.a: $(LIB)
	@rm -f $@
	ar rcs $@ $^
$(O)/$(SOFILE): $(LIB) lib/libretort.map
	$(CC) -shared $(CFLAGS) $(LDFLAGS) -Wl,-soname,$(SONAME) -Wl,--version-script=lib/libretort.map $(LIB) $(LIBS) -o $@
$(O)/$(SONAME): $(O)/$(SOFILE)
	ln -sf $(SOFILE) $@
$(O)/libretort.so: $(O)/$(SONAME)
	ln -sf $(SONAME) $@
$(O)/db: $(CMD) $(O)/libretort.a
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

$(O)/completion/db.%: $(O)/db
	@mkdir -p $(@D)
	$(O)/db completion $* >$@

MD2MAN = awk -v version=$(VERSION) -f tools/md2man.awk
$(O)/man/db.1: docs/commands/db.md tools/md2man.awk
	@mkdir -p $(@D)
	$(MD2MAN) $< >$@
$(O)/man/db-%.1: docs/commands/%.md tools/md2man.awk
	@mkdir -p $(@D)
	$(MD2MAN) $< >$@

$(O)/tests/test_%: $(O)/tests/unit/test_%.o $(O)/libretort.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -lcriterion -o $@
# the server's own parser is the judge of these
$(O)/tests/test_split_pg $(O)/tests/fuzz_split_pg $(O)/tests/test_sql: LIBS += -lpg_query
$(O)/tests/replay-%: $(O)/tests/conformance/replay-%.o $(O)/tests/conformance/facts.o $(O)/tests/conformance/server.o $(O)/libretort.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@
$(O)/tests/bench/%: $(O)/tests/bench/%.o $(O)/libretort.a
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@
$(O)/tests/replay-batch: $(O)/tests/conformance/batch_ops.o

$(O)/tests/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/tests/fuzz/replay.o $(O)/libretort.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBS) -o $@

$(O)/tests/pty $(O)/tests/silent: $(O)/tests/%: tests/pty/%.c
	@mkdir -p $(@D)
	$(CC) -std=c17 $(WARN) $(CFLAGS) $< -o $@

$(O)/tests/bench/floor_pg: LIBS = -lpq

tests: all $(TESTS)

install: all
	install -d $(BIN) $(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/include/retort $(DATA)
	install $(O)/db $(BIN)/db
	install -m 644 $(O)/libretort.a $(LIBDIR)
	install $(O)/$(SOFILE) $(LIBDIR)
	ln -sf $(SOFILE) $(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(LIBDIR)/libretort.so
	install -m 644 lib/include/retort/*.h $(DESTDIR)$(PREFIX)/include/retort
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' lib/retort.pc.in >$(LIBDIR)/pkgconfig/retort.pc
	chmod 644 $(LIBDIR)/pkgconfig/retort.pc
	cd migrations_template && find . -type f -exec install -D -m 644 {} $(abspath $(DATA))/migrations_template/{} \;
	install -d $(MAN)/man1
	install -m 644 $(PAGES) $(MAN)/man1
	install -D -m 644 $(O)/completion/db.bash $(SHARE)/bash-completion/completions/db
	install -D -m 644 $(O)/completion/db.zsh $(SHARE)/zsh/site-functions/_db
	install -D -m 644 $(O)/completion/db.fish $(SHARE)/fish/vendor_completions.d/db.fish

# the two commands of the README; each brings what the machine lacks
quickstart:
	@tools/setup.sh build
	$(MAKE) -s $(JOBS) all
	@tools/quickstart.sh $(abspath $(O))
test:
	@tools/setup.sh test
	$(MAKE) -s $(JOBS) tests
	$(MAKE) -s $(JOBS) $(ASAN) tests
	$(MAKE) -s $(JOBS) $(CLANG) tests
	@tests/run_all.sh

ASAN  = O=build-asan CFLAGS='-O1 -g -DDEBUG -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
CLANG = O=build-clang CC=clang

unit: $(UNIT)
	@tests/unit/run $(O)
cli: all
	@tests/cli/run $(O)
pg: all $(O)/tests/test_split_pg
	@tests/pg/run $(O)
fuzz: $(FUZZ)
	@tests/fuzz/run $(O)
test-faults: all
	@tests/faults/run $(O)
conformance: all $(TOOLS)
	@tests/conformance/run $(O)
bench: all $(BENCH)
	@tests/bench/run $(O)
check-headers:
	@tests/headers/run
check-layers:
	@tests/layers/run
check-symbols: $(O)/libretort.so
	@tests/symbols/run $(O)
asan:
	$(MAKE) $(ASAN) unit cli fuzz
test-clang:
	$(MAKE) $(CLANG) unit cli
valgrind: $(UNIT)
	@VALGRIND=1 tests/unit/run $(O)
clean:
	rm -rf build build-*

.SECONDARY:
-include $(LIB:.o=.d) $(CMD:.o=.d) $(wildcard $(O)/tests/*/*.d)
.PHONY: all tests install quickstart test test-faults unit cli pg fuzz conformance bench check-headers check-layers check-symbols asan test-clang valgrind clean
