# The tests. A file tests/unit/LAYER_NAME.c is a Check program and is picked up by itself; it is
# linked with LAYER and the layers to its right.
CHECK_CFLAGS = $(shell $(PKG_CONFIG) --cflags check) -DTEST_DATA='"$(CURDIR)/tests/data"' \
	-DTEST_BUILD='"$(abspath $(BUILD))"' -DTEST_ROOT='"$(CURDIR)"'
CHECK_LIBS = $(shell $(PKG_CONFIG) --libs check)
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))
BELOW_base := base
BELOW_hv := hv base
BELOW_checks := checks hv base
BELOW_cim := cim checks hv base
BELOW_vsmig := vsmig wsman cim checks hv base
BELOW_wsman := wsman cim checks hv base
BELOW_daemon := daemon wsman cim checks hv base

$(BUILD)/tests/%.o: tests/unit/%.c | need-tools
	@mkdir -p $(@D)
	@echo "  CC      $@"
	$(Q)$(CC) $(CFLAGS_ALL) $(CHECK_CFLAGS) -MMD -MP -c -o $@ $<

define unit_rule
$(BUILD)/tests/$(1): $(BUILD)/tests/$(1).o $(foreach l,$(BELOW_$(firstword $(subst _, ,$(1)))),$(BUILD)/lib$(l).a)
	@echo "  LD      $$@"
	$$(Q)$$(CC) $$(LDFLAGS_ALL) -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(CHECK_LIBS) $$(PKG_LIBS)
endef
$(foreach u,$(notdir $(UNIT)),$(eval $(call unit_rule,$(u))))

.PHONY: unit
unit: $(UNIT)
	$(Q)tests/run-unit $(UNIT)

# What needs neither root nor a hypervisor; `make check` adds the lab with real ones.
.PHONY: check check-fast check-asan
check-fast: all $(UNIT)
	$(Q)tests/all --build $(BUILD) unit protocol clients
check: deps-check
	$(Q)$(MAKE) --no-print-directory all unit-programs
	$(Q)tests/all --build $(BUILD) unit protocol clients lab
# Of `make check`, alone: hypervisors killed and restarted, many checks at once, what a probe leaves behind.
.PHONY: check-robust
check-robust: deps-check
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/all --build $(BUILD) lab-robust
.PHONY: unit-programs
unit-programs: $(UNIT)

ASAN_BUILD := $(BUILD)/asan
check-asan:
	$(Q)$(MAKE) --no-print-directory BUILD=$(ASAN_BUILD) SANITIZE=address,undefined OPT='-O1 -g' all unit-programs
	$(Q)tests/all --build $(ASAN_BUILD) --sanitized unit protocol clients soak

# Fuzzing: clang's libFuzzer on tests/fuzz/fuzz_NAME.c, FUZZ_SECONDS each, from the recorded seeds.
FUZZ_SECONDS ?= 60
FUZZ_BUILD := $(BUILD)/fuzz
FUZZ := $(patsubst tests/fuzz/%.c,$(FUZZ_BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
.PHONY: fuzz fuzz-programs
fuzz:
	$(Q)$(MAKE) --no-print-directory BUILD=$(FUZZ_BUILD) CC=clang-14 OPT='-O1 -g' \
		SANITIZE=address,undefined,fuzzer-no-link fuzz-programs
	$(Q)tests/fuzz/run $(FUZZ_SECONDS) $(FUZZ)
fuzz-programs: $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(ARCHIVES)
	@echo "  FUZZ    $@"
	$(Q)$(CC) $(CFLAGS_ALL) -Wno-missing-prototypes -fsanitize=fuzzer,address,undefined -o $@ $< \
		-Wl,--as-needed \
		-Wl,--start-group $(ARCHIVES) -Wl,--end-group $(PKG_LIBS) -pthread

.PHONY: lint bench
lint: all
	$(Q)BUILD=$(BUILD) tests/lint
bench:
	@tests/deps $(DEPS_BENCH)
	$(Q)$(MAKE) --no-print-directory all $(BUILD)/direct
	$(Q)tests/bench/run $(BUILD)
$(BUILD)/direct: tests/bench/direct.c | need-tools
	@mkdir -p $(@D)
	@echo "  CC      $@"
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $< -pie $(shell $(PKG_CONFIG) --libs libvirt)
