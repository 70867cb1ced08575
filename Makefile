# SPDX-License-Identifier: GPL-2.0-or-later
#
# The front end. ninja does the work in build/*; this file maps goals to ninja
# targets, and runs configure where it has not been run yet.

# ninja does the parallel work; two of them at once would compete for the processors.
.NOTPARALLEL:
.DEFAULT_GOAL := all

OFFLINE_GOALS := help clean distclean
goals := $(or $(MAKECMDGOALS),all)

ifneq ($(filter-out $(OFFLINE_GOALS),$(goals)),)
include build/config.mk
else
PREFIX := $(shell sed -n 's/^PREFIX := //p' build/config.mk 2>/dev/null)
endif

# The demo and the tests must work on a machine where nothing was prepared.
ifneq ($(filter demo check check-full bench,$(goals)),)
FIRST_ARGS := --install-deps --lean
endif
ifneq ($(filter check check-full,$(goals)),)
FIRST_ARGS += --tests --targets=all
endif
ifneq ($(filter deb,$(goals)),)
FIRST_ARGS := --install-deps --package
endif

build/config.mk: configure $(wildcard scripts/apt-suite scripts/fetch-qemu \
		scripts/fetch-npm scripts/npm-packages.txt \
		scripts/prepare-qemu-tree scripts/sync-tree) \
		$(wildcard qemu-patches/* qemu-patches/*/*.patch)
	@if test -f $@; then \
	    echo "Configuring again: $(firstword $?) has changed"; \
	    args=$$(sed -n 's/^CONFIGURE_ARGS := //p' $@); \
	    eval ./configure $$args && touch $@; \
	else \
	    ./configure $(FIRST_ARGS); \
	fi

# for the lab and the tests, which keep their images there
export VFIO_TRACE_CACHE := $(CACHE_DIR)

# "make -j4" is for ninja
NINJA_FLAGS = $(filter-out -j,$(filter -j%,$(MAKEFLAGS))) $(if $(V),-v)

.PHONY: all
all: qemu tools

.PHONY: qemu
qemu: $(SERIES_LIST:%=qemu-%) $(SERIES_LIST:%=other-targets-%)

.PHONY: qemu-%
qemu-%:
	@echo "Building QEMU $* with vfio-trace"
	@$(NINJA) $(NINJA_FLAGS) -C build/qemu-$* qemu-system-$(firstword $(TARGET_LIST))

# Guests of other architectures: ./configure --targets
OTHER_TARGETS = $(wordlist 2,$(words $(TARGET_LIST)),$(TARGET_LIST))
.PHONY: other-targets-%
other-targets-%:
	@$(if $(OTHER_TARGETS),\
	    echo "Building QEMU $* for guests of other architectures: $(OTHER_TARGETS)" && \
	    $(NINJA) $(NINJA_FLAGS) -C build/qemu-$* $(OTHER_TARGETS:%=qemu-system-%),:)

# What tests of other architectures need: they run with the first series.
.PHONY: other-targets
other-targets: other-targets-$(DEFAULT_SERIES)

.PHONY: tools
tools:
	@echo "Building the tools"
	@$(NINJA) $(NINJA_FLAGS) -C build/vfio-trace

# tests are not part of the default goal
.PHONY: tests
tests:
	@echo "Building the unit tests"
	@$(NINJA) $(NINJA_FLAGS) -C build/vfio-trace all meson-test-prereq

.PHONY: demo
demo: all
	scripts/demo

# The library and the tools built again with each sanitizer, for the tests. At -O1
# gcc takes half as long as at -O2, but sees less of what is initialised.
SANITIZED := build/vfio-trace-asan build/vfio-trace-tsan
build/vfio-trace-asan: SANITIZERS := address,undefined
build/vfio-trace-tsan: SANITIZERS := thread

.PHONY: $(SANITIZED)
$(SANITIZED):
	@echo "Building the tests with the sanitizers $(SANITIZERS)"
	@test -f $@/build.ninja || \
	    $(MESON) setup -Doptimization=1 -Ddebug=false -Db_sanitize=$(SANITIZERS) \
	        '-Dc_args=-g1 -fno-omit-frame-pointer -Wno-maybe-uninitialized' \
	        -Db_lundef=false -Dwerror=$(if $(filter yes,$(WERROR)),true,false) \
	        $@ . > $@.log 2>&1 || { cat $@.log; rm -rf $@; false; }
	@$(NINJA) $(NINJA_FLAGS) -C $@ all meson-test-prereq

# QEMU with ThreadSanitizer, for a test of the tracer in it: its first series, and
# no more than that needs.
TSAN_QEMU := build/qemu-tsan
TSAN_QEMU_ARGS := --without-default-features --enable-system --enable-kvm --enable-tcg \
    --enable-tsan --with-devices-x86_64=vfio-trace-lean \
    --enable-trace-backends=nop --disable-tools --disable-guest-agent \
    --disable-install-blobs --disable-docs --disable-download --disable-werror \
    -Doptimization=1 -Ddebug=false

.PHONY: $(TSAN_QEMU)
$(TSAN_QEMU):
	@echo "Building QEMU $(DEFAULT_SERIES) with ThreadSanitizer"
	@grep -qs 'qemu-$(DEFAULT_SERIES)-src' $@/build.ninja || \
	    (rm -rf $@; mkdir $@ && cd $@ && \
	    ../qemu-$(DEFAULT_SERIES)-src/configure --python=$(PYTHON) \
	        --target-list=x86_64-softmmu '--extra-cflags=-g1 -fno-omit-frame-pointer' \
	        $(TSAN_QEMU_ARGS)) > $@.log 2>&1 || { tail -n 15 $@.log; rm -rf $@; false; }
	@$(NINJA) $(NINJA_FLAGS) -C $@ qemu-system-x86_64

# The library with libFuzzer, if clang is installed.
FUZZED := build/vfio-trace-fuzz

.PHONY: $(FUZZED)
$(FUZZED):
	@echo "Building the fuzz targets"
	@MESON="$(MESON)" NINJA="$(NINJA)" NINJA_FLAGS="$(NINJA_FLAGS)" \
	    WERROR=$(if $(filter yes,$(WERROR)),true,false) tests/fuzz/build-targets $@

# make fuzz RUNS=10000000 TARGETS="parse recover"
RUNS ?= 1000000

.PHONY: fuzz
fuzz: $(FUZZED)
	@$(PYTHON) tests/fuzz/campaign --runs $(RUNS) $(TARGETS)

# The kernel with iommufd for the lab's host, if none is installed.
JOBS ?= $(shell nproc)
.PHONY: lab-kernel
lab-kernel:
	@lab/lab-kernel --jobs=$(JOBS)

# QEMU for the lab's Arm hosts
.PHONY: cross-qemu
cross-qemu:
	@scripts/cross-build --jobs=$(JOBS) qemu aarch64 $(DEFAULT_SERIES)

# The tests build what they need themselves, while others run; make's options are
# passed on to these builds.
RUN_TESTS = $(PYTHON) tests/run --build \
    $(patsubst -j%,--jobs=%,$(filter-out -j,$(filter -j%,$(MAKEFLAGS)))) \
    $(foreach v,WERROR MESON NINJA V,$(if $(filter command,$(origin $v)),\
        '--make=$v=$($v)'))

.PHONY: check
check:
	@$(RUN_TESTS) $(CHECK_ARGS)

.PHONY: check-full
check-full:
	@VFIO_TRACE_FULL=1 $(RUN_TESTS) $(CHECK_ARGS)

# Compiled like the installed tools, plus the native microbenchmarks.
BENCH := build/vfio-trace-bench
.PHONY: $(BENCH)
$(BENCH):
	@echo "Building the native benchmarks"
	@test -f $@/build.ninja || \
	    $(MESON) setup -Dbench=true -Dtests=false -Dtools=false \
	        -Dwerror=$(if $(filter yes,$(WERROR)),true,false) \
	        $@ . > $@.log 2>&1 || { cat $@.log; rm -rf $@; false; }
	@$(NINJA) $(NINJA_FLAGS) -C $@

.PHONY: bench
bench: all $(BENCH)
	@$(PYTHON) bench/run $(BENCH_ARGS)

libdir = $(PREFIX)/lib/vfio-trace
datadir = $(PREFIX)/share/vfio-trace
bindir = $(PREFIX)/bin

.PHONY: install
install: all $(SERIES_LIST:%=install-qemu-%) install-docs install-guest-images
	$(MESON) install -C build/vfio-trace --no-rebuild \
	    $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))

.PHONY: install-docs
install-docs:
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(datadir)
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	for target in $(TARGET_LIST); do \
	    ln -sfn ../lib/vfio-trace/qemu-$(DEFAULT_SERIES)/bin/qemu-system-$$target \
	        $(DESTDIR)$(bindir)/qemu-system-$$target-vfio-trace && \
	    sed "s/x86_64/$$target/g; s/X86_64/$$(echo $$target | tr a-z A-Z)/" \
	        tools/man/qemu-system-x86_64-vfio-trace.1 \
	        | install -m 644 /dev/stdin \
	            $(DESTDIR)$(PREFIX)/share/man/man1/qemu-system-$$target-vfio-trace.1 || exit; \
	done
	cp -R --no-preserve=ownership docs LICENSE *.md $(DESTDIR)$(datadir)/
	install -D -m 644 tests/README.md $(DESTDIR)$(datadir)/tests/README.md

# What makes guests, and the lab, as they are in the checkout: they are neighbours
# there, too (guest-images/imagekit/common/places.py).
.PHONY: install-guest-images
install-guest-images:
	install -d $(DESTDIR)$(datadir)
	find guest-images lab scripts/apt-suite scripts/common.sh scripts/cross-build \
	    \( -name __pycache__ -o -path guest-images/marker \) -prune -o \
	    ! -type d -exec cp -P --parents --no-preserve=ownership \
	        -t $(DESTDIR)$(datadir) {} +

# Not QEMU's own install target: that would build all of its tests first.
.PHONY: install-qemu-%
install-qemu-%: qemu-% other-targets-%
	install -D -t $(DESTDIR)$(libdir)/qemu-$*/bin \
	    $(TARGET_LIST:%=build/qemu-$*/qemu-system-%)
	install -d $(DESTDIR)$(libdir)/qemu-$*/share/qemu/keymaps
	cd build/qemu-$*-src/pc-bios/keymaps && \
	    find . -maxdepth 1 -type f ! -name meson.build -exec \
	        install -m 644 -t $(abspath $(DESTDIR)/)$(libdir)/qemu-$*/share/qemu/keymaps {} +

# Packages of this tree, if it is configured for that, or else of a copy.
.PHONY: deb
deb: export DEB_DIR := $(DEB_DIR)
deb: export DEB_VERSION := $(DEB_VERSION)
deb: export DEB_DBGSYM := $(DEB_DBGSYM)
ifeq ($(PACKAGE),yes)
deb: all
	+@scripts/make-deb
else
deb:
	+@scripts/make-deb --copy
endif

.PHONY: clean
clean:
	rm -rf build/check build/demo build/lab build/deb $(SANITIZED) $(FUZZED)
	for dir in build/qemu-*/ build/vfio-trace*/; do \
	    if test -f $$dir/build.ninja; then ninja -C $$dir -t clean; fi; \
	done

.PHONY: distclean
distclean:
	rm -rf build

define HELP
  make             configure if necessary, build QEMU and the tools
  make demo        trace an e1000e passed through in the lab
  make check       build and run all tests; CHECK_ARGS='--level unit' selects some
  make check-full  the longer tests as well
  make bench       measure the cost of tracing; BENCH_ARGS=--quick is shorter
  make fuzz        fuzz with hostile input; RUNS=10000000 TARGETS='parse recover'
  make install     install to $(or $(PREFIX),the prefix given to configure); DESTDIR is honoured
  make deb         Debian packages in build/deb; DEB_VERSION=... for a version of your own
  make clean       remove compiled files; make distclean: all of build/

  make V=1 prints the commands, make -jN limits ninja to N jobs.
  make demo, make check and make deb install missing packages (apt, as root or by sudo)
  if ./configure was not run before; ./configure --help lists the options.
endef
export HELP

.PHONY: help
help:
	@echo "$$HELP"
