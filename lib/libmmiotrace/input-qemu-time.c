/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: times in QEMU's trace events (see input-qemu-time.h)
 */
#include "libmmiotrace/input-qemu-time.h"

static bool qemu_two(const char *p, unsigned max, unsigned *out)
{
    unsigned high = p[0] - '0';
    unsigned low = p[1] - '0';

    *out = high * 10 + low;
    return high < 10 && low < 10 && *out <= max;
}

static bool qemu_is_leap(unsigned year)
{
    return !(year % 4) && (year % 100 || !(year % 400));
}

/* Days from 1970 to a date; false if there is no such date */
static bool qemu_days(unsigned year, unsigned month, unsigned day,
                      uint64_t *days)
{
    static const struct { uint16_t before; uint8_t days; } months[] = {
        { 0, 31 }, { 31, 28 }, { 59, 31 }, { 90, 30 }, { 120, 31 }, { 151, 30 },
        { 181, 31 }, { 212, 31 }, { 243, 30 }, { 273, 31 }, { 304, 30 },
        { 334, 31 },
    };
    unsigned last = year - 1;
    unsigned leap = qemu_is_leap(year);

    if (year < 1970 || month < 1 || month > 12 || day < 1 ||
        day > months[month - 1].days + (month == 2 ? leap : 0)) {
        return false;
    }
    *days = (year - 1970) * 365ull + (last / 4 - last / 100 + last / 400) -
            (1969 / 4 - 1969 / 100 + 1969 / 400) +
            months[month - 1].before + (month > 2 ? leap : 0) + day - 1;
    return true;
}

/* Parse 2026-06-26T17:11 */
static bool qemu_minute(MmtInput *input, const char *p)
{
    unsigned century, year, month, day, hour, minute;
    uint64_t days;

    if (p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' ||
        !qemu_two(p, 99, &century) || !qemu_two(p + 2, 99, &year) ||
        !qemu_two(p + 5, 12, &month) || !qemu_two(p + 8, 31, &day) ||
        !qemu_two(p + 11, 23, &hour) || !qemu_two(p + 14, 59, &minute) ||
        !qemu_days(century * 100 + year, month, day, &days) ||
        days > UINT64_MAX / (86400ull * 1000000000) - 2) {
        return false;
    }
    memcpy(input->minute, p, sizeof(input->minute));
    input->minute_ns = ((days * 24 + hour) * 60 + minute) * 60000000000ull;
    return true;
}

/* Parse Z, +02:00 or +0200; @ns is changed to UTC */
static bool qemu_zone(MmtScan *text, uint64_t *ns)
{
    bool west = *text->p == '-';
    unsigned hour, minute;
    uint64_t shift;

    if (mmt_scan_take(text, "Z")) {
        return true;
    }
    if (!mmt_scan_take(text, "+") && !mmt_scan_take(text, "-")) {
        return false;
    }
    if (text->end - text->p < 4 || !qemu_two(text->p, 23, &hour)) {
        return false;
    }
    text->p += 2;
    mmt_scan_take(text, ":");
    if (text->end - text->p < 2 || !qemu_two(text->p, 59, &minute)) {
        return false;
    }
    text->p += 2;
    shift = (hour * 60 + minute) * 60000000000ull;
    if (!west && shift > *ns) {
        return false;
    }
    *ns = west ? *ns + shift : *ns - shift;
    return true;
}

/* Six digits and Z follow: what QEMU prints */
static bool qemu_micros(MmtScan *text, uint64_t *ns)
{
    uint64_t value;

    if (text->end - text->p < 7 || text->p[6] != 'Z' ||
        !mmt_dec8(mmt_digits_align(mmt_load8(text->p), 6), &value)) {
        return false;
    }
    text->p += 6;
    *ns = value * 1000;
    return true;
}

/* Parse 2026-06-26T17:11:34.642419Z and a blank */
static bool qemu_iso_time(MmtInput *input, MmtScan *text, uint64_t *ns)
{
    const char *p = text->p;
    MmtScan t = *text;
    uint64_t fraction = 0;
    unsigned seconds;

    if (text->end - p < 20 || p[16] != ':' ||
        (memcmp(p, input->minute, sizeof(input->minute)) &&
         !qemu_minute(input, p)) ||
        !qemu_two(p + 17, 60, &seconds)) {
        return false;
    }
    t.p += 19;
    if (mmt_scan_take(&t, ".") && !qemu_micros(&t, &fraction) &&
        !mmt_scan_fraction(&t, &fraction)) {
        return false;
    }
    *ns = input->minute_ns + seconds * 1000000000ull + fraction;
    if (!qemu_zone(&t, ns) || !mmt_scan_take(&t, " ")) {
        return false;
    }
    *text = t;
    return true;
}

/* Parse 4242@1720420596.603820: */
static bool qemu_pid_time(MmtScan *text, uint64_t *ns)
{
    MmtScan t = *text;
    uint64_t seconds;
    uint64_t fraction;
    uint64_t pid;

    if (!mmt_scan_dec(&t, &pid) || !mmt_scan_take(&t, "@") ||
        !mmt_scan_dec(&t, &seconds) || seconds > UINT64_MAX / 1000000000 - 1 ||
        !mmt_scan_take(&t, ".") || !mmt_scan_fraction(&t, &fraction) ||
        !mmt_scan_take(&t, ":")) {
        return false;
    }
    *ns = seconds * 1000000000 + fraction;
    *text = t;
    return true;
}

bool mmt_input_qemu_time(MmtInput *input, MmtScan *text, uint64_t *ns)
{
    return *text->p >= '0' && *text->p <= '9' &&
           (qemu_iso_time(input, text, ns) || qemu_pid_time(text, ns));
}
