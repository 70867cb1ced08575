/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Native microbenchmarks: a record's fields as an LTTng-UST tracepoint
 *
 * The time stamp is LTTng's own.  (LTTng's header includes this file several
 * times, hence the unusual guard.)
 */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER vfio_trace_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "native-lttng-tp.h"

#if !defined(BENCH_NATIVE_LTTNG_TP_H) || \
    defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define BENCH_NATIVE_LTTNG_TP_H

#include <lttng/tracepoint.h>

#include "libmmiotrace/record.h"

LTTNG_UST_TRACEPOINT_EVENT(vfio_trace_bench, access,
    LTTNG_UST_TP_ARGS(const MmtRecord *, rec),
    LTTNG_UST_TP_FIELDS(
        lttng_ust_field_integer(uint8_t, kind, rec->kind)
        lttng_ust_field_integer(uint8_t, width, rec->width)
        lttng_ust_field_integer(uint16_t, flags, rec->flags)
        lttng_ust_field_integer(uint32_t, map_id, rec->map_id)
        lttng_ust_field_integer(uint32_t, cpu, rec->cpu)
        lttng_ust_field_integer_hex(uint64_t, addr, rec->addr)
        lttng_ust_field_integer_hex(uint64_t, value, rec->value)
        lttng_ust_field_integer_hex(uint64_t, pc, rec->pc)))

#endif

#include <lttng/tracepoint-event.h>
