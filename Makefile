CC     = gcc
STD    = -std=c17 -D_POSIX_C_SOURCE=200809L
WARN   = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
         -Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wundef \
         -Wformat=2 -Wno-format-nonliteral -Wvla -Wcast-qual \
         -Wno-missing-field-initializers
CFLAGS = -O2 -g
O      = build
ALL    = $(STD) $(WARN) $(CFLAGS) -fvisibility=hidden -fPIC -Ilib -Ilib/include -I$(O) -MMD -MP
LIBS   = -lsqlite3 -linih -ljansson -lmd -ldl

SRC  = $(sort $(wildcard lib/*.c lib/*/*.c lib/*/*/*.c))
LIB  = $(SRC:%.c=$(O)/%.o) $(O)/sql.o
CMD  = $(patsubst %.c,$(O)/%.o,$(wildcard cmd/db/*.c))
SQL  = $(sort $(wildcard lib/dialect/*/*.sql))
UNIT = $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))

all: $(O)/db $(O)/libretort.so $(O)/libretort.a

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
$(O)/libretort.so: $(LIB)
	$(CC) -shared $(CFLAGS) $^ $(LIBS) -o $@
$(O)/db: $(CMD) $(O)/libretort.a
	$(CC) $(CFLAGS) $^ $(LIBS) -o $@
$(O)/tests/%: $(O)/tests/unit/%.o $(O)/libretort.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $< $(O)/libretort.a $(LIBS) -lcriterion -o $@

unit: $(UNIT)
	@for t in $(UNIT); do $$t || exit 1; done
clean:
	rm -rf build build-*
.SECONDARY:
-include $(LIB:.o=.d) $(CMD:.o=.d)
.PHONY: all unit clean
