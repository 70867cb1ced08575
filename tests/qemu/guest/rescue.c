/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rescue guest: tries instructions on RAM and on a device's memory
 *
 * A flat guest for QEMU's "pc" machine that KVM runs even where it can't run an
 * operating system.  The host puts this program, the initial registers and a
 * list of cases into RAM, which is a file; the guest goes through the list and
 * writes a result for each.
 *
 * A case is one instruction, at one place, in user or kernel mode.  It is
 * executed twice, with the same registers and at the same linear address: first
 * with RAM there, then with a page of the traced device.  The end of the
 * instruction, an exception or the INT3 that follows, leads back here.  All
 * state that can have changed is compared: registers, vectors, exceptions,
 * accessed and dirty bits, and memory.  The device's memory is read through the
 * BAR of another, untraced device with the same memory.
 *
 * The number of the case is written to the BAR before it, and again after a
 * page fault, so that the log's lines can be assigned to cases.
 */
#include "rescue-guest.h"

#define BATCH           64

static Run references[BATCH], run;

static void set_case_pages(const Case *c, const Place *place)
{
    set_pages(place, c->protection[0], c->protection[1]);
}

static void keep_accessed(Run *of)
{
    unsigned i;

    for (i = 0; i < 2; i++) {
        of->accessed[i] = test_pt[i] & (PTE_ACCESSED | PTE_DIRTY);
    }
}

static bool has_reference(const Case *c)
{
    return !(c->mode & MODE_ALONE);
}

/* The case needs a mapping of the pages of its own. */
static bool is_single(const Case *c)
{
    return c->mode & MODE_BITS || c->protection[0] | c->protection[1];
}

static void judge(uint32_t number, const Place *place, Run *want)
{
    const Case *c = cases + number;
    Result *r = (Result *)RESULTS + number;

    memset(r, 0, sizeof(*r));
    if (has_reference(c)) {
        compare(r, c, place, want, &run);
        r->reference = want->end.vector;
    }
    r->crc = bar_crc(c, place);
    r->vector = run.end.vector;
    r->events = run.events;
    r->rip = run.end.rip - rows[c->row];
    r->dr6 = run.dr6;
    if (run.events) {
        r->first = run.event[0].vector;
        r->error = run.event[0].error;
        r->cr2 = run.event[0].cr2;
    } else {
        r->error = run.end.error;
        r->cr2 = run.cr2;
    }
}

static void try_single(uint32_t number)
{
    const Case *c = cases + number;
    Place place;

    if (has_reference(c)) {
        set_case_pages(c, &reference);
        go(c, number, &reference, references);
        keep_accessed(references);
    }
    find_place(c, &place);
    set_case_pages(c, &place);
    bar_write(BAR_CASE, number);
    go(c, number, &place, &run);
    keep_accessed(&run);
    judge(number, &place, references);
}

/* Mapping pages is slow: run several cases on RAM, then all on the BAR. */
static void try_batch(uint32_t first, uint32_t end)
{
    Place place;
    uint32_t i;

    set_pages(&reference, ALLOWED, ALLOWED);
    for (i = first; i < end; i++) {
        if (has_reference(cases + i)) {
            go(cases + i, i, &reference, &references[i - first]);
        }
    }
    find_place(cases + first, &place);
    set_pages(&place, ALLOWED, ALLOWED);
    for (i = first; i < end; i++) {
        bar_write(BAR_CASE, i);
        go(cases + i, i, &place, &run);
        judge(i, &place, &references[i - first]);
        job->done = i + 1;
    }
}

static void try_cases(void)
{
    uint32_t first, end;

    for (first = 0; first < job->cases; first = end) {
        const Case *c = cases + first;

        end = first + 1;
        if (is_single(c)) {
            try_single(first);
        } else {
            while (end < job->cases && end - first < BATCH &&
                   cases[end].page[0] == c->page[0] &&
                   cases[end].page[1] == c->page[1] &&
                   !is_single(cases + end)) {
                end++;
            }
            try_batch(first, end);
        }
        job->done = end;
    }
    bar_write(BAR_CASE, job->cases);
}

static void user_main(void)
{
    static void (*const what[])(void) = {
        [WHAT_CASES] = try_cases,
        [WHAT_RACE] = race,
        [WHAT_TIMES] = times,
    };

    set_up_crc();
    place_components();
    job->status = RUNNING;
    what[job->what]();
    stop();
}

void rescue_main(void)
{
    set_up_machine();
    to_user(user_main);
}
