/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: records to text
 *
 * The text is Linux's mmiotrace, version 20070824, as printed by
 * kernel/trace/trace_mmiotrace.c: field order, bases and the lowercase hex
 * are its.
 */
#ifndef LIBMMIOTRACE_FORMAT_H
#define LIBMMIOTRACE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/record.h"

#define MMT_VERSION_LINE "VERSION 20070824"

/* PCI Express's config space; the CPU accesses it so many bytes at a time. */
#define MMT_CONFIG_SIZE 4096u
#define MMT_CONFIG_WIDTH_MAX 4

/* BAR0 to BAR5 and the expansion ROM */
#define MMT_PCI_RESOURCES 7

/**
 * struct MmtPciDev: what a PCIDEV line says
 * @bus: bus number on the host; the format has no PCI domain
 * @devfn: device number << 3 | function
 * @vendor: vendor ID
 * @device: device ID
 * @irq: interrupt line as the host's kernel numbers it, or 0
 * @start: bus address of each resource | the low four bits of its BAR;
 *         0 where there is none
 * @size: bytes of each resource; 0 where there is none
 * @driver: name of the driver, or "" for none; no white space
 */
typedef struct MmtPciDev {
    uint8_t bus;
    uint8_t devfn;
    uint16_t vendor;
    uint16_t device;
    uint32_t irq;
    uint64_t start[MMT_PCI_RESOURCES];
    uint64_t size[MMT_PCI_RESOURCES];
    char driver[64];
} MmtPciDev;

/**
 * struct MmtFormatter: what has to be remembered from record to record
 * @extra: MmtExtra, what accesses have after the kernel's last field
 * @last_ns: the latest time printed: the log's clock never goes back, even
 *           where an access completed after one that was issued later
 * @text_len: bytes gathered in @text
 * @head: the MARK or LINE record whose text is being gathered
 * @text: the text of @head so far
 *
 * Zero-initialise it; @extra may be set then.  One thread at a time.
 */
typedef struct MmtFormatter {
    uint32_t extra;
    uint64_t last_ns;
    size_t text_len;
    MmtRecord head;
    char text[MMT_LINE_MAX];
} MmtFormatter;

/* Room that mmt_format() may need: a record and the marks of its flags. */
#define MMT_FORMAT_MAX (MMT_LINE_MAX + 512)

/**
 * mmt_format() - a slot as text
 * @fmt: the formatter
 * @slot: the slot, in the order of the ring
 * @buf: at least MMT_FORMAT_MAX bytes; not NUL-terminated
 *
 * A text's slots give nothing until the last one.
 *
 * Return: bytes written to @buf: whole lines, or 0
 */
size_t mmt_format(MmtFormatter *fmt, const MmtSlot *slot, char *buf);

/**
 * mmt_format_flags() - only the marks that mmt_format() puts behind an access
 * @fmt: the formatter
 * @rec: the access, whose line has been written already
 * @buf: at least MMT_FORMAT_MAX bytes; not NUL-terminated
 *
 * Return: bytes written to @buf: whole lines, or 0
 */
size_t mmt_format_flags(MmtFormatter *fmt, const MmtRecord *rec, char *buf);

/* Room for the names of all MmtExtra, joined, and a final NUL */
#define MMT_EXTRA_NAMES_MAX 32

/**
 * mmt_extra_to_names() - what extra fields are called
 * @extra: MmtExtra
 * @buf: at least MMT_EXTRA_NAMES_MAX bytes; gets the names, joined by "+"
 *
 * Return: @buf
 */
const char *mmt_extra_to_names(uint32_t extra, char *buf);

/**
 * mmt_extra_from_names() - extra fields by their names
 * @names: the names, joined by "+" in any order; nothing if there are none
 * @len: bytes of @names
 * @extra: where to store the MmtExtra
 *
 * Return: true, or false if there is a name that no field has
 */
bool mmt_extra_from_names(const char *names, size_t len, uint32_t *extra);

/**
 * mmt_format_pcidev() - a PCIDEV line
 * @dev: the device
 * @buf: at least MMT_LINE_MAX bytes; gets the line without a newline and
 *       with a final NUL
 *
 * Return: length of the line
 */
size_t mmt_format_pcidev(const MmtPciDev *dev, char *buf);

/**
 * mmt_mark_sanitize() - make text fit for a MARK line
 * @text: any bytes
 * @len: their number
 * @buf: at least MMT_MARK_MAX + 1 bytes; gets the text with a final NUL
 *
 * Control characters (a newline would forge a line), what else is not printable
 * (printable.h) and bytes that are not valid UTF-8 become '?', and the text ends
 * after MMT_MARK_MAX bytes at the latest, never within a character.
 *
 * Return: length of the result
 */
size_t mmt_mark_sanitize(const char *text, size_t len, char *buf);

#endif /* LIBMMIOTRACE_FORMAT_H */
