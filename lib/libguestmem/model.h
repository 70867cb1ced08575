/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: model of a rings file
 *
 * A rings file says what of the guest's memory is to be logged, and when: rings
 * of descriptors, areas under watch, snapshots.  parse.h reads it into this
 * model, engine.h carries it out.  Nothing here depends on QEMU.
 *
 * Expressions are compiled to a list of operations in postfix order.  Jumps go
 * forward only, so that an expression ends after as many steps as it has
 * operations; the parser proves that the stack suffices.
 */
#ifndef LIBGUESTMEM_MODEL_H
#define LIBGUESTMEM_MODEL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Limits of a rings file; the parser reports what exceeds them. */
#define GMEM_FILE_BYTES_MAX   (256 * 1024)
#define GMEM_FILE_NAME_MAX    63        /* bytes of the file's name */
#define GMEM_TITLE_MAX        100       /* bytes of its title */
#define GMEM_NAME_MAX         31        /* bytes of a name */
#define GMEM_DEVICES_MAX      1024      /* that a file is for */
#define GMEM_AREAS_MAX        16
#define GMEM_REGISTERS_MAX    256       /* declarations */
#define GMEM_FIELDS_MAX       64        /* of a register */
#define GMEM_INSTANCES_MAX    16384     /* of all registers, and of all rings */
#define GMEM_STATEMENTS_MAX   128       /* rings, watches and snapshots */
#define GMEM_TRIGGERS_MAX     8         /* of a statement, and resets likewise */
#define GMEM_ITEMS_MAX        16        /* data and lists in one block */
#define GMEM_DEPTH_MAX        3         /* of lists */
#define GMEM_RULES_MAX        8         /* create and delete rules of a ring */
#define GMEM_OPS_MAX          256       /* of an expression */
#define GMEM_STACK_MAX        32
#define GMEM_ENTRY_MAX        4096      /* bytes of an entry of a ring */
#define GMEM_LIST_ENTRY_MAX   64        /* bytes of an entry of a list */
#define GMEM_RING_ENTRIES_MAX 65536     /* count of a ring */
#define GMEM_LIST_ENTRIES_MAX 1024      /* entries followed in one list */
#define GMEM_DATA_MAX         (64 * 1024)
#define GMEM_SNAPSHOT_MAX     (64 * 1024)
#define GMEM_WATCH_MAX        (4 * 1024 * 1024)
#define GMEM_WATCH_LINE       64        /* bytes compared and logged at a time */

/* Bounds of the work at one trigger, and in a second.  Each read of memory
   counts with its length, and with GMEM_READ_COST at least. */
#define GMEM_READ_COST            64
#define GMEM_PER_TRIGGER_DEFAULT  (64 * 1024)
#define GMEM_PER_TRIGGER_MAX      (4 * 1024 * 1024)
#define GMEM_PER_SECOND_DEFAULT   (16 * 1024 * 1024)
#define GMEM_PER_SECOND_MAX       (1024 * 1024 * 1024)

/* The device's regions: BAR 0 to 5 */
#define GMEM_BARS 6

/* --- expressions --------------------------------------------------------- */

/**
 * enum GmemOpCode: operations of an expression, all on 64-bit unsigned numbers
 *
 * A comparison gives 1 or 0.  A shift by 64 or more gives 0.  Division by 0, an
 * unknown register and memory that can't be read end the evaluation.
 */
typedef enum GmemOpCode {
    GMEM_OP_NUMBER,         /* push @number */
    GMEM_OP_REGISTER,       /* pop an index, push register @a[index] */
    GMEM_OP_KNOWN,          /* likewise; if it is unknown, fail "softly": pop
                               nothing more, push @number instead */
    GMEM_OP_VARIABLE,       /* push variable @a (GmemVariable) */
    GMEM_OP_FIELD,          /* pop an offset, push @b bytes of entry @a
                               (GmemEntryOf) there, little endian */
    GMEM_OP_MEMORY,         /* pop an address, push @b bytes of memory there */
    GMEM_OP_BITS,           /* pop lo, hi, x: push bits hi to lo of x */
    GMEM_OP_NOT,            /* ~ */
    GMEM_OP_IS_ZERO,        /* ! */
    GMEM_OP_NEGATE,
    GMEM_OP_ADD, GMEM_OP_SUBTRACT, GMEM_OP_MULTIPLY, GMEM_OP_DIVIDE,
    GMEM_OP_MODULO,
    GMEM_OP_AND, GMEM_OP_OR, GMEM_OP_XOR,
    GMEM_OP_SHIFT_LEFT, GMEM_OP_SHIFT_RIGHT,
    GMEM_OP_EQUAL, GMEM_OP_NOT_EQUAL, GMEM_OP_LESS, GMEM_OP_NOT_GREATER,
    GMEM_OP_GREATER, GMEM_OP_NOT_LESS,
    GMEM_OP_MINIMUM, GMEM_OP_MAXIMUM,
    GMEM_OP_IS_TRUE,        /* any number but 0 becomes 1 */
    GMEM_OP_JUMP,           /* go on behind @a more operations */
    GMEM_OP_JUMP_IF_ZERO,   /* pop, and jump if it is 0 */
    GMEM_OP_JUMP_IF_NOT_ZERO,
    GMEM_OPS,
} GmemOpCode;

typedef enum GmemVariable {
    GMEM_VAR_VALUE,         /* written or read value, or vector of the interrupt */
    GMEM_VAR_INDEX,         /* index of the register that was accessed */
    GMEM_VAR_N,             /* number of the ring, watch or snapshot: NAME[n] */
    GMEM_VAR_SEGMENT,       /* segment of the ring, from 0 up */
    GMEM_VAR_PHASE,         /* phase of the ring: 0 or 1 */
    GMEM_VAR_POSITION,      /* index of the entry */
    GMEM_VAR_ADDRESS,       /* address of the entry */
    GMEM_VAR_TRIGGER,       /* GmemTriggerKind */
    GMEM_VARIABLES,
} GmemVariable;

typedef enum GmemEntryOf {
    GMEM_ENTRY_THIS,        /* the entry itself */
    GMEM_ENTRY_OUTER,       /* the one whose list it is in */
    GMEM_ENTRY_COMMAND,     /* the command that a completion answers */
    GMEM_ENTRIES,
} GmemEntryOf;

typedef struct GmemOp {
    uint8_t code;
    uint8_t b;
    uint16_t a;
    uint64_t number;
} GmemOp;

/**
 * struct GmemExpr: an expression
 * @op: the operations
 * @n: number of operations; 0: there is no such expression
 * @line: its line in the file
 */
typedef struct GmemExpr {
    GmemOp *op;
    unsigned n;
    unsigned line;
} GmemExpr;

/* --- registers ----------------------------------------------------------- */

/**
 * struct GmemArea: a place in a BAR that a capability in config space names
 * @name: its name
 * @line: its line in the file
 * @capability: ID of the capability
 * @when: of several with this ID, which one; fields count from its first byte
 * @bar: number of the BAR
 * @offset: offset in the BAR
 */
typedef struct GmemArea {
    char *name;
    unsigned line;
    uint8_t capability;
    GmemExpr when;
    GmemExpr bar;
    GmemExpr offset;
} GmemArea;

/* A part of a register that has a name */
typedef struct GmemField {
    char *name;
    uint8_t high;
    uint8_t low;
} GmemField;

/**
 * struct GmemRegister: a register, or an array of registers
 * @name: its name, that of the register database
 * @line: its line in the file
 * @bar: number of its BAR; -1: @area
 * @area: number of the area that @offset counts from
 * @offset: offset in the BAR or area; of an array, of the register with index
 *          @low
 * @offset_expr: the offset, if it is an expression, which may use registers as
 *               @stride may; none: @offset
 * @width: bytes: 1, 2, 4 or 8
 * @reads: values that the guest reads count
 * @writes: values that the guest writes count
 * @is_array: declared with [LOW..HIGH]
 * @low: lowest index; 0 if it is no array
 * @high: highest index; 0 if it is no array
 * @stride: of an array without @bank: bytes from one to the next
 * @bank: of an array whose registers are at one address: which one it is
 * @field: GmemField
 *
 * An access counts for every register that it overlaps, also if it is wider or
 * not aligned: the bytes in common become known.  The register's value is known
 * once all its bytes are.  Of a register of 8 bytes, the lower 4 suffice, and
 * unknown bytes of the upper half count as 0: drivers of 32-bit guests may
 * never write that half.
 *
 * An access triggers if it includes the register's first byte.  `value` is then
 * what the access has of the register, from the first byte on; bytes that it
 * does not have are 0.  That needs no known value.
 */
typedef struct GmemRegister {
    char *name;
    unsigned line;
    int bar;
    unsigned area;
    uint64_t offset;
    GmemExpr offset_expr;
    unsigned width;
    bool reads;
    bool writes;
    bool is_array;
    unsigned low;
    unsigned high;
    GmemExpr stride;
    GmemExpr bank;
    GArray *field;
} GmemRegister;

/* --- triggers ------------------------------------------------------------ */

typedef enum GmemTriggerKind {
    GMEM_ON_WRITE,
    GMEM_ON_READ,
    GMEM_ON_IRQ,
    GMEM_ON_MARKER,
    GMEM_ON_REQUEST,        /* by QMP; no statement has it */
} GmemTriggerKind;

/**
 * struct GmemTrigger: when to act
 * @kind: GmemTriggerKind
 * @line: its line in the file
 * @reg: for reads and writes, the register's number
 * @low: lowest index of the registers of the array that count; of a register
 *       that is no array, 0
 * @high: highest index
 * @glob: for markers, GPattern-style text that must match all of it
 * @when: condition, or none; may use `n`: the instance is known first
 * @instance: number of the ring, watch or snapshot that is meant; none: of a
 *            template, the register's index; on an interrupt or marker, all
 */
typedef struct GmemTrigger {
    GmemTriggerKind kind;
    unsigned line;
    unsigned reg;
    unsigned low;
    unsigned high;
    char *glob;
    GmemExpr when;
    GmemExpr instance;
} GmemTrigger;

/* --- what is logged ------------------------------------------------------ */

/**
 * struct GmemItem: memory that an entry points to
 * @name: its name
 * @line: its line in the file
 * @is_list: a list of entries; else data
 * @when: condition, or none; on the entry that points to it
 * @at: address
 * @len: of data: bytes that there are
 * @max: of data: most bytes to log
 * @entry: of a list: bytes of an entry
 * @count: of a list: most entries
 * @until: of a list: the entry for which this is true is the last one; or none
 * @next_when: of a list: whether @next counts
 * @next: of a list: address of the entry behind this one; none, or not
 *        @next_when: the address behind it
 * @item: of a list: GmemItem, what its entries point to
 */
typedef struct GmemItem GmemItem;
struct GmemItem {
    char *name;
    unsigned line;
    bool is_list;
    GmemExpr when;
    GmemExpr at;
    GmemExpr len;
    uint64_t max;
    unsigned entry;
    GmemExpr count;
    GmemExpr until;
    GmemExpr next_when;
    GmemExpr next;
    GPtrArray *item;
};

/**
 * struct GmemRule: an entry that creates or deletes a ring
 * @line: its line in the file
 * @deletes: it deletes the ring
 * @ring: number of a statement that declares rings of the name that is meant
 * @instance: which one; of the statements with that name, the one that has this
 *            number among its own is meant.  Nothing happens if there is none,
 *            or if a ring that is to be created has a base of its own
 * @last: the last one, if it deletes all from @instance to here; or none.  At
 *        most 64; @when is evaluated for each of them, its number being `n`
 * @when: condition, or none; on the entry
 * @base: of a new ring: address
 * @count: of a new ring: entries
 */
typedef struct GmemRule {
    unsigned line;
    bool deletes;
    unsigned ring;
    GmemExpr instance;
    GmemExpr last;
    GmemExpr when;
    GmemExpr base;
    GmemExpr count;
} GmemRule;

/* Which entries of a ring are new */
typedef enum GmemOrder {
    GMEM_BY_TAIL,           /* up to @tail */
    GMEM_BY_WHILE,          /* as long as @condition is true for an entry */
    GMEM_BY_BITS,           /* those whose bits are set in @tail */
    GMEM_ALL,               /* all of them, each time */
} GmemOrder;

typedef enum GmemStatementKind {
    GMEM_RING,
    GMEM_WATCH,
    GMEM_SNAPSHOT,
} GmemStatementKind;

/**
 * struct GmemStatement: a ring, a watch or a snapshot, or a template of such
 * @kind: GmemStatementKind
 * @name: its name
 * @line: its line in the file
 * @is_array: declared with an index
 * @low: lowest number; 0 if it is no array
 * @high: highest number; 0 if it is no array
 * @trigger: GmemTrigger, when to look
 * @reset: GmemTrigger, when to begin again
 * @base: address of the ring, the watch or the snapshot; none: a ring that a
 *        rule creates
 * @count: entries of a ring (of a segment); none: as @base
 * @len: bytes of a watch or snapshot
 * @entry: bytes of an entry
 * @segments: number of segments, or none for one
 * @order: GmemOrder
 * @tail: GMEM_BY_TAIL: the index behind the last new entry; GMEM_BY_BITS: the
 *        bits
 * @wrap: GMEM_BY_TAIL: @tail counts modulo this; none: @count
 * @condition: GMEM_BY_WHILE
 * @start: first position; none: 0
 * @phase: first phase; none: 1
 * @link_when: whether an entry is a link
 * @link_to: of a link: address of the entry that follows
 * @link_toggles: of a link: whether the phase changes; or none
 * @key: number by which completions name the entry; none: entries aren't kept
 * @answers: number of a statement that declares rings of the name that is
 *           meant: an entry answers a command in one of them; -1: none
 * @answers_instance: which ring that is, as GmemRule.instance
 * @answers_key: the command's key
 * @rule: GmemRule
 * @item: GmemItem
 * @layout: domain of the register database with the entry's fields, or NULL
 * @by_device: the device writes the entries, and what they point to
 */
typedef struct GmemStatement {
    GmemStatementKind kind;
    char *name;
    unsigned line;
    bool is_array;
    unsigned low;
    unsigned high;
    GArray *trigger;
    GArray *reset;
    GmemExpr base;
    GmemExpr count;
    GmemExpr len;
    unsigned entry;
    GmemExpr segments;
    GmemOrder order;
    GmemExpr tail;
    GmemExpr wrap;
    GmemExpr condition;
    GmemExpr start;
    GmemExpr phase;
    GmemExpr link_when;
    GmemExpr link_to;
    GmemExpr link_toggles;
    GmemExpr key;
    int answers;
    GmemExpr answers_instance;
    GmemExpr answers_key;
    GArray *rule;
    GPtrArray *item;
    char *layout;
    bool by_device;
} GmemStatement;

/* A device that a file is for: class (vendor 0), or vendor and device */
typedef struct GmemFor {
    uint16_t vendor;
    uint16_t device;
    uint32_t class_code;
} GmemFor;

/**
 * struct GmemFile: a rings file
 * @name: its name, for messages and the log: no directories
 * @title: what it is for, or NULL
 * @sha256: hash of its text, 64 hexadecimal digits
 * @device: GmemFor
 * @area: GmemArea
 * @reg: GmemRegister
 * @statement: GmemStatement
 * @per_trigger: most bytes to read at one trigger
 * @per_second: most bytes to read in a second
 */
typedef struct GmemFile {
    char *name;
    char *title;
    char sha256[65];
    GArray *device;
    GArray *area;
    GArray *reg;
    GArray *statement;
    uint64_t per_trigger;
    uint64_t per_second;
} GmemFile;

/**
 * gmem_file_free() - free a file
 * @file: the file, or NULL
 */
void gmem_file_free(GmemFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GmemFile, gmem_file_free)

/**
 * gmem_file_has() - does a file have statements with this trigger?
 * @file: the file
 * @kind: the trigger
 */
bool gmem_file_has(const GmemFile *file, GmemTriggerKind kind);

#endif /* LIBGUESTMEM_MODEL_H */
