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
