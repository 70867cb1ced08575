/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: takes a PCI device from its driver, and gives it back
 *
 * Both use only the kernel's files (Documentation/ABI/testing/sysfs-bus-pci).
 * A BindState has the device's original state; it outlives the process in the
 * session's file.  The device can be given back from any state, so this also
 * works after taking or giving back was interrupted at any point.
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
    BIND_ERROR_HELD,    /* a program has it open: try again when that ended */
    BIND_ERROR_BACK,    /* its original state could not be restored */
} BindError;

/**
 * struct BindState: original state of a device
 * @bdf: its address
 * @driver: the driver that had it, or NULL
 * @module: that driver's module, or NULL
 * @driver_override: its driver override, or NULL
 * @power_control: "on" or "auto", or NULL if not known
 * @command: the command register
 * @command_known: @command could be read
 * @enabled: the kernel's enable count, or -1 if not known
 */
typedef struct BindState {
    char *bdf;
    char *driver;
    char *module;
    char *driver_override;
    char *power_control;
    uint16_t command;
    bool command_known;
    int enabled;
} BindState;

/**
 * typedef BindSay: callback for messages
 * @opaque: as passed along with the callback
 * @text: one line, without a newline
 */
typedef void BindSay(void *opaque, const char *text);

/**
 * bind_say() - pass a message to a callback
 * @say: the callback
 * @opaque: for @say
 * @fmt: the message, without a newline
 */
void bind_say(BindSay *say, void *opaque, const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/**
 * bind_state_of() - record the state of a device
 * @dev: the device
 *
 * Return: its state, to be freed
 */
BindState *bind_state_of(const HostPci *dev);

/**
 * bind_load_driver() - load vfio-pci unless it is loaded
 * @root: as in host/pci.h
 * @error: where to store why not
 */
bool bind_load_driver(const char *root, GError **error);

/**
 * bind_take() - bind a device to vfio-pci
 * @root: as in host/pci.h
 * @state: the device's current state
 * @error: where to store why not
 *
 * A device that is bound to a VFIO driver already is not changed.  After a
 * failure the caller must give the device back.
 */
bool bind_take(const char *root, const BindState *state, GError **error);

/**
 * bind_give_back() - restore the original state of a device
 * @root: as in host/pci.h
 * @state: the original state
 * @say: called with messages for the user
 * @opaque: for @say
 * @error: where to store why not
 *
 * Bus mastering is switched off while the device has no driver, so that the DMA
 * that the guest has left set up can't write into the host's memory.  A device
 * that was unplugged, or that another program has bound to another driver, is
 * not touched.
 */
bool bind_give_back(const char *root, const BindState *state, BindSay *say,
                    void *opaque, GError **error);

/**
 * bind_state_free() - free a device's state
 * @state: the state, or NULL
 */
void bind_state_free(BindState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BindState, bind_state_free)

#endif /* VFIO_TRACE_BIND_H */
