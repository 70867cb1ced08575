/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a QEMU that dies, as far as log and ring can tell
 *
 * Rings are made in a directory of their own on /dev/shm: what others have
 * there is none of our business.
 */
#ifndef TESTS_UNIT_DEAD_QEMU_H
#define TESTS_UNIT_DEAD_QEMU_H

#include "libmmiotrace/format.h"
#include "libmmiotrace/recover.h"
#include "run-tool.h"

#define SLOTS 64u

/* What a log has before the first access */
#define HEAD \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0\n" \
    "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n" \
    "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n"

/* The time that everything happens at: then it is the same in all marks. */
#define NS   1000001000ull
#define TIME "1.000001"

#define ADDR 0xfeb80000ull

/**
 * struct Dead: a QEMU that is to die
 * @rf: its ring
 * @log: the log as QEMU was told
 * @file: the file that it writes now
 * @compress: in zstd frames
 * @fmt: its writer's
 * @pos: next position that the writer looks at
 * @text: what the writer has formatted since the last commit
 * @written: bytes of @text that are in the file
 * @commit: what the writer will note next
 */
typedef struct Dead {
    MmtRingFile *rf;
    char *log;
    char *file;
    bool compress;
    MmtFormatter fmt;
    uint64_t pos;
    GString *text;
    size_t written;
    MmtCommit commit;
} Dead;

/* The mark of an access that was under way */
#define PENDING(op) \
    "MARK " TIME " vfio-trace: pending " op " width=4 map=1 addr=0xfeb80000\n"

extern char *dead_ring_dir;

/**
 * dead_init() - make a directory for rings, and work there
 *
 * Return: true, or false if this machine has no tmpfs on /dev/shm
 */
bool dead_init(void);

/**
 * dead_clean() - remove it
 */
void dead_clean(void);

/**
 * struct DeadTest: a test of main()'s
 * @name: its name
 * @function: it
 */
typedef struct DeadTest {
    const char *name;
    void (*function)(void);
} DeadTest;

/**
 * dead_main() - main() for tests with such QEMUs
 * @argc: main()'s
 * @argv: likewise
 * @tests: the tests; one without a name ends them
 *
 * Return: the exit status
 */
int dead_main(int argc, char **argv, const DeadTest *tests);

/**
 * dead_start() - a QEMU that has just opened its log
 * @name: of the log; compressed if it ends in .zst
 */
Dead *dead_start(const char *name);

/**
 * dead_start_with() - the same, told how
 * @name: of the log
 * @flags: of the ring's file
 * @part: how many parts come before the one that it writes
 */
Dead *dead_start_with(const char *name, uint32_t flags, unsigned part);

/**
 * dead_die() - all that the kernel does to a process that is killed
 * @dead: the QEMU
 */
void dead_die(Dead *dead);

void dead_free(Dead *dead);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dead, dead_free)

/**
 * dead_reserve() - take slots of the ring
 * @dead: the QEMU
 * @n: how many
 *
 * Return: position of the first
 */
uint64_t dead_reserve(Dead *dead, uint32_t n);

/**
 * dead_publish() - fill in a record of an access, or the head of a text
 * @dead: the QEMU
 * @pos: its position
 * @kind: what it is
 * @value: its value
 * @state: pending or ready
 */
void dead_publish(Dead *dead, uint64_t pos, MmtKind kind, uint64_t value,
                  MmtState state);

/**
 * dead_put() - reserve a slot and fill it in
 * @dead: the QEMU
 * @kind: as for dead_publish()
 * @value: likewise
 * @state: likewise
 */
void dead_put(Dead *dead, MmtKind kind, uint64_t value, MmtState state);

/**
 * dead_append() - text for the file, as the writer writes it
 * @dead: the QEMU
 * @text: the text
 * @len: bytes of @text
 */
void dead_append(const Dead *dead, const char *text, size_t len);

/**
 * dead_write() - write all that was formatted
 * @dead: the QEMU
 */
void dead_write(Dead *dead);

/**
 * dead_commit() - the same, and note that it is in the file for good
 * @dead: the QEMU
 */
void dead_commit(Dead *dead);

/**
 * dead_has_sidecar() - is there still a file that names its ring?
 * @dead: the QEMU
 */
bool dead_has_sidecar(const Dead *dead);

/**
 * append_bytes() - append to a file
 * @path: its name
 * @bytes: what
 * @len: how much
 */
void append_bytes(const char *path, const void *bytes, size_t len);

/**
 * access_line() - the line of a record of dead_put()
 * @op: 'R' or 'W'
 * @value: its value
 *
 * Return: the line, to be freed
 */
char *access_line(char op, uint64_t value);

/**
 * closing_lines() - how a recovered log ends
 * @records: how many came out of the ring
 * @pending: how many of them without an answer
 * @lost: how many found no room there
 *
 * Return: the lines, to be freed
 */
char *closing_lines(unsigned records, unsigned pending, unsigned lost);

/**
 * rings_left() - how many rings there are
 */
unsigned rings_left(void);

/**
 * run_recover() - vfio-trace recover
 * @log: the log
 */
ToolRun *run_recover(const char *log);

/**
 * assert_log_text() - what a log is, as text
 * @file: the log
 * @expected: what it must be
 */
void assert_log_text(const char *file, const char *expected);

/**
 * assert_log_body() - the same for a log that begins with HEAD
 * @file: the log
 * @body: what follows
 * @end: what follows that
 */
void assert_log_body(const char *file, const char *body, const char *end);

/**
 * assert_recovers() - the log gets complete, the ring goes, and once more is
 *                     once too often
 * @dead: the QEMU; dies if it has not
 * @said: what vfio-trace says of it
 * @body: what the log has behind HEAD
 * @end: and behind that
 */
void assert_recovers(Dead *dead, const char *said, const char *body,
                     const char *end);

#endif /* TESTS_UNIT_DEAD_QEMU_H */
