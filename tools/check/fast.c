/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: ordinary accesses without a fault (see fast.h)
 *
 * The rules are those of rules.c, as conditions: an access that does not meet
 * all of them is checked again there, which finds out what is wrong.
 */
#include "tools/check/fast.h"
#include "tools/check/map.h"
#include "tools/check/memory.h"

#include <string.h>

#include "libmmiotrace/fast.h"

static bool fits(uint64_t value, unsigned width)
{
    return width == 8 || !(value >> (width * 8));
}

/* Is there nothing that makes each line a special one? */
static bool is_ordinary_state(const Check *check)
{
    return check->decided && !check->other && !check->holding &&
           !check->repeating && !check->held && !check->end.line &&
           check->counts[MMT_EVENT_VERSION] && check->last.line &&
           (!check->stopped || !g_hash_table_size(check->stopped));
}

static bool extras_fit(const Check *check, const MmtFast *fast)
{
    if (check->guessed && fast->extras) {
        return false;
    }
    if (check->extras_told ? fast->extras != check->extras
                           : check->extras & ~fast->extras) {
        return false;
    }
    if ((fast->extras & MMT_EXTRA_NS) &&
        (fast->exact_ns / 1000 != fast->ns / 1000 ||
         !check->last_exact.line || fast->exact_ns < check->last_exact_ns)) {
        return false;
    }
    return fast->hw_state != MMT_HW_KNOWN || fits(fast->hw, fast->width);
}

static Map *map_of(Check *check, uint32_t id)
{
    if (!check->fast_map || check->fast_map->id != id) {
        check->fast_map = check_find_map(check, id);
    }
    return check->fast_map;
}

static bool access_fits(const Check *check, const Map *map,
                        const MmtFast *fast)
{
    return fast->ns >= check->last_ns && map && map->live &&
           fits(fast->value, fast->width) && map->len >= fast->width &&
           fast->addr - map->phys <= map->len - fast->width &&
           (fast->width < 8 || !(map->port || map->vga_port)) &&
           extras_fit(check, fast);
}

static void note(Check *check, Map *map, const MmtFast *fast)
{
    check->counts[fast->is_write ? MMT_EVENT_WRITE : MMT_EVENT_READ]++;
    check->last_ns = fast->ns;
    map->reads += !fast->is_write;
    map->writes += fast->is_write;
    map->last_pc = fast->pc;
    if (fast->extras & MMT_EXTRA_NS) {
        check->last_exact_ns = fast->exact_ns;
        check->last_exact.line = check->at.line;
    }
    check->hw_differs += fast->hw_state == MMT_HW_KNOWN &&
                         fast->hw != fast->value;
}

const char *check_fast(Check *check, const char *p, const char *end)
{
    const char *last = NULL;
    MmtFast fast;

    if (!is_ordinary_state(check)) {
        return p;
    }
    while (p < end) {
        const char *next = mmt_fast_parse(p, &fast);
        Map *map = next ? map_of(check, fast.map_id) : NULL;

        if (!next || !access_fits(check, map, &fast)) {
            break;
        }
        check->lines++;
        check->at.line++;
        note(check, map, &fast);
        last = p;
        p = next;
    }
    if (last) {
        check_memory_other(check);
        /* a mark may follow that says something of this access */
        check->access_line = last;
        check->access_len = p - last;
        check->access_at = check->last = check->at;
        check->last_exact.file = check->at.file;
        check->last_pcidev = -1;
    }
    return p;
}

void check_fast_settle(Check *check)
{
    MmtParseError err;

    if (check->access_line) {
        mmt_parse_line(check->access_line, check->access_len, &check->access,
                       &err);
        check->access_line = NULL;
    }
}
