/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: one register that takes all bytes
 *
 * Theory of operation
 *
 * Accesses to one register that no write to another register of its region
 * interrupts are a block.  Writes between two blocks are looked at: a register
 * that was written before both, with another value each time, is the index.
 * Its step must then stay the same.  If the index comes after the data, it is
 * found one block later.
 *
 * Long blocks need no index.  The register that was written just before the
 * first block tells whether what follows belongs to it: it does if that
 * register moves as an index would, or has one value before short blocks of
 * equal length (a handshake).  Other writes between are those of others, of an
 * interrupt handler for example.
 */
#include "tools/analysis/upload-port.h"

/*
 * Blocks of so many bytes, before each of which the same is written, belong
 * together; longer ones are uploads that are made again.
 */
#define HANDSHAKE_BYTES 512

/* After so many blocks, short ones without an index are not waited for */
#define FEW_BLOCKS 4

/* What is taken for the index may prove not to be so often */
#define CHANCES 3

/* What UploadPorts.writes keeps */
typedef struct PortWrite {
    uint32_t region;
    UploadNear near;
} PortWrite;

/**
 * struct UploadPorts: state
 * @set: open runs, by offset of the register
 * @writes: the last writes, a ring
 * @n_writes: writes so far
 */
struct UploadPorts {
    UploadSet set;
    PortWrite writes[UPLOAD_WRITES_BETWEEN];
    uint64_t n_writes;
};

UploadPorts *upload_ports_new(const UploadOptions *options, UploadSink *sink,
                              void *opaque)
{
    UploadPorts *ports = g_new0(UploadPorts, 1);

    upload_set_init(&ports->set, options, sink, opaque);
    return ports;
}

UploadSet *upload_ports_set(UploadPorts *ports)
{
    return &ports->set;
}

bool upload_ports_sure(const UploadPorts *ports, const UploadAccess *access)
{
    const UploadRun *run = upload_set_find(&ports->set, access->entry.region,
                                           access->entry.offset);

    return run && (run->port.block >= UPLOAD_PORT_SURE ||
                   (run->port.firm && run->up.accesses >= UPLOAD_PORT_SURE));
}

/*
 * Get the last @n writes, those of one region.
 * Return: false if there are too many
 */
static bool collect(const UploadPorts *ports, uint32_t region, uint64_t n,
                    UploadNears *nears)
{
    uint64_t i;

    nears->n = 0;
    for (i = ports->n_writes - n; i < ports->n_writes; i++) {
        const PortWrite *write = &ports->writes[i % UPLOAD_WRITES_BETWEEN];

        if (write->region != region) {
            continue;
        }
        if (nears->n == UPLOAD_WRITES_NEAR) {
            return false;
        }
        nears->v[nears->n++] = write->near;
    }
    return true;
}

/* The last writes to the region, before a run begins */
static void collect_before(const UploadPorts *ports, uint32_t region,
                           UploadNears *nears)
{
    uint64_t n = MIN(ports->n_writes, UPLOAD_WRITES_NEAR);

    while (!collect(ports, region, n, nears)) {
        n--;
    }
}

static int64_t step_of(const UploadNear *from, const UploadNear *to)
{
    unsigned unused = 64 - (to->width ? to->width : 8) * 8;

    return (int64_t)((to->value - from->value) << unused) >> unused;
}

static const UploadNear *nears_find(const UploadNears *nears, uint64_t offset)
{
    unsigned i;

    for (i = nears->n; i > 0; i--) {
        if (nears->v[i - 1].offset == offset) {
            return &nears->v[i - 1];
        }
    }
    return NULL;
}

static void set_index(UploadRun *run, const UploadNear *from,
                      const UploadNear *to)
{
    run->up.way = UPLOAD_PAIR;
    run->up.index_offset = to->offset;
    run->up.index_first = from->value;
    run->up.index_step = step_of(from, to);
    run->port.index = to->value;
    run->port.indexed = true;
}

/* The index of the first block, of an index that shows only now */
static uint64_t first_index(const UploadRun *run, const UploadNear *last)
{
    const UploadNear *before = nears_find(&run->port.before, last->offset);
    uint64_t steps = run->up.blocks - 1;
    UploadNear first = *last;

    first.value -= run->up.index_step * steps;
    if (before && step_of(before, &first) == 0) {
        return before->value;
    }
    return first.value + run->up.index_step;
}

/*
 * Find a register that moved from one time to the other.
 * Return: is there one?  It is taken for the index.
 */
static bool find_index(UploadRun *run, const UploadNears *nears)
{
    bool second = run->up.blocks == 1;
    const UploadNears *from = second ? &run->port.before : &run->port.between;
    unsigned i;

    for (i = nears->n; i > 0; i--) {
        const UploadNear *near = &nears->v[i - 1];
        const UploadNear *old = nears_find(from, near->offset);

        if (old && old->value != near->value && near->width &&
            near->width == old->width) {
            set_index(run, old, near);
            if (!second) {
                run->up.index_first = first_index(run, old);
            }
            return true;
        }
    }
    return false;
}

static bool is_long(const UploadRun *run)
{
    return run->up.accesses >= UPLOAD_LONG_BLOCK * run->up.blocks;
}

/*
 * The register that was written just before a long block may be the index, or
 * part of a handshake.
 * Return: false if another upload begins
 */
static bool join_long(UploadRun *run, const UploadNears *nears)
{
    const UploadPort *port = &run->port;
    const UploadNear *near = run->up.prior ?
                             nears_find(nears, run->up.prior_offset) : NULL;
    UploadNear last = { .value = run->up.prior_value };
    uint64_t bytes = port->since * run->up.width;

    if (!near || !near->width) {
        return true;
    }
    if (step_of(&last, near) == 0) {
        return bytes <= HANDSHAKE_BYTES &&
               (!port->first_since || port->since == port->first_since);
    }
    if (port->first_since || !upload_step_fits(step_of(&last, near), bytes)) {
        return false;
    }
    set_index(run, &last, near);
    return true;
}

/* Blocks of equal length, as far as they are whole */
static bool block_fits(const UploadRun *run)
{
    return run->up.blocks == 1 || is_long(run) ||
           run->port.block == run->port.whole_block;
}

/*
 * Short blocks need an index.  It may show later, and a long block may follow.
 * Return: false if it is not worth waiting for that
 */
static bool join_short(UploadRun *run, const UploadNears *nears)
{
    return (run->port.chances < CHANCES && block_fits(run) &&
            find_index(run, nears)) ||
           run->up.blocks <= FEW_BLOCKS ||
           run->up.accesses >= 2 * run->up.blocks;
}

static void begin_block(UploadRun *run, const UploadNears *nears)
{
    UploadPort *port = &run->port;

    if (!port->firm) {
        port->whole_block = port->block;
    }
    if (run->up.blocks == 1) {
        port->block_bytes = run->up.bytes->len;
    } else if (run->up.bytes->len != port->block_bytes * run->up.blocks) {
        port->block_bytes = 0;
    }
    if (run->up.prior && nears_find(nears, run->up.prior_offset)) {
        port->first_since = port->first_since ?: port->since;
        port->since = 0;
    }
    port->between = *nears;
    port->block = 0;
    run->up.blocks++;
    run->up.other_writes -= port->indexed;
}

typedef enum Verdict {
    VERDICT_ENDS,       /* another upload begins */
    VERDICT_SAME,       /* the block goes on */
    VERDICT_NEXT,       /* the next block begins */
    VERDICT_CHANCE,     /* what was taken for the index is not the index */
} Verdict;

static Verdict follow_index(UploadRun *run, const UploadNears *nears)
{
    UploadPort *port = &run->port;
    const UploadNear *near = nears_find(nears, run->up.index_offset);
    UploadNear last = { .value = port->index };

    if (near && block_fits(run) &&
        step_of(&last, near) == run->up.index_step) {
        port->index = near->value;
        port->firm = true;
        return VERDICT_NEXT;
    }
    if (!near && (is_long(run) ||
                  (port->firm && port->block < port->whole_block))) {
        return VERDICT_SAME;
    }
    if (port->firm || (is_long(run) && upload_index_is_prior(run))) {
        return VERDICT_ENDS;
    }
    return VERDICT_CHANCE;
}

/* What follows writes to other registers, if there is no index yet */
static Verdict join(UploadRun *run, const UploadNears *nears)
{
    if (!is_long(run)) {
        return join_short(run, nears) ? VERDICT_NEXT : VERDICT_ENDS;
    }
    if (!join_long(run, nears)) {
        return VERDICT_ENDS;
    }
    return run->up.prior && nears_find(nears, run->up.prior_offset)
           ? VERDICT_NEXT : VERDICT_SAME;
}

/* Return: false if another upload begins */
static bool next_block(UploadRun *run, const UploadNears *nears)
{
    Verdict verdict = run->port.indexed ? follow_index(run, nears)
                                        : VERDICT_CHANCE;

    if (verdict == VERDICT_CHANCE) {
        run->port.chances += run->port.indexed;
        run->port.indexed = false;
        run->up.way = UPLOAD_PORT;
        verdict = join(run, nears);
    }
    if (verdict == VERDICT_NEXT) {
        begin_block(run, nears);
    }
    return verdict != VERDICT_ENDS;
}

/* Return: does the access continue the run? */
static bool continues(const UploadPorts *ports, UploadRun *run,
                      const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;
    uint64_t between = access->writes - run->writes;
    UploadNears nears;

    if (ports->set.options->exact) {
        return access->n == run->up.last + 1 && entry->width == run->up.width;
    }
    if (!collect(ports, entry->region, between, &nears)) {
        return false;
    }
    return nears.n == 0 || next_block(run, &nears);
}

static void begin(UploadPorts *ports, const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;
    UploadRun *run = upload_set_begin(&ports->set, UPLOAD_PORT, entry->offset,
                                      access);
    UploadNears *before = &run->port.before;

    run->port.block = 1;
    run->port.since = 1;
    collect_before(ports, entry->region, before);
    if (before->n && before->v[before->n - 1].offset != entry->offset) {
        run->up.prior = true;
        run->up.prior_offset = before->v[before->n - 1].offset;
        run->up.prior_value = before->v[before->n - 1].value;
    }
}

void upload_ports_take(UploadPorts *ports, const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;
    UploadRun *run = upload_set_find(&ports->set, entry->region,
                                     entry->offset);

    if (run && continues(ports, run, access)) {
        run->port.block++;
        run->port.since++;
        upload_set_add(&ports->set, run, entry->offset, access);
        return;
    }
    if (run) {
        upload_set_end(&ports->set, run, UPLOAD_END_JUMP);
    }
    begin(ports, access);
}

void upload_ports_drop(UploadPorts *ports, const UploadAccess *access)
{
    UploadRun *run = upload_set_find(&ports->set, access->entry.region,
                                     access->entry.offset);

    if (run && run->up.accesses <= UPLOAD_PORT_SURE) {
        upload_set_drop(&ports->set, run);
    }
}

void upload_ports_forget(UploadPorts *ports, const UploadAccess *access)
{
    UploadRun *run = upload_set_find(&ports->set, access->entry.region,
                                     access->entry.offset);

    if (run) {
        upload_set_drop(&ports->set, run);
    }
}

void upload_ports_wrote(UploadPorts *ports, const UploadAccess *access)
{
    uint64_t i = ports->n_writes++ % UPLOAD_WRITES_BETWEEN;

    ports->writes[i].region = access->entry.region;
    ports->writes[i].near.offset = access->entry.offset;
    ports->writes[i].near.value = access->entry.value;
    ports->writes[i].near.width = MIN(access->entry.width, 8);
}

void upload_ports_free(UploadPorts *ports)
{
    if (ports) {
        upload_set_clear(&ports->set);
        g_free(ports);
    }
}
