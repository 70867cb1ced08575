/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the replay of a log: a log, and a driver that does anything
 *
 * The input is a log up to a NUL, then what the driver does.  A log is learnt,
 * or there is a printable message.  The model answers the log's own accesses
 * with the log's values; whatever else a driver does, its outcomes add up, what
 * the device does by itself ends, and texts are printable.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <string.h>

#include "libreplay/log.h"
#include "scratch.h"

#define STEPS_MAX 512

/* Bytes of a piece of memory: a line has no more */
#define PIECE_MAX 512

/* The model for one access, beside a constant part */
#define BYTES_PER_STEP 1024
#define BYTES_AT_LEAST (1u << 20)

/**
 * struct Drive: a driver, with the replay of a log
 * @in: what it does
 * @log: the log
 * @ns: the time
 * @accesses: how many it has made
 */
typedef struct Drive {
    FuzzInput in;
    ReplayLog *log;
    uint64_t ns;
    uint64_t accesses;
} Drive;

static void check_text(const char *text)
{
    const char *p;

    fuzz_check(text && *text, "no text");
    for (p = text; *p; p++) {
        fuzz_check(g_ascii_isprint(*p) || (unsigned char)*p >= 0x80,
                   "character 0x%x", (unsigned char)*p);
    }
    fuzz_check(g_utf8_validate(text, -1, NULL), "%s", text);
}

/* Memory that the device shares: the driver has something like the log's. */
static void take_piece(Drive *drive, uint32_t number)
{
    uint8_t bytes[PIECE_MAX];
    ReplayPiece piece;
    uint64_t now;

    fuzz_check(replay_memory_piece(drive->log->memory, number, &piece),
               "piece %" PRIu32, number);
    fuzz_check(piece.len && piece.len <= sizeof(bytes), "%" PRIu32, piece.len);
    if (piece.device) {
        replay_memory_translate(drive->log->memory, &piece, bytes);
    } else {
        memcpy(bytes, piece.bytes, piece.len);
        bytes[fuzz_take(&drive->in, 2) % piece.len] ^=
            fuzz_take(&drive->in, 1);
        replay_memory_compare(drive->log->memory, &piece, bytes);
    }
    replay_memory_place(drive->log->memory, &piece, &now);
}

static void take_events(Drive *drive)
{
    const ReplayEvent *event;
    ReplayTotals totals;
    uint64_t due, n = 0;

    replay_totals(drive->log->replay, &totals);
    while ((event = replay_event(drive->log->replay, drive->ns, &due))) {
        fuzz_check(due >= drive->ns, "%" PRIu64 " ns", due);
        /* the log's, and one that sets the line right before them */
        fuzz_check(++n <= totals.events + 1, "%" PRIu64 " events", n);
        if (event->kind == REPLAY_EVENT_USER) {
            take_piece(drive, event->number);
        } else if (due > drive->ns + 1000000) {
            return;
        }
        replay_event_done(drive->log->replay);
    }
}

static void make_access(Drive *drive, ReplayAccess *access)
{
    uint64_t value = access->value;
    ReplayOutcome outcome;

    access->ns = drive->ns;
    outcome = replay_access(drive->log->replay, access);
    drive->accesses++;
    fuzz_check((int)outcome >= 0 && outcome < REPLAY_OUTCOMES, "%d",
               (int)outcome);
    fuzz_check(!access->write || access->width > 8 || access->width == 0 ||
               access->value <= value, "%" PRIx64, access->value);
    if (access->write) {
        replay_memory_wrote(drive->log->memory, access->region, access->offset,
                            access->width, value, access->value);
    }
    take_events(drive);
}

/* One that the log has, or nearly so; or anything */
static void drive_access(Drive *drive, unsigned op)
{
    ReplayAccess access = { 0 };
    ReplayTotals totals;

    replay_totals(drive->log->replay, &totals);
    if (op & 1 && totals.steps) {
        uint64_t step = op & 2 ? totals.reached + fuzz_take(&drive->in, 1) % 8
                               : fuzz_take(&drive->in, 2);

        replay_step(drive->log->replay, step % totals.steps, &access);
        access.value ^= op & 4 ? fuzz_take(&drive->in, 1) : 0;
        access.write ^= (op & 0x38) == 0x38;
    } else {
        access.region = fuzz_take(&drive->in, 1);
        access.offset = fuzz_take(&drive->in, op & 4 ? 8 : 1);
        access.width = op & 8 ? 1 << op % 4 : fuzz_take(&drive->in, 1);
        access.write = op & 16;
        access.value = fuzz_take(&drive->in, 4);
    }
    make_access(drive, &access);
}

static void drive_step(Drive *drive)
{
    unsigned op = fuzz_take(&drive->in, 1);

    drive->ns += op & 0x40 ? fuzz_take(&drive->in, 4) : op;
    if (op == 0xff) {
        replay_reset(drive->log->replay);
        replay_memory_forget(drive->log->memory);
    } else {
        drive_access(drive, op);
    }
}

/* The log's own driver finds what it had found. */
static void own_path(ReplayLog *log)
{
    ReplayAccess step;
    uint32_t i;

    for (i = 0; replay_step(log->replay, i, &step); i++) {
        ReplayAccess access = step;
        ReplayOutcome outcome;

        access.value = step.write ? step.value : ~step.value;
        outcome = replay_access(log->replay, &access);
        fuzz_check(outcome == REPLAY_ON_PATH, "step %" PRIu32 ": %s", i,
                   replay_outcome_name(outcome));
        fuzz_check(access.value == step.value,
                   "step %" PRIu32 ": 0x%" PRIx64 " for 0x%" PRIx64, i,
                   access.value, step.value);
    }
}

static void check_end(const Drive *drive)
{
    const ReplayDeparture *departures;
    ReplayTotals totals;
    uint64_t sum = 0;
    unsigned i, n;

    replay_totals(drive->log->replay, &totals);
    for (i = 0; i < REPLAY_OUTCOMES; i++) {
        sum += totals.outcomes[i];
    }
    fuzz_check(sum == totals.accesses && sum >= drive->accesses,
               "%" PRIu64 " of %" PRIu64, sum, drive->accesses);
    fuzz_check(totals.reached <= totals.steps, "%" PRIu64, totals.reached);
    fuzz_check(totals.bytes < BYTES_AT_LEAST +
                              BYTES_PER_STEP * (totals.steps + totals.events),
               "%" PRIu64 " bytes", totals.bytes);
    departures = replay_departures(drive->log->replay, &n);
    fuzz_check(n <= REPLAY_DEPARTURES &&
               n <= totals.outcomes[REPLAY_DEPARTED], "%u", n);
    for (i = 0; i < n; i++) {
        g_autofree char *text = replay_departure_text(drive->log->replay,
                                                      &departures[i]);

        check_text(text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, 0, size);
    size_t len = end ? (size_t)(end - data) : size;
    g_autoptr(ReplayLog) log = NULL;
    g_autoptr(GError) error = NULL;
    Drive drive = { .in = { data + len, size - len } };
    unsigned n;

    fuzz_take(&drive.in, 1);
    scratch_write(scratch_path("log"), data, len);
    log = replay_log_load(scratch_path("log"), NULL, &error);
    fuzz_check(!log == (error != NULL), "%s", error ? error->message : "");
    if (!log) {
        check_text(error->message);
        return 0;
    }
    check_text(*log->device ? log->device : "none");
    drive.log = log;
    if (fuzz_take(&drive.in, 1) & 1) {
        own_path(log);
        replay_reset(log->replay);
    }
    for (n = 0; drive.in.left && n < STEPS_MAX; n++) {
        drive_step(&drive);
    }
    take_events(&drive);
    check_end(&drive);
    return 0;
}
