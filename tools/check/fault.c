/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: faults of a log
 */
#include "tools/check/fault.h"
#include "tools/common/tool.h"

#include <inttypes.h>

static void print_fault(const Fault *fault)
{
    tool_print("%s:%" PRIu64 ":%" PRIu64 ": %s\n", fault->at.file,
               fault->at.line, fault->column, fault->what);
}

void check_fault(Check *check, Place at, uint64_t column, const char *fmt, ...)
{
    Fault fault = { .at = at, .column = column };
    va_list ap;

    if (check->holding) {
        check->pending_count++;
        if (check->pending->len < (unsigned)check->options->max_faults) {
            va_start(ap, fmt);
            fault.what = g_strdup_vprintf(fmt, ap);
            va_end(ap);
            g_array_append_val(check->pending, fault);
        }
        return;
    }
    check->fault_count++;
    if (check->fault_count > (uint64_t)check->options->max_faults) {
        return;
    }
    va_start(ap, fmt);
    fault.what = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    if (!check->options->json) {
        print_fault(&fault);
    }
    g_array_append_val(check->faults, fault);
}

void check_fault_lost(Check *check, uint64_t column, const char *fmt, ...)
{
    bool holding = check->holding;
    g_autofree char *what = NULL;
    va_list ap;

    va_start(ap, fmt);
    what = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    check->holding = false;
    check_fault(check, check->at, column, "%s", what);
    check->holding = holding;
}

void check_report_pending(Check *check)
{
    unsigned i;

    check->holding = false;
    for (i = 0; i < check->pending->len; i++) {
        Fault *fault = &g_array_index(check->pending, Fault, i);

        check_fault(check, fault->at, fault->column, "%s", fault->what);
    }
    check->fault_count += check->pending_count - check->pending->len;
    check_drop_pending(check);
}

void check_drop_pending(Check *check)
{
    check->holding = false;
    g_array_set_size(check->pending, 0);
    check->pending_count = 0;
}

char *check_line_name(const Check *check, Place at)
{
    return at.file == check->at.file
        ? g_strdup_printf("line %" PRIu64, at.line)
        : g_strdup_printf("line %" PRIu64 " of %s", at.line, at.file);
}

void check_hold(Check *check, uint32_t column, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    check->held = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    check->held_column = column;
}

/* The marks of an access follow it directly: no other line can excuse it. */
void check_release_held(Check *check)
{
    if (check->held) {
        check_fault(check, check->access_at, check->held_column, "%s",
                    check->held);
        g_clear_pointer(&check->held, g_free);
    }
    check->access_at.line = 0;
}

void check_add_lost(Check *check, uint64_t n)
{
    check->lost += MIN(n, (uint64_t)INT64_MAX - check->lost);
}
