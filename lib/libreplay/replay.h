/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: a device that answers as a log says
 *
 * A log is learnt access by access.  It then is two things:
 *
 * - the path: all accesses in their order.  What the driver does is looked for
 *   on the path, near the place where the driver is.
 * - a model of each register: bits that never change, bits that are what was
 *   written last, bits that a written 1 clears, counters.  It answers where the
 *   path does not.
 *
 * A driver may poll more often or less often than the log's did, may leave out
 * reads, and its threads may run in another order.  An access that is not on
 * the path near the driver's place is a departure; the model answers it.  If
 * the driver has gone to another place of the path, it is found there after a
 * few accesses.
 *
 * A log and a driver may contain anything: memory is bounded by the log's
 * number of accesses, and the time of an access does not grow with it, except
 * for binary searches.
 */
#ifndef LIBREPLAY_REPLAY_H
#define LIBREPLAY_REPLAY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Most accesses that are learnt: 36 bytes each, and 80 for each register */
#define REPLAY_STEPS_MAX (1u << 26)

/* Most interrupts and so on that are learnt */
#define REPLAY_EVENTS_MAX (1u << 22)

/* Regions have numbers less than this, for example those of VFIO. */
#define REPLAY_REGIONS 16

/* Offsets are less than this. */
#define REPLAY_OFFSET_MAX (1ull << 56)

/* Departures that are kept; the others are counted. */
#define REPLAY_DEPARTURES 16

/* There is no such step. */
#define REPLAY_NO_STEP UINT32_MAX

/**
 * struct ReplayAccess: an access, of the log or of the driver
 * @offset: in the region
 * @value: that was read or written
 * @ns: time in nanoseconds; only differences count
 * @line: its line in the log; 0 for an access of the driver
 * @cpu: processor, in the log; any number
 * @region: number of the region
 * @width: 1, 2, 4 or 8
 * @write: is it a write?
 */
typedef struct ReplayAccess {
    uint64_t offset;
    uint64_t value;
    uint64_t ns;
    uint64_t line;
    uint32_t cpu;
    uint8_t region;
    uint8_t width;
    bool write;
} ReplayAccess;

/**
 * enum ReplayOutcome: what an access of the driver was
 */
typedef enum ReplayOutcome {
    REPLAY_ON_PATH,
    REPLAY_REPEATED,    /* once more than in the log: a longer poll */
    REPLAY_OTHER_VALUE, /* on the path, but another value was written */
    REPLAY_AFTER_END,   /* the log has ended */
    REPLAY_DEPARTED,    /* not on the path */
    REPLAY_OUTCOMES,
} ReplayOutcome;

/**
 * enum ReplayEventKind: what the device does by itself
 */
typedef enum ReplayEventKind {
    REPLAY_EVENT_INTX,  /* @number: 0 to 3 for A to D, @level: 0 or 1 */
    REPLAY_EVENT_MSI,   /* @number: the vector */
    REPLAY_EVENT_MSIX,
    REPLAY_EVENT_USER,  /* @number: the caller's */
} ReplayEventKind;

/**
 * struct ReplayEvent: something that the device did
 * @kind: ReplayEventKind
 * @level: of REPLAY_EVENT_INTX
 * @number: see ReplayEventKind
 * @step: the step that it came after; REPLAY_NO_STEP if before all
 * @ns: time in the log
 */
typedef struct ReplayEvent {
    uint8_t kind;
    uint8_t level;
    uint32_t number;
    uint32_t step;
    uint64_t ns;
} ReplayEvent;

/**
 * struct ReplayDeparture: an access that was not on the path
 * @access: the access, of a read with the value that the model gave
 * @before: the last step of the path that the driver had reached, or
 *          REPLAY_NO_STEP
 * @after: the first step that it had not reached, or REPLAY_NO_STEP
 * @number: number of the driver's accesses before this one
 */
typedef struct ReplayDeparture {
    ReplayAccess access;
    uint32_t before;
    uint32_t after;
    uint64_t number;
} ReplayDeparture;

/**
 * struct ReplayTotals: what has happened so far
 * @steps: accesses that were learnt
 * @registers: registers that were learnt
 * @events: events that were learnt
 * @bytes: memory for all of that
 * @accesses: the driver's accesses
 * @outcomes: how many of them had which outcome
 * @skipped_reads: steps that the driver has left out
 * @skipped_writes: the same
 * @resyncs: the driver was found at another place of the path
 * @rewinds: the driver has begun again, after a reset or the log's end
 * @reached: steps up to the last one that the driver has reached
 */
typedef struct ReplayTotals {
    uint64_t steps;
    uint64_t registers;
    uint64_t events;
    uint64_t bytes;
    uint64_t accesses;
    uint64_t outcomes[REPLAY_OUTCOMES];
    uint64_t skipped_reads;
    uint64_t skipped_writes;
    uint64_t resyncs;
    uint64_t rewinds;
    uint64_t reached;
} ReplayTotals;

typedef struct Replay Replay;

/**
 * replay_new() - make an empty model
 */
Replay *replay_new(void);

/**
 * replay_free() - free a model
 * @replay: the model, or NULL
 */
void replay_free(Replay *replay);

/**
 * replay_learn() - learn the log's next access
 * @replay: a model that is not ready yet
 * @access: the access
 * @error: where to store why it was not learnt
 *
 * Return: whether it was learnt
 */
bool replay_learn(Replay *replay, const ReplayAccess *access, GError **error);

/**
 * replay_learn_start() - the driver may begin here: a reset, a mark
 * @replay: a model that is not ready yet
 */
void replay_learn_start(Replay *replay);

/**
 * replay_learn_event() - learn what the device does here
 * @replay: a model that is not ready yet
 * @event: the event; its step is set
 *
 * Return: false if there are too many
 */
bool replay_learn_event(Replay *replay, const ReplayEvent *event);

/**
 * replay_leave_out() - forget accesses that something else answers
 * @replay: a model that is not ready yet
 * @region: the region
 * @first: offset of the first byte, for example of the MSI-X table
 * @last: offset of the last one
 */
void replay_leave_out(Replay *replay, unsigned region, uint64_t first,
                      uint64_t last);

/**
 * replay_ready() - all was learnt
 * @replay: the model, which can be asked from now on
 */
void replay_ready(Replay *replay);

/**
 * replay_access() - an access of the driver
 * @replay: a model that is ready
 * @access: the access; the value of a read is set
 *
 * An access with a wrong region, width or offset is a departure, as one to a
 * register that the log does not have.
 *
 * Return: what it was
 */
ReplayOutcome replay_access(Replay *replay, ReplayAccess *access);

/**
 * replay_last_step() - get the step that the driver's last access was
 * @replay: a model that is ready
 *
 * Return: its number; REPLAY_NO_STEP if it was none
 */
uint32_t replay_last_step(const Replay *replay);

/**
 * replay_loads() - how often has the driver gone back to the log's begin?
 * @replay: a model that is ready
 *
 * Without a reset: at the log's end.
 */
uint32_t replay_loads(const Replay *replay);

/**
 * replay_reset() - the device is reset
 * @replay: a model that is ready
 *
 * The next access decides where on the path the driver begins again: at the
 * next place where the log's did, or at the log's begin, or at another one.
 * INTx is low then.
 */
void replay_reset(Replay *replay);

/**
 * replay_event() - get the next thing that the device does by itself
 * @replay: a model that is ready
 * @now: the time, by the clock of ReplayAccess.ns
 * @due: where to store when it is to be done
 *
 * Return: the event, if it is to be done after the driver's last access or
 *         later; NULL if there is none before the driver goes on
 */
const ReplayEvent *replay_event(Replay *replay, uint64_t now, uint64_t *due);

/**
 * replay_event_done() - the event was done, or can't be
 * @replay: the model
 */
void replay_event_done(Replay *replay);

/**
 * replay_step() - get an access of the log
 * @replay: the model
 * @step: its number, from 0 up
 * @access: where to store it
 *
 * Return: false if there is none
 */
bool replay_step(const Replay *replay, uint32_t step, ReplayAccess *access);

/**
 * replay_departures() - get the first departures
 * @replay: the model
 * @n: where to store how many there are, at most REPLAY_DEPARTURES
 */
const ReplayDeparture *replay_departures(const Replay *replay, unsigned *n);

/**
 * replay_departure_text() - describe a departure in one line
 * @replay: the model
 * @departure: the departure
 *
 * Return: the text, printable, without a newline, to be freed
 */
char *replay_departure_text(const Replay *replay,
                            const ReplayDeparture *departure);

/**
 * replay_outcome_name() - get the name of an outcome: "on-path"
 * @outcome: the outcome
 */
const char *replay_outcome_name(ReplayOutcome outcome);

/**
 * replay_totals() - get what has happened so far
 * @replay: the model
 * @totals: where to store it
 */
void replay_totals(const Replay *replay, ReplayTotals *totals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Replay, replay_free)

#endif /* LIBREPLAY_REPLAY_H */
