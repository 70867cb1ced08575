/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: libmmiotrace, the gate between accesses and changes, with many
 * accesses and changes at once
 *
 * Threads are vCPUs that access two devices.  A device's memory is a page of a
 * file; while the device is unreachable, the file is empty: an access is a
 * SIGBUS then, as with an mmap that VFIO has zapped.  What is accessed in the
 * gate or under the big lock with the gate closed is neither atomic nor
 * volatile, so that TSan (b_sanitize=thread) reports two who are there at once.
 */
#include "libmmiotrace/gate.h"
#include "libmmiotrace/ring.h"

#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOTS   1024
#define VCPUS   4
#define EACH    50000u
#define DEVICES 2
#define GROUP   3               /* marks that stay together */
#define PAGE    65536           /* the largest that a processor has */
#define PAUSE   40              /* accesses between two changes */

/**
 * struct Device: a device with a page of memory
 * @fd: the file behind the page
 * @page: the page; its first word counts the accesses since the file has it
 * @since: the same number
 * @reachable: the file has the page
 * @seen: accesses that the device has seen, reachable or not
 */
typedef struct Device {
    int fd;
    uint64_t *page;
    uint64_t since;
    bool reachable;
    uint64_t seen;
} Device;

/**
 * struct Machine: what the threads share
 * @bql: the big lock
 * @gate: the gate
 * @ring: the log
 * @device: the devices
 * @seen: accesses that all devices have seen
 * @late: accesses in the gate that saw somebody waiting to close it
 * @made: accesses, for those who wait for some; atomic
 * @running: vCPUs that have not ended; atomic
 */
typedef struct Machine {
    pthread_mutex_t bql;
    MmtGate gate;
    MmtRing *ring;
    Device device[DEVICES];
    uint64_t seen;
    unsigned late;
    uint64_t made;
    int running;
} Machine;

/**
 * struct Vcpu: a thread that makes accesses
 * @takes_bql: it takes the big lock for each, like one of TCG
 * @gated: accesses that were made in the gate; @others: under the big lock
 */
typedef struct Vcpu {
    pthread_t thread;
    Machine *machine;
    unsigned index;
    bool takes_bql;
    uint64_t gated;
    uint64_t others;
} Vcpu;

/* --- devices -------------------------------------------------------------- */

static void device_reach(Device *dev)
{
    g_assert_cmpint(ftruncate(dev->fd, PAGE), ==, 0);
    dev->since = 0;
    dev->reachable = true;
}

static void device_zap(Device *dev)
{
    dev->reachable = false;
    g_assert_cmpint(ftruncate(dev->fd, 0), ==, 0);
}

static void device_new(Device *dev)
{
    dev->fd = memfd_create("device", MFD_CLOEXEC);
    g_assert_cmpint(dev->fd, >=, 0);
    dev->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd,
                     0);
    g_assert_true(dev->page != MAP_FAILED);
    device_reach(dev);
}

static void device_free(Device *dev)
{
    munmap(dev->page, PAGE);
    close(dev->fd);
}

static void device_access(Device *dev)
{
    if (dev->reachable) {
        g_assert_cmpuint(++*dev->page, ==, ++dev->since);
    }
}

/* --- vCPUs ---------------------------------------------------------------- */

/* Make an access.  The caller is alone; false if the ring has no room. */
static bool make_access(Machine *m, unsigned cpu, uint64_t i)
{
    unsigned id = (cpu + i / 3) % DEVICES;
    Device *dev = &m->device[id];
    MmtRecord rec = { .kind = MMT_KIND_READ, .cpu = cpu, .map_id = id };
    MmtSlot *slot;
    uint64_t pos;

    if (!mmt_ring_reserve(m->ring, 1, &pos)) {
        return false;
    }
    slot = mmt_ring_slot(m->ring, pos);
    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, MMT_STATE_PENDING);
    device_access(dev);
    if (i % 16 == 0) {
        /* A slow device: meanwhile, others come. */
        sched_yield();
    }
    slot->rec.arg = i;
    slot->rec.addr = dev->seen++;
    slot->rec.value = m->seen++;
    mmt_slot_publish(slot, MMT_STATE_READY);
    __atomic_fetch_add(&m->made, 1, __ATOMIC_RELAXED);
    return true;
}

typedef enum Outcome {
    MADE,
    NO_ROOM,
    NOT_HERE,                   /* closed, or the device is unreachable */
} Outcome;

static Outcome access_in_gate(Machine *m, unsigned cpu, uint64_t i)
{
    bool made;

    if (!mmt_gate_enter(&m->gate)) {
        return NOT_HERE;
    }
    if (!m->device[(cpu + i / 3) % DEVICES].reachable) {
        mmt_gate_leave(&m->gate);
        return NOT_HERE;
    }
    made = make_access(m, cpu, i);
    /* Those who come after one that saw this see it as well. */
    m->late += !!__atomic_load_n(&m->gate.closed, __ATOMIC_RELAXED);
    g_assert_cmpuint(m->late, <=, 1);
    mmt_gate_leave(&m->gate);
    return made ? MADE : NO_ROOM;
}

static void close_gate(Machine *m)
{
    mmt_gate_close(&m->gate);
    m->late = 0;
}

/* Under the big lock */
static bool access_alone(Vcpu *vcpu, uint64_t i)
{
    Machine *m = vcpu->machine;
    Outcome outcome = access_in_gate(m, vcpu->index, i);
    bool made;

    if (outcome != NOT_HERE) {
        vcpu->gated += outcome == MADE;
        return outcome == MADE;
    }
    close_gate(m);
    made = make_access(m, vcpu->index, i);
    mmt_gate_open(&m->gate);
    vcpu->others += made;
    return made;
}

static bool vcpu_access(Vcpu *vcpu, uint64_t i)
{
    Machine *m = vcpu->machine;
    bool made;

    if (!vcpu->takes_bql) {
        Outcome outcome = access_in_gate(m, vcpu->index, i);

        if (outcome != NOT_HERE) {
            vcpu->gated += outcome == MADE;
            return outcome == MADE;
        }
    }
    pthread_mutex_lock(&m->bql);
    made = access_alone(vcpu, i);
    pthread_mutex_unlock(&m->bql);
    return made;
}

static void *vcpu_thread(void *opaque)
{
    Vcpu *vcpu = opaque;
    uint64_t i;

    for (i = 0; i < EACH; i++) {
        while (!vcpu_access(vcpu, i)) {
            sched_yield();
        }
    }
    __atomic_fetch_sub(&vcpu->machine->running, 1, __ATOMIC_RELEASE);
    return NULL;
}

/* --- changes -------------------------------------------------------------- */

static void put_group(Machine *m, uint64_t group)
{
    MmtRecord rec = { .kind = MMT_KIND_MARK, .cpu = MMT_CPU_NONE,
                      .value = group };

    for (rec.addr = 0; rec.addr < GROUP; rec.addr++) {
        while (!mmt_ring_put_text(m->ring, &rec, "mark", 4)) {
            sched_yield();
        }
    }
}

/* Under the big lock, which is released meanwhile each fifth time. */
static void change(Machine *m, uint64_t n)
{
    Device *dev = &m->device[n / 2 % DEVICES];

    close_gate(m);
    if (n % 5 == 0) {
        pthread_mutex_unlock(&m->bql);
        sched_yield();
        pthread_mutex_lock(&m->bql);
    }
    if (n % 3 == 0) {
        close_gate(m);
        put_group(m, n);
        mmt_gate_open(&m->gate);
    } else {
        put_group(m, n);
    }
    g_assert_true(mmt_gate_is_closed(&m->gate));
    if (dev->reachable) {
        device_zap(dev);
    } else {
        device_reach(dev);
    }
    mmt_gate_open(&m->gate);
}

static void *changer_thread(void *opaque)
{
    Machine *m = opaque;
    uint64_t n = 0;

    while (__atomic_load_n(&m->running, __ATOMIC_ACQUIRE)) {
        uint64_t made = __atomic_load_n(&m->made, __ATOMIC_RELAXED);

        pthread_mutex_lock(&m->bql);
        change(m, n++);
        pthread_mutex_unlock(&m->bql);
        while (__atomic_load_n(&m->running, __ATOMIC_ACQUIRE) &&
               __atomic_load_n(&m->made, __ATOMIC_RELAXED) < made + PAUSE) {
            sched_yield();
        }
    }
    g_test_message("%" G_GUINT64_FORMAT " changes", n);
    return NULL;
}

/* --- the log -------------------------------------------------------------- */

/**
 * struct Seen: what must come next in the log
 * @seen: of all devices
 * @device: of each device
 * @cpu: of each vCPU
 * @group: the group of marks; @mark: its next one, 0 between two groups
 */
typedef struct Seen {
    uint64_t seen;
    uint64_t device[DEVICES];
    uint64_t cpu[VCPUS];
    uint64_t group;
    unsigned mark;
} Seen;

static void see(Seen *s, const MmtRecord *rec)
{
    switch (rec->kind) {
    case MMT_KIND_TEXT:
        break;
    case MMT_KIND_MARK:
        g_assert_cmpuint(rec->value, ==, s->group);
        g_assert_cmpuint(rec->addr, ==, s->mark);
        s->mark = (s->mark + 1) % GROUP;
        s->group += !s->mark;
        break;
    default:
        g_assert_cmpint(rec->kind, ==, MMT_KIND_READ);
        g_assert_cmpuint(s->mark, ==, 0);
        g_assert_cmpuint(rec->value, ==, s->seen++);
        g_assert_cmpuint(rec->addr, ==, s->device[rec->map_id]++);
        g_assert_cmpuint(rec->arg, ==, s->cpu[rec->cpu]++);
        break;
    }
}

static void read_log(Machine *m)
{
    Seen seen = { 0 };

    for (;;) {
        bool done = !__atomic_load_n(&m->running, __ATOMIC_ACQUIRE);
        const MmtSlot *slot;
        uint64_t n = 0;

        while (n < 32 && (slot = mmt_ring_peek(m->ring, m->ring->tail + n))) {
            see(&seen, &slot->rec);
            n++;
        }
        mmt_ring_consume(m->ring, n);
        if (!n) {
            if (done) {
                break;
            }
            sched_yield();
        }
    }
    g_assert_cmpuint(seen.seen, ==, VCPUS * EACH);
}

/* --- tests ---------------------------------------------------------------- */

static Machine *machine_new(void)
{
    Machine *m = g_new0(Machine, 1);
    unsigned i;

    pthread_mutex_init(&m->bql, NULL);
    mmt_gate_init(&m->gate);
    m->ring = mmt_ring_init(aligned_alloc(64, mmt_ring_bytes(SLOTS)), SLOTS);
    for (i = 0; i < DEVICES; i++) {
        device_new(&m->device[i]);
    }
    return m;
}

static void machine_free(Machine *m)
{
    unsigned i;

    for (i = 0; i < DEVICES; i++) {
        device_free(&m->device[i]);
    }
    free(m->ring);
    mmt_gate_destroy(&m->gate);
    pthread_mutex_destroy(&m->bql);
    g_free(m);
}

static void start(pthread_t *thread, void *(*func)(void *), void *opaque)
{
    g_assert_cmpint(pthread_create(thread, NULL, func, opaque), ==, 0);
}

static void run_stress(unsigned with_bql)
{
    Machine *m = machine_new();
    Vcpu vcpus[VCPUS];
    pthread_t changer;
    unsigned i;

    m->running = VCPUS;
    for (i = 0; i < VCPUS; i++) {
        vcpus[i] = (Vcpu) { .machine = m, .index = i,
                            .takes_bql = i < with_bql };
        start(&vcpus[i].thread, vcpu_thread, &vcpus[i]);
    }
    start(&changer, changer_thread, m);
    read_log(m);
    for (i = 0; i < VCPUS; i++) {
        pthread_join(vcpus[i].thread, NULL);
        g_assert_cmpuint(vcpus[i].gated + vcpus[i].others, ==, EACH);
        g_assert_cmpuint(vcpus[i].gated, >, 0);
        g_test_message("vCPU %u: %" G_GUINT64_FORMAT " in the gate", i,
                       vcpus[i].gated);
    }
    pthread_join(changer, NULL);
    machine_free(m);
}

static void test_stress(void)
{
    run_stress(1);
}

static void test_stress_bql(void)
{
    run_stress(VCPUS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gate/stress", test_stress);
    g_test_add_func("/gate/stress-bql", test_stress_bql);
    return g_test_run();
}
