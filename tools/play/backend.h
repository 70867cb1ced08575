/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: what a sequence is carried out on
 *
 * The engine (engine.h) knows a device only by these functions, so that tests
 * play on memory.
 *
 *     play.c         options of the verb
 *     plan.h         what is to be done
 *     device.c       does a sequence fit the host's device?
 *     ask.c          questions to the user
 *     take.c         takes the device, plays, gives it back
 *     job.h          what the engine is to do, and how it ended
 *     engine.c       walks through a sequence: loops, phases, time
 *     step.c         carries out one operation
 *     show.c         an operation as text
 *     say.c          the words for how a sequence ended
 *     log.c          what was done, as a trace
 *     log-memory.c   what was written to buffers, until it is logged
 *     buffers.c      files with the contents of buffers
 *     vfio.c         a device through VFIO
 *     vfio-group.c   opened by group and container, or
 *     vfio-iommufd.c by iommufd
 *     vfio-region.c  its regions
 *     vfio-memory.c  its buffers, mapped by the IOMMU
 *     vfio-irq.c     its interrupts
 *     iova.c         addresses for buffers
 *     stop.c         signals that ask this program to end
 *     error.c        errors
 */
#ifndef VFIO_TRACE_PLAY_BACKEND_H
#define VFIO_TRACE_PLAY_BACKEND_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define PLAY_ERROR play_error_quark()

/**
 * play_error_quark() - the domain of errors of 'vfio-trace play'
 */
GQuark play_error_quark(void);

/**
 * play_error() - set an error of this domain
 * @error: where to store it
 * @fmt: the message
 *
 * Return: false
 */
bool play_error(GError **error, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Result of waiting for an interrupt */
typedef enum PlayIrq {
    PLAY_IRQ_CAME,
    PLAY_IRQ_LATE,      /* not in time, or the user has asked to end */
    PLAY_IRQ_ERROR,
} PlayIrq;

/**
 * struct PlayBackend: a device
 * @irq_word: what a log calls its interrupts: "msix", "msi"; NULL: INTx
 * @read: read from a region; a BAR or SEQUENCE_REGION_*
 * @write: write to a region
 * @irq: wait for an interrupt, which may have come before, at most @ns
 * @sleep: wait, until the user asks to end at most
 * @stopped: has the user asked to end?
 * @now: CLOCK_MONOTONIC in nanoseconds
 * @address: address of a buffer for the device
 * @fill: write bytes to a buffer, before whatever is done next
 *
 * Regions, offsets, widths, vectors and numbers of buffers are those of a
 * sequence that passed sequence_check() and was checked against the device.
 */
typedef struct PlayBackend PlayBackend;
struct PlayBackend {
    const char *irq_word;
    bool (*read)(PlayBackend *backend, unsigned region, uint64_t offset,
                 unsigned width, uint64_t *value, GError **error);
    bool (*write)(PlayBackend *backend, unsigned region, uint64_t offset,
                  unsigned width, uint64_t value, GError **error);
    PlayIrq (*irq)(PlayBackend *backend, unsigned vector, uint64_t ns,
                   GError **error);
    void (*sleep)(PlayBackend *backend, uint64_t ns);
    bool (*stopped)(PlayBackend *backend);
    uint64_t (*now)(PlayBackend *backend);
    uint64_t (*address)(PlayBackend *backend, uint32_t buffer);
    void (*fill)(PlayBackend *backend, uint32_t buffer, uint64_t offset,
                 const void *bytes, size_t len);
};

#endif /* VFIO_TRACE_PLAY_BACKEND_H */
