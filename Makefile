# hdeploy: one Makefile for the whole tree; it builds in build/.
# `make help` prints the lines that begin with "##".
CFLAGS       ?= -O2 -g
PREFIX       ?= /usr/local
B            ?= build
T            ?= test_*
CLANG_FORMAT ?= clang-format

MODULES = libssh2 libarchive libelf inih jansson libcrypto libdeflate zlib
PKG     = PKG_CONFIG_PATH='$(CURDIR)/.deps/lib/pkgconfig:$(PKG_CONFIG_PATH)' \
          pkg-config
# Runs once, and only when something is compiled: after make deps.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell $(PKG) --cflags $(MODULES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell $(PKG) --libs $(MODULES)))$(PKG_LIBS)
WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
          -Wmissing-prototypes -Wvla -Wformat=2 -Wwrite-strings -Wcast-qual
BASE    = -std=c11 -D_POSIX_C_SOURCE=200809L -I. $(WARN) $(WERROR) -pthread \
          $(PKG_CFLAGS)
COMPILE = $(CC) $(BASE) -MMD -MP $(CPPFLAGS) $(CFLAGS)
LINK    = $(CC) $(CFLAGS) $(LDFLAGS)
LIBS    = $(PKG_LIBS) -lresolv -pthread
DEPS    = @CC='$(CC)' LIBSSH2_SRC='$(LIBSSH2_SRC)' sh .ci/deps.sh
SPREAD  = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))
say     = $(if $V,,@echo '  $1' && )# make V=1 shows the commands
quoted  = '$(subst ','\'',$1)'
SUBMAKE = @+$(MAKE) --no-print-directory

SRC     := $(sort $(shell find core transport cmd -name '*.c'))
HEADERS := $(sort $(shell find core transport cmd tests -name '*.h'))
SHELLS  := $(sort .ci/run $(shell find .ci core cmd examples packaging tests \
             -name '*.sh'))
REMOTE  := $(filter-out core/remote/embed.sh,\
             $(sort $(wildcard core/remote/*.sh core/remote/*.erl)))
ERLANG  := $(sort $(wildcard core/erlang/*.erl))
OBJ     := $(SRC:%.c=$B/%.o) $B/core/remote/scripts.o $B/core/erlang/sources.o \
             $B/cmd/embedded.o
LIBOBJ  := $(filter-out $B/cmd/main.o,$(OBJ))
SUPPORT := $(patsubst %.c,$B/%.o,$(wildcard tests/support/*.c))
TARGETS := $(patsubst %.c,$B/%.o,$(wildcard tests/fuzz/targets*.c))
SCRIPTS := $(wildcard $(T:%=tests/cli/%.sh) $(T:%=tests/integration/%.sh))
NIGHTLY := $(wildcard $(T:%=tests/nightly/%.sh))
# These have cases that only run at night: see tests/support/check.sh.
RARE     = $(shell grep -l '^[[:space:]]*rarely ' $(SCRIPTS) /dev/null)
MAN     := hdeploy.1 deploy.ini.5 hdeploy-events.7
MANUAL   = $(MAN:%=$B/man/%)
TEXTS    = $(MAN:%=docs/man/%) deploy.ini.example docs/events.md \
             cmd/page.css
FROM    := $(wildcard docs/from/*.md)
EXAMPLES := $(sort $(shell find examples -type f))
INTEROP := $(addprefix $B/tests/interop/,login serve home.so)
UNIT    := $(patsubst %.c,$B/%,$(wildcard $(T:%=tests/unit/%.c)))

## Build
##   all         build/hdeploy
##   units       the unit tests (T='test_str test_json': only these)
##   interop     the programs of tests/interop
##   ready       name the packages that a build lacks; also ready-units,
##               ready-demo, ready-tests
##   deps        install these packages (FOR="units demo tests lint": for these)
##   compile_commands.json   for clangd and other tools
##   install     into PREFIX (/usr/local) below DESTDIR
##   uninstall   remove the installed files
##   dist        the source tarball of HEAD with its digest, APKBUILD, RPM spec
##               and Homebrew formula, in build/dist
##   static      one static binary and its SBOM, in build/static (Debian 12)
##   clean       remove build/
##   help        print this
## Try
##   demo        push, upgrade and roll back three hosts on this machine
##   lab         the same three hosts, and a shell to try changes by hand
##               (CMD='hdeploy status lab': run this instead of a shell)
## Test
##   check       everything that CI runs
##   check-unit  unit tests (T='test_str test_json': only these)
##   check-integration   real runs and the command line (T=...)
##   check-nightly       slow tests that rarely fail alone (T=...)
##   check-faults        every fault at every step (FAULTS=1/8: an eighth;
##               DRIVER=mix: with that row of tests/drivers/rows)
##   check-source        layers: includes point one way; headers: each compiles
##               alone; banned: no object calls a banned function; reviewed:
##               docs/security.md has a line for each script; recovery:
##               hdeploy prints the messages that docs/recovery.md quotes;
##               twice: no two scripts for hosts define one function
##   manual      the manual pages, in build/man; mandoc checks them
##   lint        formatting, words, cppcheck, shellcheck, -Werror
##   words       no word of tests/words.txt in the tree
##   sanitize    the tests with ASan, UBSan and TSan
##   fuzz        every parser for TIME=60 seconds (FUZZ="term rel": only
##               these); fuzzer: only build
##   plans       rewrite tests/plans/*/plan; review them with git diff
##   fixtures    build the releases that tests install
##   bench       compare the costs of hdeploy with clush, pdsh, scp and others
##               (BENCH="push far": only these parts; docs/performance.md)
##
## V=1 shows the commands, B=DIR builds in DIR instead of build.
all: $B/hdeploy
units: $(UNIT)
interop: $(INTEROP)
help:
	@sed -n 's/^## \{0,1\}//p' Makefile

$B/hdeploy: $B/cmd/main.o $(EXTRA:%=$B/%) $B/libhdeploy.a
	$(call say,link $@)$(LINK) -o $@ $^ $(LIBS)
$B/libhdeploy.a: $(LIBOBJ)
	$(call say,archive $@)rm -f $@ && $(AR) rcs $@ $^
$B/%.o: %.c | ready
	@mkdir -p $(@D)
	$(call say,compile $<)$(COMPILE) -c -o $@ $<
$B/core/remote/scripts.c: core/remote/embed.sh $(REMOTE)
	@mkdir -p $(@D)
	@sh core/remote/embed.sh $(REMOTE) >$@.new && mv $@.new $@
$B/core/erlang/sources.c: core/erlang/embed.sh $(ERLANG)
	@mkdir -p $(@D)
	@sh core/erlang/embed.sh $(ERLANG) >$@.new && mv $@.new $@
$B/cmd/embedded.c: cmd/embed.sh $(TEXTS)
	@mkdir -p $(@D)
	@sh cmd/embed.sh $(TEXTS) >$@.new && mv $@.new $@
$B/core/remote/scripts.o $B/core/erlang/sources.o $B/cmd/embedded.o: %.o: %.c | ready
	$(call say,compile $<)$(COMPILE) -Wno-overlength-strings -c -o $@ $<
$(UNIT:=.o) $(SUPPORT) $(TARGETS) $B/tests/interop/login.o: | ready-units
$B/tests/unit/%: $B/tests/unit/%.o $(SUPPORT) $B/libhdeploy.a
	$(call say,link $@)$(LINK) -o $@ $^ -lcmocka $(LIBS)
$B/tests/unit/test_fuzz_replay: $B/tests/unit/test_fuzz_replay.o $(TARGETS) \
  $(SUPPORT) $B/libhdeploy.a
	$(call say,link $@)$(LINK) -o $@ $^ -lcmocka $(LIBS)

# For tests/interop: a client, an inetd, a home folder.
$B/tests/interop/login: $B/tests/interop/login.o $(SUPPORT) $B/libhdeploy.a
	$(call say,link $@)$(LINK) -o $@ $^ -lcmocka $(LIBS)
$B/tests/interop/serve: $B/tests/interop/serve.o
	$(call say,link $@)$(LINK) -o $@ $^
# A far link, for measurements and for tests of cuts.
$B/tests/bench/proxy: $B/tests/bench/proxy.o
	$(call say,link $@)$(LINK) -o $@ $^
$B/tests/interop/home.so: tests/interop/home.c
	@mkdir -p $(@D)
	$(call say,compile $<)$(CC) $(BASE) -O2 -fPIC -shared -o $@ $< -ldl

# test_work counts the work of parsers, which are compiled again for this.
COUNT   = -O1 -fno-builtin -fsanitize-coverage=trace-pc
COUNTED := $(patsubst %.c,$B/counted/%.o,$(filter core/base/% core/artifact/% \
             core/inventory/% core/plan/% core/past.c core/remote/reader.c \
             transport/known_hosts/% transport/keys/% transport/quote.c \
             transport/ssh_agent.c transport/ssh_config_% \
             transport/ssh_kexinit.c transport/ssh_preface.c transport/flow.c \
             transport/sftp_wire.c \
             cmd/options.c cmd/project%.c \
             cmd/sanitize.c cmd/screens.c cmd/screen_plain%.c cmd/lanes.c \
             cmd/plan_groups.c cmd/findings.c cmd/fold.c cmd/host_table.c \
             cmd/screen_json.c cmd/screen_summary.c cmd/summary_table.c \
             cmd/result_words.c cmd/reasons.c,$(SRC)))
WRAPPED = malloc calloc realloc memcpy memmove memset memchr memcmp strlen \
          strcmp strncmp strchr strrchr strstr strpbrk strspn strcspn \
          strtok_r vsnprintf
$B/counted/%.o: %.c | ready
	@mkdir -p $(@D)
	$(call say,compile $< with counters)$(COMPILE) $(COUNT) -c -o $@ $<
$B/tests/unit/test_work: $B/tests/unit/test_work.o $B/tests/counting/work.o \
  $(TARGETS) $(COUNTED) $(SUPPORT) $B/libhdeploy.a
	$(call say,link $@)$(LINK) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ \
	  -lcmocka $(LIBS)
# test_memory runs all of hdeploy and makes its allocations fail.
$B/tests/counting/main.o: cmd/main.c | ready-units
	@mkdir -p $(@D)
	$(call say,compile $< as a library)$(COMPILE) -Dmain=hdeploy_main \
	  -Wno-missing-prototypes -c -o $@ $<
FAILING = malloc calloc realloc
$B/tests/unit/test_memory: $B/tests/unit/test_memory.o $B/tests/counting/fail.o \
  $B/tests/counting/main.o $(SUPPORT) $B/libhdeploy.a
	$(call say,link $@)$(LINK) $(FAILING:%=-Wl,--wrap=%) -o $@ $^ \
	  -lcmocka $(LIBS)

# ready names missing packages; deps installs them (FOR="units demo tests lint").
FOR ?=
ready:
	$(DEPS) check build
ready-units: ready
	$(DEPS) check units
ready-demo: ready
	$(DEPS) check demo
ready-tests: ready
	$(DEPS) check units demo tests
deps:
	$(DEPS) install build $(FOR)

# The tests: make check-unit T='test_str test_json' runs only these.
RUN = @HDEPLOY='$(CURDIR)/$B/hdeploy' sh tests/run.sh
check:
	$(DEPS) install build units demo tests
	$(SUBMAKE) $(SPREAD) fixtures all units interop
	$(SUBMAKE) check-source
	$(RUN) $(UNIT) $(SCRIPTS)
check-source: layers headers banned reviewed recovery twice
layers:
	@sh tests/check_layers.sh && sh tests/check_layers_test.sh
headers: | ready-units
	@for h in $(HEADERS); do $(CC) $(BASE) -Werror -Wno-pedantic \
	    -fsyntax-only -x c $$h || exit 1; done
words:
	@sh tests/check_words_test.sh && sh tests/check_words.sh word phrase
reviewed:
	@sh tests/check_reviewed.sh
twice:
	@sh tests/check_twice.sh
recovery:
	@sh tests/check_recovery.sh
banned: $(OBJ)
	@sh tests/check_banned.sh $B $(OBJ)
# Some unit tests run sshd and other shells, so all of them need ready-tests.
check-unit: units | $(if $(filter $T,test_*),ready-tests)
	$(RUN) $(UNIT)
check-integration: all interop fixtures | ready-tests
	$(RUN) $(SCRIPTS)
# Once a night: each takes minutes and rarely fails alone.
check-nightly: all interop fixtures $B/tests/bench/proxy | ready-tests
	@NIGHT=yes HDEPLOY='$(CURDIR)/$B/hdeploy' sh tests/run.sh $(NIGHTLY) $(RARE)
# Every fault at every step of an upgrade: an hour. FAULTS=1/8: an eighth.
check-faults: all fixtures | ready-tests
	@HDEPLOY='$(CURDIR)/$B/hdeploy' sh tests/faults.sh
fixtures: | ready-tests
	@sh tests/fixtures/release.sh
	@sh tests/fixtures/distillery.sh
	@sh tests/fixtures/mix.sh
	@sh tests/fixtures/castle.sh
plans: all
	@HDEPLOY='$(CURDIR)/$B/hdeploy' sh tests/plans/plans.sh --renew
bench: all $B/tests/bench/proxy | ready-demo
	@sh tests/fixtures/release.sh
	@HDEPLOY='$(CURDIR)/$B/hdeploy' PROXY='$(CURDIR)/$B/tests/bench/proxy' \
	  bash tests/bench/bench.sh
# Every parser in turn for TIME seconds (FUZZ="term rel": only these), starting
# from the stored inputs and earlier finds. Needs clang.
TIME ?= 60
fuzz:
	@command -v clang >/dev/null || \
	  { echo 'make fuzz needs clang (Debian: apt-get install clang)'; exit 1; }
	$(SUBMAKE) B=$B/fuzz CC=clang CFLAGS='$(SANITIZE)address,undefined,fuzzer-no-link' \
	  fuzzer
	@sh tests/fuzz/fuzz.sh $B/fuzz $(TIME) $(FUZZ)
fuzzer: $B/fuzzer
$B/fuzzer: $B/tests/fuzz/fuzz.o $(TARGETS) $B/libhdeploy.a
	$(call say,link $@)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)
demo:
	$(DEPS) install build demo
	$(SUBMAKE) $(SPREAD) all
	@HDEPLOY=$B/hdeploy sh tests/demo.sh
lab:
	$(DEPS) install build demo
	$(SUBMAKE) $(SPREAD) all
	@HDEPLOY='$(CURDIR)/$B/hdeploy' CMD=$(call quoted,$(value CMD)) sh tests/lab.sh

# Versions of clang-format disagree about some macros: 14 decides. gcc and the
# sanitizers find uninitialised variables better than cppcheck.
CPPCHECK = cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -I. \
           --enable=warning,portability,performance --suppress=uninitvar \
           --suppress=ctuuninitvar --suppress=normalCheckLevelMaxBranches
# Scripts for hosts use A && B || C on purpose. check_composed.sh checks
# variables that one file sets and another reads.
LOOSE = SC2015,SC2030,SC2031,SC2034,SC2154
lint: layers headers words
	$(DEPS) check build units lint
	@if $(CLANG_FORMAT) --version | grep -q 'version 14'; then \
	  $(CLANG_FORMAT) --dry-run -Werror $(SRC) $(HEADERS) tests/*/*.c; \
	else echo 'format not checked: needs clang-format 14'; fi
	$(CPPCHECK) core transport cmd
	@shellcheck -x -P SCRIPTDIR:. $(filter-out core/remote/%,$(SHELLS)) \
	  completions/hdeploy.bash
	@shellcheck -e $(LOOSE) core/remote/*.sh
	$(SUBMAKE) manual
	$(SUBMAKE) B=$B/werror WERROR=-Werror all units
	@sh tests/check_composed.sh $B/werror
	$(if $(shell command -v clang),\
	  $(SUBMAKE) B=$B/clang CC=clang WERROR=-Werror all units)

# Memory and undefined behaviour in all tests; races in those with threads.
SANITIZE = -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all -fsanitize=
THREADED = test_blocking test_chunk* test_pack test_fleet* test_rollout* \
           test_screen_live* test_srv test_ssh* test_tcp
sanitize:
	$(SUBMAKE) B=$B/asan CFLAGS='$(SANITIZE)address,undefined' check-unit
	$(SUBMAKE) B=$B/asan CFLAGS='$(SANITIZE)address,undefined' check-integration
	$(SUBMAKE) B=$B/tsan CFLAGS='$(SANITIZE)thread' T='$(THREADED)' check-unit
	$(SUBMAKE) B=$B/tsan CFLAGS='$(SANITIZE)thread' T=test_main_job \
	  check-integration

$(MANUAL): $B/hdeploy
	@mkdir -p $(@D)
	@$B/hdeploy help --man $(@F) >$@.new && mv $@.new $@
manual: $(MANUAL)
	@sh tests/check_manual.sh $(MANUAL)

# From a dry run of make. If a file is compiled more than once, the first
# command counts.
compile_commands.json: | ready-units
	@$(MAKE) -nB V=1 all units | awk -v dir='$(CURDIR)' \
	  '/ -c -o [^ ]+\.o [^ ]+\.c$$/ && !seen[$$NF]++ { \
	    command = $$0; gsub(/[\\"]/, "\\\\&", command); \
	    printf "%s{\"directory\": \"%s\", \"file\": \"%s\",\n " \
	      "\"command\": \"%s\"}", (n++ ? ",\n" : "[\n"), dir, $$NF, command \
	  } END { print "\n]" }' >$@.new && mv $@.new $@

# FILE=PLACE: the place below PREFIX.
DATA = $(foreach m,$(MAN),$B/man/$m=share/man/man$(lastword $(subst ., ,$m))/$m) \
       completions/hdeploy.bash=share/bash-completion/completions/hdeploy \
       completions/_hdeploy=share/zsh/site-functions/_hdeploy \
       completions/hdeploy.fish=share/fish/vendor_completions.d/hdeploy.fish \
       $(foreach f,deploy.ini.example $(EXAMPLES) $(FROM:docs/%=%),\
         $(if $(filter from/%,$f),docs/)$f=share/doc/hdeploy/$f)
install: all $(MANUAL)
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install $B/hdeploy '$(DESTDIR)$(PREFIX)/bin'
	@for pair in $(DATA); do \
	  file=$${pair%%=*} to='$(DESTDIR)$(PREFIX)'/$${pair#*=}; \
	  [ -x "$$file" ] && mode=755 || mode=644; \
	  install -d "$${to%/*}" && install -m $$mode "$$file" "$$to" || exit 1; \
	done
uninstall:
	rm -f '$(DESTDIR)$(PREFIX)/bin/hdeploy'
	@for pair in $(DATA); do rm -f '$(DESTDIR)$(PREFIX)'/$${pair#*=}; done
	rm -rf '$(DESTDIR)$(PREFIX)/share/doc/hdeploy'
dist:
	@sh .ci/dist.sh $B/dist '$(HOMEPAGE)'

# Everything in one file, which loads nothing at run time: core/base/static.h
# prevents the lookups that the linker warns of. The map names the libraries
# for the SBOM.
# The inner make runs pkg-config, after deps has installed it.
STATIC = B=$B/static DEPS=@: EXTRA=packaging/formats.o \
         CFLAGS='-O2 -DHD_STATIC -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2' \
         LDFLAGS='-static-pie -s -Wl,-z,relro,-z,now,-Map=$B/static/hdeploy.map' \
         LIBS='-Wl,--start-group $$(PKG_LIBS) -lresolv \
           $$(shell $$(PKG) --static --libs libelf libcrypto) -Wl,--end-group -pthread'
static:
	@grep -qs '^VERSION_CODENAME=bookworm$$' /etc/os-release || { echo \
	  'make static needs Debian 12 (the libelf.a of Debian 13 is incomplete).' \
	  'Elsewhere, run make dist, then: podman build build/dist'; exit 1; }
	$(DEPS) install build static
	$(SUBMAKE) $(SPREAD) $(STATIC) all
	@$B/static/hdeploy version >/dev/null
	@sh packaging/sbom.sh $B/static
clean:
	rm -rf $B

.PHONY: all units interop manual help ready ready-units ready-demo ready-tests deps \
        check check-source layers headers banned reviewed recovery twice words check-unit \
        check-integration check-nightly check-faults fixtures plans bench demo lab \
        fuzz fuzzer lint sanitize compile_commands.json install uninstall dist \
        static clean
.SECONDARY:
-include $(OBJ:.o=.d) $(UNIT:=.d) $(SUPPORT:.o=.d) $(TARGETS:.o=.d) \
  $(COUNTED:.o=.d) $(wildcard $B/tests/counting/*.d $B/tests/interop/*.d)
