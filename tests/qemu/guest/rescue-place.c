/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: the two pages on which an instruction is tried
 */
#include "rescue-guest.h"

static uint32_t crc_table[256];

void set_up_crc(void)
{
    uint32_t i, bit, v;

    for (i = 0; i < 256; i++) {
        for (v = i, bit = 0; bit < 8; bit++) {
            v = v >> 1 ^ (v & 1 ? 0xedb88320u : 0);
        }
        crc_table[i] = v;
    }
}

static uint32_t crc32(uint32_t crc, const uint8_t *p, size_t n)
{
    crc = ~crc;
    while (n--) {
        crc = crc >> 8 ^ crc_table[(crc ^ *p++) & 0xff];
    }
    return ~crc;
}

const Place reference = {
    { REFERENCE, REFERENCE + PAGE },
    { (uint8_t *)REFERENCE, (uint8_t *)REFERENCE + PAGE },
};

const Place bar = {
    { BAR + BAR_FIRST, BAR + BAR_SECOND },
    { (uint8_t *)ALIAS + BAR_FIRST, (uint8_t *)ALIAS + BAR_SECOND },
};

void find_place(const Case *c, Place *place)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        switch (c->page[i]) {
        case ON_PLAIN:
            place->page[i] = PLAIN + i * PAGE;
            place->seen[i] = (uint8_t *)place->page[i];
            break;
        case ON_BAR:
            place->page[i] = bar.page[i];
            place->seen[i] = bar.seen[i];
            break;
        default:
            place->page[i] = c->page[i] == ON_FOREIGN ? FOREIGN : REGISTERS;
            place->seen[i] = NULL;
            break;
        }
    }
}

static uint64_t pte(uint64_t page, uint8_t protection)
{
    uint64_t bits = PTE_PRESENT | PTE_WRITE | PTE_USER;

    switch (protection) {
    case MISSING:
        bits = 0;
        break;
    case READ_ONLY:
        bits &= ~PTE_WRITE;
        break;
    case SUPERVISOR:
        bits &= ~PTE_USER;
        break;
    }
    return page | bits;
}

void set_pages(const Place *place, uint8_t first, uint8_t second)
{
    map_pages(pte(place->page[0], first), pte(place->page[1], second));
}

/* The part of the bytes around the operand that is in one of the pages */
size_t part(const Case *c, unsigned page, uint32_t *first)
{
    uint32_t from = page * PAGE, to = from + PAGE;
    uint32_t begin = c->offset < BEFORE ? 0 : c->offset - BEFORE;
    uint32_t end = c->offset + c->behind;

    begin = begin < from ? from : begin;
    end = end > to ? to : end;
    *first = begin - from;
    return begin < end ? end - begin : 0;
}

void reset_place(const Case *c, const Place *place)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        uint32_t first;
        size_t n = part(c, i, &first);

        if (place->seen[i] && n) {
            memcpy(place->seen[i] + first, pattern + i * PAGE + first, n);
        }
    }
    for (i = 0; c->poke && i < 4; i++) {
        uint32_t at = c->offset + i;

        if (place->seen[at / PAGE]) {
            place->seen[at / PAGE][at % PAGE] = i < 2 ? c->poke >> 8 * i : 0;
        }
    }
    memcpy(scratch, pattern + PAGE, SCRATCH_USE);
}

bool untouched(const Case *c, const Place *place)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        uint32_t first;
        size_t n = part(c, i, &first);

        if (place->seen[i] &&
            crc32(0, place->seen[i] + first, n) !=
            crc32(0, pattern + i * PAGE + first, n)) {
            return false;
        }
    }
    return true;
}

void keep_memory(const Case *c, const Place *place, uint8_t *to)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        uint32_t first;
        size_t n = part(c, i, &first);

        if (place->seen[i]) {
            memcpy(to, place->seen[i] + first, n);
        }
        to += n;
    }
}

uint32_t bar_crc(const Case *c, const Place *place)
{
    uint32_t crc = 0;
    unsigned i;

    for (i = 0; i < 2; i++) {
        uint32_t first;
        size_t n = part(c, i, &first);

        if (c->page[i] == ON_BAR) {
            crc = crc32(crc, place->seen[i] + first, n);
        }
    }
    return crc;
}
