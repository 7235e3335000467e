# hdeploy: one non-recursive Makefile; everything it makes lies in build/.
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
B       ?= build
PKGS     = libssh2 libarchive inih jansson libcrypto zlib
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
           -Wmissing-prototypes -Wvla -Wformat=2 -Wwrite-strings -Wcast-qual
PKG      = PKG_CONFIG_PATH='$(CURDIR)/.deps/lib/pkgconfig:$(PKG_CONFIG_PATH)' pkg-config
BASE     = -std=c11 -D_POSIX_C_SOURCE=200809L -I. $(WARN) $(WERROR) -MMD -MP \
           -pthread $(shell $(PKG) --cflags $(PKGS))
LIBS     = $(shell $(PKG) --libs $(PKGS)) -pthread

SRC     := $(wildcard core/*.c core/*/*.c transport/*.c cmd/*.c)
SCRIPTS := $(wildcard core/remote/*.sh)
OBJ     := $(SRC:%.c=$B/%.o) $B/core/remote/scripts.o
LIBOBJ  := $(filter-out $B/cmd/main.o,$(OBJ))
SUPPORT := $(patsubst %.c,$B/%.o,$(wildcard tests/support/*.c))
UNIT    := $(patsubst %.c,$B/%,$(wildcard tests/unit/*.c))

all: $B/hdeploy
$B/hdeploy: $B/cmd/main.o $B/libhdeploy.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
$B/libhdeploy.a: $(LIBOBJ)
	rm -f $@ && $(AR) rcs $@ $^
$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(BASE) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$B/core/remote/scripts.c: core/remote/embed.sh $(SCRIPTS)
	@mkdir -p $(@D)
	sh core/remote/embed.sh $(filter-out core/remote/embed.sh,$(SCRIPTS)) >$@.new && mv $@.new $@
$B/core/remote/scripts.o: $B/core/remote/scripts.c
	$(CC) $(BASE) -Wno-overlength-strings $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$B/tests/unit/%: $B/tests/unit/%.o $(SUPPORT) $B/libhdeploy.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

deps:
	$(PKG) --atleast-version=1.11.1 libssh2 || sh .ci/libssh2.sh $(LIBSSH2_SRC)
check: check-unit
check-unit: $(UNIT)
	@for t in $(UNIT); do $$t || exit 1; done
clean:
	rm -rf $B
-include $(OBJ:.o=.d) $(UNIT:=.d) $(SUPPORT:.o=.d)
.PHONY: all deps check check-unit clean
.SECONDARY:
