/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the module that writes CTF
 *
 * Theory of operation
 *
 * Common Trace Format is written by babeltrace2's library, which few users have
 * installed: it is in a module, vfio-trace-ctf.so, that is loaded when it is
 * wanted.  The module knows nothing of traces of ours: it declares events with
 * fields of numbers and texts, and writes such events.
 *
 *      out = module->open(&head, &error);
 *      event = module->declare(out, "bar0:read", fields, n, &error);
 *      module->put(out, event, ns, values, &error);        (often)
 *      module->close(out, &error);
 *      module->free(out);
 *
 * An error ends it: after one, only free() may be called.
 */
#ifndef VFIO_TRACE_CTF_MODULE_H
#define VFIO_TRACE_CTF_MODULE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CTF_MODULE_FILE "vfio-trace-ctf.so"

/* Must be raised with every change of what is declared here */
#define CTF_MODULE_VERSION 1

/**
 * enum CtfType: what a field is
 */
typedef enum CtfType {
    CTF_TEXT,
    CTF_DECIMAL,    /* unsigned numbers; readers show them so */
    CTF_HEX,
} CtfType;

/**
 * struct CtfField: a field of an event
 * @name: an identifier of C that is no keyword of CTF's metadata
 * @type: CtfType
 * @bits: of a number: 8, 16, 32 or 64
 */
typedef struct CtfField {
    const char *name;
    CtfType type;
    unsigned bits;
} CtfField;

/**
 * union CtfValue: value of a field
 * @text: printable UTF-8
 * @number: a number that has no more than the field's bits
 */
typedef union CtfValue {
    const char *text;
    uint64_t number;
} CtfValue;

/**
 * struct CtfHead: what the metadata has
 * @path: the directory to write to, which exists and is empty
 * @env: environment: pairs of names (identifiers) and printable texts, NULL
 *       behind the last pair
 * @clock: description of the clock
 * @offset: nanoseconds of the epoch at which times are 0; -1 if not known
 */
typedef struct CtfHead {
    const char *path;
    const char *const *env;
    const char *clock;
    int64_t offset;
} CtfHead;

typedef struct CtfOut CtfOut;
typedef struct CtfEvent CtfEvent;

/**
 * struct CtfModule: functions of the module
 * @version: CTF_MODULE_VERSION
 * @open: begin; returns the output, or NULL with @error set
 * @declare: declare an event; it lives as long as the output.  NULL with @error
 *           set
 * @put: write an event, with the values of its fields in their order; @ns is
 *       not less than in the call before.  False with @error set
 * @close: complete the files; false with @error set
 * @free: free the output; files may be left in the directory, and in
 *        directories in it
 */
typedef struct CtfModule {
    int version;
    CtfOut *(*open)(const CtfHead *head, GError **error);
    const CtfEvent *(*declare)(CtfOut *out, const char *name,
                               const CtfField *fields, size_t n,
                               GError **error);
    bool (*put)(CtfOut *out, const CtfEvent *event, uint64_t ns,
                const CtfValue *values, GError **error);
    bool (*close)(CtfOut *out, GError **error);
    void (*free)(CtfOut *out);
} CtfModule;

/* The only symbol that the module exports */
extern const CtfModule vfio_trace_ctf;

/**
 * ctf_module_load() - load the module unless it is loaded
 * @error: where to store why not
 *
 * Return: the module, or NULL
 */
const CtfModule *ctf_module_load(GError **error);

#endif /* VFIO_TRACE_CTF_MODULE_H */
