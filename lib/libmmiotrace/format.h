/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: formatter of records as text
 *
 * The text is Linux's mmiotrace, version 20070824, with the field order, bases
 * and lowercase hex of kernel/trace/trace_mmiotrace.c.
 */
#ifndef LIBMMIOTRACE_FORMAT_H
#define LIBMMIOTRACE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmmiotrace/record.h"

#define MMT_VERSION_LINE "VERSION 20070824"

/* Bytes of PCI Express's config space, and of one access to it at most */
#define MMT_CONFIG_SIZE 4096u
#define MMT_CONFIG_WIDTH_MAX 4

/* BAR0 to BAR5 and the expansion ROM */
#define MMT_PCI_RESOURCES 7

/**
 * struct MmtPciDev: contents of a PCIDEV line
 * @bus: bus number on the host; the format has no PCI domain
 * @devfn: device number << 3 | function
 * @vendor: vendor ID
 * @device: device ID
 * @irq: interrupt line as the host's kernel numbers it, or 0
 * @start: bus address of each resource | the low four bits of its BAR; 0 if
 *         the device does not have that resource
 * @size: bytes of each resource; 0 if the device does not have it
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
 * struct MmtFormatter: state that is kept from record to record
 * @extra: MmtExtra, the fields of accesses after the kernel's last field; such
 *         that mmt_extra_fits()
 * @last_ns: the latest time printed: the log's clock never goes back, even
 *           if an access completed after one that was issued later
 * @text_len: bytes collected in @text
 * @head: the MARK or LINE record whose text is being collected
 * @text: the text of @head so far
 *
 * Initialise it with zeros, then set @extra.  One thread at a time.
 */
typedef struct MmtFormatter {
    uint32_t extra;
    uint64_t last_ns;
    size_t text_len;
    MmtRecord head;
    char text[MMT_LINE_MAX];
} MmtFormatter;

/* Bytes that mmt_format() may write: a record and the marks of its flags. */
#define MMT_FORMAT_MAX (MMT_LINE_MAX + 512)

/**
 * mmt_format() - format a slot as text
 * @fmt: the formatter
 * @slot: the slot; slots must be passed in the order of the ring
 * @buf: at least MMT_FORMAT_MAX bytes; not NUL-terminated
 *
 * The slots of a text are formatted when the last one is passed.
 *
 * Return: bytes written to @buf: whole lines, or 0
 */
size_t mmt_format(MmtFormatter *fmt, const MmtSlot *slot, char *buf);

/**
 * mmt_format_flags() - format only the marks that mmt_format() puts after it
 * @fmt: the formatter
 * @rec: the access, whose line has been written already
 * @buf: at least MMT_FORMAT_MAX bytes; not NUL-terminated
 *
 * Return: bytes written to @buf: whole lines, or 0
 */
size_t mmt_format_flags(MmtFormatter *fmt, const MmtRecord *rec, char *buf);

/* Bytes for the names of all MmtExtra, joined, and a final NUL */
#define MMT_EXTRA_NAMES_MAX 64

/**
 * mmt_extra_to_names() - get the names of extra fields
 * @extra: MmtExtra
 * @buf: at least MMT_EXTRA_NAMES_MAX bytes; gets the names, joined by "+"
 *
 * Return: @buf
 */
const char *mmt_extra_to_names(uint32_t extra, char *buf);

/**
 * mmt_extra_from_names() - get extra fields by their names
 * @names: the names, joined by "+" in any order; empty for no fields
 * @len: bytes of @names
 * @extra: where to store the MmtExtra
 *
 * Return: true, or false if a name is unknown
 */
bool mmt_extra_from_names(const char *names, size_t len, uint32_t *extra);

/**
 * mmt_format_pcidev() - format a PCIDEV line
 * @dev: the device
 * @buf: at least MMT_LINE_MAX bytes; gets the line without a newline and
 *       with a final NUL
 *
 * Return: length of the line
 */
size_t mmt_format_pcidev(const MmtPciDev *dev, char *buf);

/**
 * mmt_mark_sanitize() - make text valid for a MARK line
 * @text: any bytes
 * @len: number of bytes
 * @buf: at least MMT_MARK_MAX + 1 bytes; gets the text with a final NUL
 *
 * Control characters (a newline would forge a line), other characters that are
 * not printable (printable.h) and bytes that are not valid UTF-8 become '?'.
 * The text is truncated to MMT_MARK_MAX bytes, never within a character.
 *
 * Return: length of the result
 */
size_t mmt_mark_sanitize(const char *text, size_t len, char *buf);

#endif /* LIBMMIOTRACE_FORMAT_H */
