/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: take a PCI device from its driver, and give it back
 *
 * Both go through the kernel's files alone (Documentation/ABI/testing/
 * sysfs-bus-pci).  What a device was like is kept in a BindState, which
 * outlives the process in a session's file; giving back starts from whatever
 * state the device is in, so that it can follow a taking that was cut short
 * anywhere, or another giving back.
 */
#ifndef VFIO_TRACE_BIND_H
#define VFIO_TRACE_BIND_H

#include "tools/host/pci.h"

/* The driver that devices are given to */
#define BIND_DRIVER "vfio-pci"

#define BIND_ERROR bind_error_quark()

/**
 * bind_error_quark() - the domain of the errors below
 */
GQuark bind_error_quark(void);

typedef enum BindError {
    BIND_ERROR_TAKE,    /* the device could not be taken */
    BIND_ERROR_HELD,    /* a program has it open: try again when it has gone */
    BIND_ERROR_BACK,    /* it could not be given back as it was */
} BindError;

/**
 * struct BindState: what a device was like
 * @bdf: its address
 * @driver: the driver that had it, or NULL
 * @module: that driver's module, or NULL
 * @driver_override: or NULL
 * @power_control: "on" or "auto", or NULL if that is not known
 * @command: the command register
 * @command_known: it could be read
 * @enabled: the kernel's count of who has enabled it
 */
typedef struct BindState {
    char *bdf;
    char *driver;
    char *module;
    char *driver_override;
    char *power_control;
    uint16_t command;
    bool command_known;
    unsigned enabled;
} BindState;

/**
 * typedef BindSay: be told what is going on
 * @opaque: as given
 * @text: a line without newline
 */
typedef void BindSay(void *opaque, const char *text);

/**
 * bind_say() - tell what is going on
 * @say: who is to be told
 * @opaque: for @say
 * @fmt: what, without a newline
 */
void bind_say(BindSay *say, void *opaque, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * bind_state_of() - remember what a device is like
 * @dev: the device
 *
 * Return: its state, to be freed
 */
BindState *bind_state_of(const HostPci *dev);

/**
 * bind_load_driver() - have vfio-pci loaded
 * @root: as in host/pci.h
 * @error: where to store why not
 */
bool bind_load_driver(const char *root, GError **error);

/**
 * bind_take() - give a device to vfio-pci
 * @root: as in host/pci.h
 * @state: the device as it is
 * @error: where to store why not
 *
 * One that a VFIO driver has already is left as it is.  After a failure the
 * device is to be given back.
 */
bool bind_take(const char *root, const BindState *state, GError **error);

/**
 * bind_give_back() - put a device back into the state that it was in
 * @root: as in host/pci.h
 * @state: that state
 * @say: called with what the user should know
 * @opaque: for @say
 * @error: where to store why not
 *
 * Its bus mastering is switched off while no driver has it, so that what the
 * guest has left in it can't write into the host's memory.  A device that was
 * unplugged, or that somebody else has given to another driver, is not touched.
 */
bool bind_give_back(const char *root, const BindState *state, BindSay *say,
                    void *opaque, GError **error);

/**
 * bind_state_free() - forget a device's state
 * @state: the state, or NULL
 */
void bind_state_free(BindState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BindState, bind_state_free)

#endif /* VFIO_TRACE_BIND_H */
