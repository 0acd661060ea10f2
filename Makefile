# vsmigd: see README.md. `make V=1` shows the commands.
MAKEFLAGS += -rR
.SUFFIXES:
.DELETE_ON_ERROR:

VERSION := 0.1.0
CC ?= cc
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr
SYSCONFDIR ?= /etc
SBINDIR ?= $(PREFIX)/sbin
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
UNITDIR ?= $(PREFIX)/lib/systemd/system
PKG_CONFIG ?= pkg-config
BUILD ?= build
Q := $(if $(V),,@)

LIBS := libvirt libxml-2.0 openssl gsoapssl libcrypt zlib
ifeq ($(filter deps deps-check clean help,$(MAKECMDGOALS)),)
HAVE := $(shell $(PKG_CONFIG) --exists $(LIBS) 2>/dev/null && command -v soapcpp2 2>/dev/null)
endif
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(LIBS))
PKG_LIBS = $(shell $(PKG_CONFIG) --libs $(LIBS))

OPT ?= -O2 -g
WERROR ?= -Werror
WARN := -Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes -Wformat=2 -Wstrict-prototypes \
	-Wpointer-arith -Wwrite-strings $(WERROR)
HARDEN := -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2
ifneq ($(SANITIZE),)
HARDEN := -fPIE -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
LDEXTRA := -fsanitize=$(SANITIZE)
endif
BASE_CFLAGS := -std=gnu11 -D_GNU_SOURCE -DVSMIGD_VERSION='"$(VERSION)"' -DSYSCONFDIR='"$(SYSCONFDIR)"' \
	-I. -I$(BUILD) -pthread $(OPT) $(HARDEN)
CFLAGS_ALL = $(BASE_CFLAGS) $(WARN) $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
# Generated gSOAP code is not ours to warn about.
CFLAGS_GEN = $(BASE_CFLAGS) -w $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now,--as-needed -pthread $(LDEXTRA) $(LDFLAGS)

TOOL_SRC := $(wildcard wsman/vsmig*.c)
SRC_vsmig := $(filter-out wsman/vsmig.c,$(TOOL_SRC))
SRC_base := $(wildcard daemon/base/*.c)
SRC_hv := $(wildcard checks/hypervisor/*.c)
SRC_checks := $(wildcard checks/*.c checks/rules/*.c)
SRC_schemac := $(wildcard cim/schemac*.c)
SRC_cim := $(filter-out $(SRC_schemac),$(wildcard cim/*.c cim/providers/*.c))
SRC_wsman := $(filter-out $(TOOL_SRC),$(wildcard wsman/*.c))
SRC_daemon := $(filter-out daemon/main.c,$(wildcard daemon/*.c))
LAYERS := base hv checks cim wsman daemon
GEN_SOAP := $(addprefix $(BUILD)/gsoap/soap,C.c H.h Stub.h)
GEN_SCHEMA := $(BUILD)/schema_tables.c

obj = $(patsubst %.c,$(BUILD)/%.o,$(1))
OBJ_vsmig := $(call obj,$(SRC_vsmig))
OBJ_base := $(call obj,$(SRC_base))
OBJ_hv := $(call obj,$(SRC_hv))
OBJ_checks := $(call obj,$(SRC_checks))
OBJ_cim := $(call obj,$(SRC_cim)) $(BUILD)/schema_tables.o
OBJ_wsman := $(call obj,$(SRC_wsman)) $(BUILD)/gsoap/soapC.o
OBJ_daemon := $(call obj,$(SRC_daemon))
ARCHIVES := $(foreach l,$(LAYERS),$(BUILD)/lib$(l).a)

.PHONY: all
all: $(BUILD)/vsmigd $(BUILD)/vsmig $(BUILD)/vsmigd.wsdl

$(BUILD)/vsmigd: $(BUILD)/daemon/main.o $(ARCHIVES)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS)

$(BUILD)/vsmig: $(BUILD)/wsman/vsmig.o $(addprefix $(BUILD)/,libvsmig.a libwsman.a libcim.a libbase.a)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PKG_LIBS)

define archive_rule
$(BUILD)/lib$(1).a: $$(OBJ_$(1))
	@echo "  AR      $$@"
	$$(Q)rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach l,vsmig $(LAYERS),$(eval $(call archive_rule,$(l))))

$(BUILD)/%.o: %.c | need-tools
	@mkdir -p $(@D)
	@echo "  CC      $@"
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# gSOAP: one header in, C out. The server and the tool both use it.
$(BUILD)/gsoap/soapC.c: wsman/vsmig.gsoap.h | need-tools
	@mkdir -p $(@D)
	@echo "  SOAP    $@"
	$(Q)soapcpp2 -2 -c -C -L -x -w -d$(@D) $< >$(@D)/log 2>&1 || { cat $(@D)/log; exit 1; }
$(BUILD)/gsoap/soapC.o: $(BUILD)/gsoap/soapC.c
	@echo "  CC      $@"
	$(Q)$(CC) $(CFLAGS_GEN) -c -o $@ $<
$(OBJ_wsman) $(call obj,$(TOOL_SRC)): | $(BUILD)/gsoap/soapC.c

# The CIM schema: XML documents in, const tables out; a defect in them ends the build.
SCHEMAS := $(sort $(wildcard schemas/*.xml))
SCHEMAC := ASAN_OPTIONS=detect_leaks=0 $(BUILD)/schemac
$(BUILD)/schemac: $(SRC_schemac) cim/schemac.h cim/schema.h | need-tools
	@mkdir -p $(@D)
	@echo "  CC      $@"
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $(SRC_schemac) $(LDFLAGS_ALL) $(shell $(PKG_CONFIG) --libs libxml-2.0)
$(GEN_SCHEMA): $(BUILD)/schemac $(SCHEMAS)
	@echo "  SCHEMA  $@"
	$(Q)$(SCHEMAC) $(SCHEMAS) >$@
$(BUILD)/schema_ids.h: $(BUILD)/schemac $(SCHEMAS)
	@echo "  SCHEMA  $@"
	$(Q)$(SCHEMAC) --ids $(SCHEMAS) >$@
$(BUILD)/vsmigd.wsdl: $(BUILD)/schemac $(SCHEMAS)
	@echo "  WSDL    $@"
	$(Q)$(SCHEMAC) --wsdl $(SCHEMAS) >$@
$(BUILD)/schema_tables.o: $(GEN_SCHEMA) $(BUILD)/schema_ids.h cim/schema.h
	@echo "  CC      $@"
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<
$(OBJ_cim) $(OBJ_wsman) $(patsubst tests/unit/%.c,$(BUILD)/tests/%.o,$(wildcard tests/unit/*.c)): \
	| $(BUILD)/schema_ids.h

# What Debian 12 must have: to build and run, and to test.
DEPS := gcc make pkg-config libc6-dev gsoap libgsoap-dev libvirt-dev libxml2-dev libssl-dev \
	libcrypt-dev zlib1g-dev ca-certificates openssl curl
DEPS_CHECK := $(DEPS) check python3 python3-libvirt python3-winrm python3-zeep python3-lxml clang-14 \
	clang-format-14 libclang-rt-14-dev pmccabe mandoc git iproute2 procps util-linux libvirt-daemon \
	libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86 qemu-utils bindfs ovmf swtpm swtpm-tools \
	libvirt-daemon-system iptables ebtables dnsmasq-base
DEPS_BENCH := $(DEPS) nginx-light wrk python3
.PHONY: deps deps-check
deps:
	@tests/deps $(DEPS)
deps-check:
	@tests/deps $(DEPS_CHECK)

# The main job, shown: starts the daemon on libvirt's test driver, asks it, stops it.
.PHONY: demo run
demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/demo/demo.sh $(BUILD)
run: all
	$(Q)tests/demo/run.sh $(BUILD)

MANUAL := daemon/vsmigd.8 daemon/vsmigd.conf.5 daemon/vsmig-security.7 wsman/vsmig.1 cim/vsmig-cim.7 \
	checks/vsmig-checks.7
.PHONY: install
install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(BINDIR) $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d \
		$(DESTDIR)$(PREFIX)/share/polkit-1/rules.d $(DESTDIR)$(SYSCONFDIR)/vsmigd
	install -m 755 $(BUILD)/vsmigd $(DESTDIR)$(SBINDIR)/vsmigd
	install -d $(DESTDIR)$(PREFIX)/share/vsmigd
	install -m 644 $(BUILD)/vsmigd.wsdl $(DESTDIR)$(PREFIX)/share/vsmigd/vsmigd.wsdl
	install -m 755 $(BUILD)/vsmig $(DESTDIR)$(BINDIR)/vsmig
	sed 's|/usr/sbin/|$(SBINDIR)/|' systemd/vsmigd.service >$(DESTDIR)$(UNITDIR)/vsmigd.service
	install -m 644 systemd/vsmigd.socket $(DESTDIR)$(UNITDIR)/vsmigd.socket
	install -m 644 systemd/vsmigd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/vsmigd.conf
	install -m 644 systemd/vsmigd.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/vsmigd.conf
	install -m 644 systemd/vsmigd.rules $(DESTDIR)$(PREFIX)/share/polkit-1/rules.d/60-vsmigd.rules
	for page in $(MANUAL); do section=$${page##*.}; install -d $(DESTDIR)$(MANDIR)/man$$section; \
		install -m 644 $$page $(DESTDIR)$(MANDIR)/man$$section/; done

.PHONY: help
help:
	@echo "make            build $(BUILD)/vsmigd and $(BUILD)/vsmig"
	@echo "make deps       install what is missing to build and run (root)"
	@echo "make demo       see it answer, on libvirt's test driver"
	@echo "make run        the same daemon in the foreground"
	@echo "make check      all tests, with real hypervisors (root); check-fast: neither"
	@echo "make check-asan the fast tests and 20,000 requests under ASan, UBSan and LSan"
	@echo "make lint fuzz bench install clean"

.PHONY: need-tools
need-tools:
ifeq ($(HAVE),)
	@echo "The libraries to build with are missing ($(LIBS), soapcpp2): run 'make deps' as root." >&2; exit 1
endif

-include tests/tests.mk

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
