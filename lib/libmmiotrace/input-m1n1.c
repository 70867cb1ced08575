/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of what m1n1's hypervisor prints of MMIO (see input.h)
 *
 *      [cpu0] [0xfffffe00] MMIO: R.4   0x204d14000 (sgx, offset 0xd14000) = 0x0
 *
 * The parts in brackets may be missing.  In m1n1's log file, a "#" comes first.
 * A "+" behind the width marks one of several events of an access that is wider
 * than eight bytes.
 */
#include "libmmiotrace/input-scan.h"

/* Kind of names of regions, for mmt_input_recent() */
enum { M1N1_REGION = 1 };

/* Parse what is between brackets */
static bool m1n1_bracket(MmtScan *text, MmtEntry *entry)
{
    const char *end = mmt_scan_find(text, "]", 1);
    MmtScan inside = { text->p, end };
    uint64_t pc;
    uint32_t cpu;

    if (!end) {
        return false;
    }
    if (mmt_scan_take(&inside, "cpu")) {
        if (mmt_scan_dec32(&inside, &cpu) && mmt_scan_at_end(&inside)) {
            entry->cpu = cpu;
        }
    } else if (mmt_scan_take(&inside, "0x") && mmt_scan_hex(&inside, &pc) &&
               mmt_scan_at_end(&inside)) {
        entry->pc = pc;
    }
    text->p = end + 1;
    return true;
}

/* Take all before "MMIO: "; false if the line does not have that */
static bool m1n1_prefix(MmtScan *text, MmtEntry *entry)
{
    mmt_scan_take(text, "# ");
    while (mmt_scan_take(text, "[")) {
        if (!m1n1_bracket(text, entry)) {
            return false;
        }
        mmt_scan_skip_blanks(text);
    }
    return mmt_scan_take(text, "MMIO: ");
}

/* Parse R.4 and the blanks or "+" behind it */
static bool m1n1_operation(MmtScan *text, MmtEntry *entry)
{
    uint32_t width;

    if (!mmt_scan_dec32(text, &width) || width > 8 ||
        !(0x116 >> width & 1)) {
        return false;
    }
    entry->width = width;
    mmt_scan_skip_blanks(text);
    if (mmt_scan_take(text, "+")) {
        mmt_scan_skip_blanks(text);
    }
    return true;
}

/* Make the region of DEVICE or DEVICE[INDEX] */
static uint32_t m1n1_find_region(MmtInput *input, const char *name, size_t len)
{
    char region[24] = "reg";
    const char *open = memrchr(name, '[', len);
    size_t device_len = len;
    size_t digits = 0;

    if (open && name[len - 1] == ']') {
        digits = name + len - 1 - (open + 1);
        if (digits && digits < sizeof(region) - 3) {
            memcpy(region + 3, open + 1, digits);
            device_len = open - name;
        } else {
            digits = 0;
        }
    }
    return mmt_regions_find(input->regions, name, device_len, MMT_REGION_OTHER,
                            region, 3 + digits);
}

/* Parse (DEVICE, offset 0xOFFSET) */
static bool m1n1_place(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    static const char word[] = ", offset 0x";
    const char *name = text->p;
    const char *end;

    if (mmt_input_recent(input, text, M1N1_REGION, &entry->region)) {
        return mmt_scan_hex(text, &entry->offset) && mmt_scan_take(text, ")");
    }
    end = mmt_scan_find(text, word, sizeof(word) - 1);
    if (!end) {
        return false;
    }
    text->p = end + sizeof(word) - 1;
    if (!mmt_scan_hex(text, &entry->offset) || !mmt_scan_take(text, ")")) {
        return false;
    }
    entry->region = m1n1_find_region(input, name, end - name);
    if (entry->address >= entry->offset) {
        mmt_regions_set_base(input->regions, entry->region,
                             entry->address - entry->offset);
    }
    mmt_input_remember(input, name, end - name + sizeof(word) - 1, M1N1_REGION,
                       entry->region);
    return true;
}

/* The end of the line, or a comment */
static bool m1n1_end(MmtScan *text)
{
    return mmt_scan_finish(text) || mmt_scan_take(text, "//");
}

static bool m1n1_access(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    if (!mmt_scan_hex(text, &entry->address)) {
        return false;
    }
    if (mmt_scan_take(text, " (")) {
        if (!m1n1_place(input, text, entry)) {
            return false;
        }
    } else {
        /* tracers that know no names of registers print the address only */
        entry->offset = entry->address;
        entry->region = mmt_regions_find(input->regions, "", 0,
                                         MMT_REGION_OTHER, "mem", 3);
    }
    if (!mmt_scan_take(text, " = 0x") || !mmt_scan_hex(text, &entry->value) ||
        !m1n1_end(text)) {
        return false;
    }
    entry->value = mmt_scan_mask(entry->value, entry->width);
    return true;
}

MmtInputResult mmt_input_m1n1(MmtInput *input, const char *line, size_t len,
                              MmtEntry *entry)
{
    MmtScan text = { line, line + len };

    if (!m1n1_prefix(&text, entry)) {
        return MMT_INPUT_FOREIGN;
    }
    if (mmt_scan_take(&text, "R.")) {
        entry->kind = MMT_ENTRY_READ;
    } else if (mmt_scan_take(&text, "W.")) {
        entry->kind = MMT_ENTRY_WRITE;
    } else {
        return MMT_INPUT_FOREIGN;
    }
    if (!m1n1_operation(&text, entry)) {
        return MMT_INPUT_DAMAGED;
    }
    if (!mmt_scan_take(&text, "0x")) {
        /* a register by its name, of which the place is not known */
        return MMT_INPUT_SKIP;
    }
    return m1n1_access(input, &text, entry) ? MMT_INPUT_ENTRY
                                            : MMT_INPUT_DAMAGED;
}
