/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to vcd: value changes
 *
 * A VCD file begins with the declarations of all signals, and a trace tells its
 * registers one by one.  So the changes go to a temporary file, and are copied
 * behind the declarations at the end.
 */
#ifndef VFIO_TRACE_EXPORT_VCD_OUT_H
#define VFIO_TRACE_EXPORT_VCD_OUT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Characters of a signal's identifier code, with the NUL */
#define VCD_ID_MAX 8

/**
 * struct VcdSignal: a signal
 * @number: its number, from which its identifier code is made
 * @valid: it has a value
 * @value: its value
 * @bits: the most bits that a value has needed, or may need
 */
typedef struct VcdSignal {
    uint32_t number;
    bool valid;
    uint64_t value;
    unsigned bits;
} VcdSignal;

typedef struct VcdOut VcdOut;

/**
 * vcd_out_new() - begin
 * @error: where to store why the temporary file can't be made
 *
 * Return: the output, to be freed with vcd_out_free(), or NULL
 */
VcdOut *vcd_out_new(GError **error);

void vcd_out_free(VcdOut *out);

/**
 * vcd_out_signal() - make a signal
 * @out: the output
 * @bits: bits of its values, at least 1
 */
VcdSignal vcd_out_signal(VcdOut *out, unsigned bits);

/**
 * vcd_out_id() - get the identifier code of a signal
 * @signal: the signal
 * @id: where to store it
 */
void vcd_out_id(const VcdSignal *signal, char id[VCD_ID_MAX]);

/**
 * vcd_out_time() - set the time of the changes that follow
 * @out: the output
 * @ns: the time; if it is not after the last one, the nanosecond after that
 *      counts, so that each event can be seen
 */
void vcd_out_time(VcdOut *out, uint64_t ns);

/**
 * vcd_out_first() - get the time of the first changes
 * @out: the output
 *
 * Return: the time, or 0 if there is none
 */
uint64_t vcd_out_first(const VcdOut *out);

/**
 * vcd_out_moved() - count times that were moved by more than a microsecond
 * @out: the output
 */
uint64_t vcd_out_moved(const VcdOut *out);

/**
 * vcd_out_value() - change a signal
 * @out: the output
 * @signal: the signal
 * @value: its value; nothing is written if it has it already
 */
void vcd_out_value(VcdOut *out, VcdSignal *signal, uint64_t value);

/**
 * vcd_out_unknown() - let a signal have no value
 * @out: the output
 * @signal: the signal
 */
void vcd_out_unknown(VcdOut *out, VcdSignal *signal);

/**
 * vcd_out_text() - change a signal of type string
 * @out: the output
 * @signal: the signal
 * @text: the text, any bytes but NUL
 */
void vcd_out_text(VcdOut *out, const VcdSignal *signal, const char *text);

/**
 * vcd_out_check() - have the changes been written so far?
 * @out: the output
 * @error: where to store why not; errno is that of the write that failed
 */
bool vcd_out_check(const VcdOut *out, GError **error);

/**
 * vcd_out_copy() - write the changes, with a time behind the last one
 * @out: the output
 * @stream: where to write them
 * @error: where to store what is wrong with the temporary file
 */
bool vcd_out_copy(VcdOut *out, FILE *stream, GError **error);

#endif /* VFIO_TRACE_EXPORT_VCD_OUT_H */
