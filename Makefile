# SPDX-License-Identifier: LGPL-2.1-or-later
# make help

PREFIX     ?= /usr
SYSCONFDIR ?= /etc
BINDIR     ?= $(PREFIX)/bin
SBINDIR    ?= $(PREFIX)/sbin
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR     ?= $(PREFIX)/share/man
DOCDIR     ?= $(PREFIX)/share/doc/confine
# Asked when it is needed: before `make deps` there may be no compiler.
MULTIARCH   = $(shell $(CC) -print-multiarch 2>/dev/null)
PAMDIR     ?= $(if $(MULTIARCH),/lib/$(MULTIARCH)/security,/lib/security)
BUILD      ?= build
VERSION     = 0.1.0
CONFDIR     = $(SYSCONFDIR)/confine.d
INIT        = $(LIBEXECDIR)/confine-init
TIMER       = $(LIBEXECDIR)/confine-timer
KEEPER      = $(LIBEXECDIR)/confine-keeper
SHELL_PATH  = $(BINDIR)/confine-shell
APPARMOR_PROFILE = $(DESTDIR)$(SYSCONFDIR)/apparmor.d/confine-default

CFLAGS  ?= -O2 -g
LDFLAGS ?=
PKGS     = libseccomp libcap-ng json-c
OUR_CPPFLAGS = -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -DCONFINE_CONF='"$(CONFDIR)"' \
	-DCONFINE_INIT='"$(INIT)"' -DCONFINE_TIMER='"$(TIMER)"' -DCONFINE_KEEPER='"$(KEEPER)"' \
	-DCONFINE_SHELL='"$(SHELL_PATH)"' -DCONFINE_PAMDIR='"$(PAMDIR)"' \
	-DCONFINE_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PKGS)) -I/usr/include/iniparser
OUR_CFLAGS   = -std=gnu11 -fPIC -fvisibility=hidden -fstack-protector-strong -Wall -Wextra -Wshadow \
	-Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
	-Wvla -Wundef -Wpointer-arith -Wcast-qual -Wwrite-strings $(WERROR)
OUR_LDFLAGS  = -Wl,-z,relro,-z,now -Wl,--as-needed
LIBS         = $(shell pkg-config --libs $(PKGS)) -liniparser
# The command takes these from archives where there are any: a fifth of its start is shared libraries.
# (libm: for those of json-c's archives that call it.)
ARCHIVES    ?= seccomp json-c iniparser
COMMAND_LIBS = $(filter /%,$(foreach name,$(ARCHIVES),$(shell $(CC) -print-file-name=lib$(name).a))) $(LIBS) -lm
COMPILE      = $(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -MMD -MP

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

LIB_SRC   := $(wildcard lib/*/*.c)
CLI_SRC   := $(wildcard cli/*.c)
SHELL_SRC := $(wildcard shell/*.c)
PAM_SRC   := $(wildcard pam_module/*.c)
UNIT_SRC  := $(wildcard tests/unit/*_test.c)
obj        = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIB        = $(BUILD)/libconfine.a
MODULE     = $(BUILD)/pam_confine.so
COMMAND    = $(BUILD)/confine
# What the command knows of PAM lines it knows from the module.
LINES_OBJ := $(call obj,pam_module/arguments.c pam_module/server.c)
BARE_BIN   = $(BUILD)/confine-init $(BUILD)/confine-timer $(BUILD)/confine-keeper
SHELL_BIN  = $(BUILD)/confine-shell
UNIT_BIN  := $(patsubst %.c,$(BUILD)/%,$(UNIT_SRC))
PAM_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/pam/*.c))
PROGRAMS   = $(if $(PAM_SRC),$(MODULE)) $(if $(CLI_SRC),$(COMMAND)) $(BARE_BIN) \
	$(SHELL_BIN)

all: $(PROGRAMS) ## build everything

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@ $<

# Objects depend on the flags they were made with.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(COMPILE) $(LDFLAGS))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(COMPILE) $(LDFLAGS))' > $@

# A kept filter is used again only by the code that made it.
FILTER_SRC := $(wildcard lib/policy/strict_json.[ch] lib/policy/profile.[ch] lib/policy/caps.[ch] \
	lib/plan/filter*.[ch] conf/seccomp/default.json)
$(BUILD)/lib/plan/filter_cache.o: CPPFLAGS += -DCONFINE_FILTER_BUILD='"$(firstword $(shell cat $(FILTER_SRC) | sha256sum))"'
$(BUILD)/lib/plan/filter_cache.o: $(FILTER_SRC)

# The default profile becomes part of the library.
$(BUILD)/default_profile.o: conf/seccomp/default.json $(BUILD)/flags
	$(call say,GEN,$<)
	$(Q){ echo '#include "lib/plan/filter.h"'; echo 'const char filter_default_profile[] = {'; \
	  od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; echo '0 };'; \
	  echo 'const size_t filter_default_profile_size = sizeof(filter_default_profile) - 1;'; } \
	  > $(BUILD)/default_profile.c
	$(Q)$(COMPILE) -I. -c -o $@ $(BUILD)/default_profile.c

PROFILE_OBJ = $(if $(wildcard conf/seccomp/default.json),$(BUILD)/default_profile.o)

$(LIB): $(call obj,$(LIB_SRC)) $(PROFILE_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(MODULE): $(call obj,$(PAM_SRC)) $(LIB) pam_module/module.map
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(OUR_LDFLAGS) $(LDFLAGS) -shared -Wl,-z,nodelete -Wl,--version-script=pam_module/module.map \
		-o $@ $(call obj,$(PAM_SRC)) $(LIB) $(LIBS) -lpam

$(COMMAND): $(call obj,$(CLI_SRC)) $(LINES_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(OUR_LDFLAGS) -pie $(LDFLAGS) -o $@ $^ $(COMMAND_LIBS)

$(SHELL_BIN): $(call obj,$(SHELL_SRC)) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(OUR_LDFLAGS) -pie $(LDFLAGS) -o $@ $^ $(LIBS)

# Without a libc: a few pages a process, and nothing in it that could be asked for more.
$(BARE_BIN): $(BUILD)/%: init/%.c init/call.h $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Os -Wall -Wextra -Wconversion $(WERROR) -static -nostdlib -ffreestanding \
		-fno-stack-protector -fno-pie -fno-asynchronous-unwind-tables \
		-Wl,-z,noexecstack -Wl,--build-id=none -s -o $@ $<

# Tests of parts of the command.
$(addprefix $(BUILD)/tests/unit/,flags_test user_flag_test pam_files_test pam_check_test \
	sshd_test doctor_test): \
	$(call obj,$(filter-out cli/main.c,$(CLI_SRC))) $(LINES_OBJ)

$(BUILD)/tests/unit/%: tests/unit/%.c $(LIB)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -o $@ $< $(filter %.o,$^) $(LIB) $(LIBS) -lcmocka

# Programs that tests of the module drive it with.
$(BUILD)/tests/pam/%: tests/pam/%.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -o $@ $< -lpam -pthread

check-unit: $(UNIT_BIN) ## run the unit tests (no root needed)
	$(Q)tests/run unit $(UNIT_BIN)

deps: ## install what building and testing need (Debian, root)
	$(Q)packaging/deps

drivers: $(PAM_TESTS)
tests: $(UNIT_BIN) drivers ## build what tests run

SANITIZE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
check-sanitize: deps ## run the unit tests and the module's under the address and undefined behaviour sanitizers (root)
	$(Q)$(MAKE) CC=clang WERROR=-Werror BUILD=$(BUILD)/sanitize CFLAGS='$(SANITIZE)' all tests
	$(Q)BUILD=$(abspath $(BUILD)/sanitize) tests/run sanitize

FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))
$(BUILD)/tests/fuzz/flags: $(call obj,$(filter-out cli/main.c,$(CLI_SRC))) $(LINES_OBJ)
$(BUILD)/tests/fuzz/%: tests/fuzz/%.c $(LIB)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -fsanitize=fuzzer -o $@ $< $(filter %.o,$^) $(LIB) $(LIBS)
fuzzers: $(FUZZERS)

SECONDS = 30
fuzz: ## throw changed texts at each parser for SECONDS=30 (clang)
	$(Q)$(MAKE) CC=clang BUILD=$(BUILD)/fuzz CFLAGS='$(SANITIZE) -fsanitize=fuzzer-no-link' fuzzers
	$(Q)BUILD=$(abspath $(BUILD)/fuzz) tests/fuzz/run $(SECONDS)

check: deps ## install what is needed, build, run all tests (root); FULL=1: the long ones too
	$(Q)$(MAKE) all tests
	$(Q)BUILD=$(abspath $(BUILD)) tests/run all

check-vm: ## run tests in virtual machines: SELinux, AppArmor, Debian 13 (root); FULL=1: all login tests
	$(Q)tests/vm/run

demo: ## show a confined login beside a plain one; LOGIN=alice: a confined shell (root)
	$(Q)packaging/deps demo
	$(Q)$(MAKE) all
	$(Q)BUILD=$(abspath $(BUILD)) packaging/demo $(LOGIN)

lint: all ## look at sources and manual pages (clang-format, clang-tidy, cppcheck, mandoc, own rules)
	$(Q)BUILD=$(BUILD) packaging/lint

$(BUILD)/tests/bench/floor: tests/bench/floor.c $(BUILD)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -o $@ $<

bench: deps ## measure against a floor program, bubblewrap and plain logins (root)
	$(Q)$(MAKE) all $(BUILD)/tests/bench/floor
	$(Q)BUILD=$(abspath $(BUILD)) tests/bench/bench $(ROUNDS)

show-shell: deps ## print what confine-shell opens, the order in which privilege goes, and its lines (root)
	$(Q)$(MAKE) all
	$(Q)BUILD=$(abspath $(BUILD)) tests/bench/setuid-path

install: all ## install under DESTDIR
	install -d $(DESTDIR)$(PAMDIR) $(DESTDIR)$(SBINDIR) $(DESTDIR)$(LIBEXECDIR)
	install -d -m 0755 $(DESTDIR)$(CONFDIR)/user $(DESTDIR)$(CONFDIR)/group $(DESTDIR)$(CONFDIR)/seccomp
	install -m 0644 $(MODULE) $(DESTDIR)$(PAMDIR)/pam_confine.so
	install -d $(DESTDIR)$(BINDIR)
	install -m 4755 $(SHELL_BIN) $(DESTDIR)$(SHELL_PATH)
	install -m 0755 $(COMMAND) $(DESTDIR)$(SBINDIR)/confine
	install -m 0755 $(BARE_BIN) $(DESTDIR)$(LIBEXECDIR)
	for file in default.ini exempt; do \
		[ -e $(DESTDIR)$(CONFDIR)/$$file ] || \
			install -m 0644 conf/$$file $(DESTDIR)$(CONFDIR)/$$file || exit 1; \
	done
	install -d $(DESTDIR)$(SYSCONFDIR)/apparmor.d
	install -m 0644 conf/apparmor/confine-default $(APPARMOR_PROFILE)
	$(if $(DESTDIR),,packaging/apparmor load $(APPARMOR_PROFILE))
	install -d $(DESTDIR)$(DOCDIR)/examples $(DESTDIR)$(DOCDIR)/pam
	install -m 0644 conf/examples/*.ini $(DESTDIR)$(DOCDIR)/examples
	install -m 0644 conf/pam/* $(DESTDIR)$(DOCDIR)/pam
	install -m 0644 docs/admin.md docs/threat-model.md $(DESTDIR)$(DOCDIR)
	install -d $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8
	install -m 0644 man/*.1 $(DESTDIR)$(MANDIR)/man1
	install -m 0644 man/*.5 $(DESTDIR)$(MANDIR)/man5
	install -m 0644 man/*.8 $(DESTDIR)$(MANDIR)/man8

uninstall: ## remove what install put under DESTDIR; /etc/confine.d stays (FORCE=1: whatever PAM says)
	$(Q)packaging/still-used '$(DESTDIR)' '$(SYSCONFDIR)' '$(SHELL_PATH)' $(if $(filter 1,$(FORCE)),|| [ $$? = 1 ])
	rm -f $(DESTDIR)$(PAMDIR)/pam_confine.so $(DESTDIR)$(SHELL_PATH) $(DESTDIR)$(SBINDIR)/confine
	rm -f $(addprefix $(DESTDIR)$(LIBEXECDIR)/,$(notdir $(BARE_BIN)))
	$(if $(DESTDIR),,packaging/apparmor unload $(APPARMOR_PROFILE))
	rm -f $(APPARMOR_PROFILE)
	rm -rf $(DESTDIR)$(DOCDIR)
	cd man && for page in *.[0-9]; do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$$page || exit 1; done

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

FORCE:
.PHONY: all bench check check-sanitize check-unit check-vm clean demo deps drivers FORCE fuzz fuzzers help install lint show-shell tests uninstall
.DELETE_ON_ERROR:

-include $(patsubst %.o,%.d,$(call obj,$(LIB_SRC) $(CLI_SRC) $(PAM_SRC) $(SHELL_SRC))) $(addsuffix .d,$(UNIT_BIN) $(PAM_TESTS))
