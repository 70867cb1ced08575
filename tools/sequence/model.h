/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence, which is a trace compiled to operations
 *
 * The operations are a flat list in which a loop is followed by its body.  A
 * sequence is what the verb sequence makes of a trace, what its writers print
 * as JSON, C or Python, and what the verb play carries out on a device.
 */
#ifndef VFIO_TRACE_SEQUENCE_MODEL_H
#define VFIO_TRACE_SEQUENCE_MODEL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Most operations of a sequence: 160 bytes each */
#define SEQUENCE_OPS_MAX (1u << 22)

/* Bytes of SEQ_MEMORY that have no file */
#define SEQUENCE_DATA_MAX 4096

/* Loops around an operation */
#define SEQUENCE_DEPTH_MAX 3

/* SeqOp.region: VFIO's numbers, VFIO_PCI_BAR0_REGION_INDEX and so on */
#define SEQUENCE_REGION_ROM 6
#define SEQUENCE_REGION_CONFIG 7
#define SEQUENCE_REGION_VGA 8
#define SEQUENCE_REGIONS 9

/* SeqOp.buffer, .memory, .source, .file, .data, .text: there is none */
#define SEQUENCE_NONE UINT32_MAX

/**
 * typedef SeqKind - what an operation does
 * @SEQ_WRITE: write @value to a register or to config space; the address of
 *             @buffer instead, if it has one; what was read by @source and
 *             changed by and, or and add, if it has one
 * @SEQ_READ: read, and do not look at the value
 * @SEQ_CHECK: read, and compare the bits of @mask with @value
 * @SEQ_POLL: read until the bits of @mask are @value, or are not (@differs),
 *            at most @ns
 * @SEQ_DELAY: wait @ns
 * @SEQ_MARK: a mark of the user or of the guest: its text
 * @SEQ_UPLOAD: write the bytes of @file, @rounds accesses of @width; the offset
 *              grows by @stride[0], which is 0 for a port
 * @SEQ_IRQ: wait for an interrupt, at most @ns; @value: its vector.  As many as
 *           @rounds in a row are taken, if so many come.
 * @SEQ_LOOP: @rounds times the @body operations that follow
 * @SEQ_MEMORY: write bytes to the buffer @memory, as the driver did before it
 *              told the device: those of @data, or of @file
 * @SEQ_POINTER: write the address of @buffer to the buffer @memory: it is in a
 *               descriptor there, or in a list
 * @SEQ_NOTE: what could not be compiled here, and why: its text
 */
typedef enum SeqKind {
    SEQ_WRITE,
    SEQ_READ,
    SEQ_CHECK,
    SEQ_POLL,
    SEQ_DELAY,
    SEQ_MARK,
    SEQ_UPLOAD,
    SEQ_IRQ,
    SEQ_LOOP,
    SEQ_MEMORY,
    SEQ_POINTER,
    SEQ_NOTE,
    SEQ__MAX,
} SeqKind;

/* Which part of a buffer's address is written */
typedef enum SeqPart {
    SEQ_PART_WHOLE,
    SEQ_PART_LOW,       /* bits 0 to 31 */
    SEQ_PART_HIGH,      /* bits 32 to 63 */
} SeqPart;

/**
 * struct SeqOp: an operation
 * @kind: what it does; the other members are 0, or SEQUENCE_NONE, where they
 *        mean nothing
 * @width: bytes: 1, 2, 4 or 8
 * @region: SEQUENCE_REGION_*, or number of the BAR
 * @part: SEQ_POINTER, SEQ_WRITE of a buffer's address: which part
 * @differs: SEQ_POLL: until the bits are not @value
 * @offset: in the region; of SEQ_MEMORY and SEQ_POINTER, in the buffer @memory
 * @stride: what a round of each loop around it adds to @offset, the innermost
 *          first
 * @step: what a round of the innermost loop adds to @value
 * @value: see SeqKind, and what is added to a buffer's address
 * @mask: the bits that matter
 * @ns: nanoseconds: of a delay, or the time limit of a poll or an interrupt
 * @and_mask: SEQ_WRITE with a source: value = (((read & @and_mask) | @or_mask)
 *            ^ @xor_mask) + @add
 * @or_mask: the same
 * @xor_mask: the same
 * @add: the same
 * @rounds: of a loop or an upload; of SEQ_IRQ: interrupts in a row, 0 is 1
 * @body: SEQ_LOOP: operations in its body, those of inner loops included
 * @buffer: SEQ_WRITE, SEQ_POINTER: the buffer whose address is written
 * @memory: SEQ_MEMORY, SEQ_POINTER: the buffer that is written to
 * @source: SEQ_WRITE: number of the operation whose value was changed
 * @file: SEQ_UPLOAD, SEQ_MEMORY: number of its bytes' file
 * @data: SEQ_MEMORY: number of its bytes, if they have no file
 * @text: number of the text of a mark or a note; for the rest the register's
 *        name
 * @line: first line of the trace that it comes from
 * @last_line: last line that it comes from
 */
typedef struct SeqOp {
    uint8_t kind;
    uint8_t width;
    uint8_t region;
    uint8_t part;
    bool differs;
    uint64_t offset;
    int64_t stride[SEQUENCE_DEPTH_MAX];
    int64_t step;
    uint64_t value;
    uint64_t mask;
    uint64_t ns;
    uint64_t and_mask;
    uint64_t or_mask;
    uint64_t xor_mask;
    uint64_t add;
    uint64_t rounds;
    uint32_t body;
    uint32_t buffer;
    uint32_t memory;
    uint32_t source;
    uint32_t file;
    uint32_t data;
    uint32_t text;
    uint64_t line;
    uint64_t last_line;
} SeqOp;

/**
 * struct SeqBuffer: memory for the device, to be allocated by who plays
 * @name: a name that is a C identifier: "dma0"
 * @size: bytes, a multiple of 4096
 * @below_4g: the device was given 32 bits of its address
 * @address: where it was in the guest; who plays puts it there, if the IOMMU
 *           has that address; 0 if it is not known
 * @file: number of the file with its first contents, or SEQUENCE_NONE: zeros
 * @line: line of the trace that first had its address
 */
typedef struct SeqBuffer {
    char *name;
    uint64_t size;
    bool below_4g;
    uint64_t address;
    uint32_t file;
    uint64_t line;
} SeqBuffer;

/**
 * struct SeqFile: bytes beside the sequence
 * @name: name of the file, without a directory: "NAME-upload0.bin"
 * @sha256: of the bytes, in hexadecimal
 * @bytes: the bytes
 */
typedef struct SeqFile {
    char *name;
    char *sha256;
    GBytes *bytes;
} SeqFile;

/**
 * struct SeqRegion: a region that the sequence uses
 * @size: bytes that it must have at least; 0 if it is not used
 * @port: it has I/O ports
 */
typedef struct SeqRegion {
    uint64_t size;
    bool port;
} SeqRegion;

/**
 * struct Sequence: a sequence
 * @vendor: PCI vendor ID; 0 if the trace does not say
 * @device: PCI device ID
 * @revision: PCI revision, or -1
 * @trace: name of the trace, without a directory
 * @regions: by number
 * @ops: SeqOp elements
 * @buffers: SeqBuffer elements
 * @files: SeqFile elements
 * @data: GBytes, each once: bytes of SEQ_MEMORY that have no file
 * @texts: strings, each once; valid UTF-8, printable
 * @notes: number of operations of the kind SEQ_NOTE
 */
typedef struct Sequence {
    uint16_t vendor;
    uint16_t device;
    int revision;
    char *trace;
    SeqRegion regions[SEQUENCE_REGIONS];
    GArray *ops;
    GArray *buffers;
    GArray *files;
    GPtrArray *data;
    GPtrArray *texts;
    uint64_t notes;
} Sequence;

/**
 * sequence_new() - make an empty sequence
 */
Sequence *sequence_new(void);

/**
 * sequence_op() - get an operation
 * @seq: the sequence
 * @i: its number
 *
 * Return: valid until an operation is added
 */
SeqOp *sequence_op(const Sequence *seq, uint32_t i);

/**
 * sequence_add() - append an operation
 * @seq: the sequence
 * @kind: what it does
 * @line: line of the trace that it comes from
 *
 * Return: the operation, whose members mean nothing yet; NULL if there are
 *         SEQUENCE_OPS_MAX
 */
SeqOp *sequence_add(Sequence *seq, SeqKind kind, uint64_t line);

/**
 * sequence_text() - get the number of a text
 * @seq: the sequence
 * @text: the text, which is copied; what is not printable is replaced
 */
uint32_t sequence_text(Sequence *seq, const char *text);

/**
 * sequence_file() - add a file, or find the one with the same bytes
 * @seq: the sequence
 * @stem: beginning of its name, which gets a number and ".bin"
 * @bytes: its bytes, of which a reference is taken
 *
 * Return: its number
 */
uint32_t sequence_file(Sequence *seq, const char *stem, GBytes *bytes);

/**
 * sequence_data() - get the number of bytes that stand in the sequence itself
 * @seq: the sequence
 * @bytes: the bytes, at most SEQUENCE_DATA_MAX, of which a reference is taken
 */
uint32_t sequence_data(Sequence *seq, GBytes *bytes);

/**
 * sequence_memory_bytes() - get the bytes that a SEQ_MEMORY writes
 * @seq: the sequence
 * @op: the operation
 *
 * Return: owned by @seq
 */
GBytes *sequence_memory_bytes(const Sequence *seq, const SeqOp *op);

/**
 * sequence_kind_name() - get the name of a kind, as in JSON: "write"
 * @kind: the kind
 */
const char *sequence_kind_name(SeqKind kind);

/**
 * sequence_region_name() - get the name of a region: "bar0", "config"
 * @region: its number
 */
const char *sequence_region_name(unsigned region);

/**
 * sequence_free() - free a sequence
 * @seq: the sequence, or NULL
 */
void sequence_free(Sequence *seq);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sequence, sequence_free)

#endif /* VFIO_TRACE_SEQUENCE_MODEL_H */
