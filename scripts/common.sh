# SPDX-License-Identifier: GPL-2.0-or-later
#
# Functions shared by configure and the scripts in this directory: messages and
# errors. Sourced by bash.
#
# shellcheck shell=bash

# Standard output belongs to results (a path, a list); messages go to stderr.
note() {
    printf '%s\n' "$*" >&2
}

warn() {
    printf 'warning: %s\n' "$*" >&2
}

die() {
    printf '%s: error: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# series_of VERSION: the series ("10.0") that a QEMU or package version
# ("1:10.0.13+ds-1") belongs to.
series_of() {
    printf '%s\n' "$1" | sed -E 's/^[0-9]+://; s/^([0-9]+\.[0-9]+).*/\1/'
}

default_cache_dir() {
    printf '%s\n' "${VFIO_TRACE_CACHE:-${XDG_CACHE_HOME:-${HOME:?is not set; use --cache-dir=DIR}/.cache}/vfio-trace}"
}
