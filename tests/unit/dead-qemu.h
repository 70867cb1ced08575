/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the log and ring of a QEMU that dies
 *
 * Rings are made in a directory of their own on /dev/shm, apart from other
 * processes' rings there.
 */
#ifndef TESTS_UNIT_DEAD_QEMU_H
#define TESTS_UNIT_DEAD_QEMU_H

#include "libmmiotrace/format.h"
#include "libmmiotrace/recover.h"
#include "run-tool.h"

#define SLOTS 64u

/* The text of a log before the first access */
#define HEAD \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0\n" \
    "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n" \
    "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n"

/* The time of all events, so that it is the same in all marks. */
#define NS   1000001000ull
#define TIME "1.000001"

#define ADDR 0xfeb80000ull

/**
 * struct Dead: a QEMU that will die
 * @rf: its ring
 * @log: the log's name as given to QEMU
 * @file: the file that it writes now
 * @compress: in zstd frames
 * @fmt: its writer's formatter
 * @pos: next position that the writer looks at
 * @text: text formatted by the writer since the last commit
 * @written: bytes of @text that are in the file
 * @commit: the writer's next commit
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
 * dead_clean() - remove the directory of dead_init()
 */
void dead_clean(void);

/**
 * struct DeadTest: a test for dead_main()
 * @name: its name
 * @function: the test function
 */
typedef struct DeadTest {
    const char *name;
    void (*function)(void);
} DeadTest;

/**
 * dead_main() - main() for tests with dead QEMUs
 * @argc: main()'s
 * @argv: likewise
 * @tests: the tests; one without a name ends them
 *
 * Return: the exit status
 */
int dead_main(int argc, char **argv, const DeadTest *tests);

/**
 * dead_start() - a QEMU that has just opened its log
 * @name: the log's; compressed if it ends in .zst
 */
Dead *dead_start(const char *name);

/**
 * dead_start_with() - the same, with options
 * @name: the log's
 * @flags: the ring file's
 * @part: number of parts before the one that it writes
 */
Dead *dead_start_with(const char *name, uint32_t flags, unsigned part);

/**
 * dead_die() - close the ring's file, as when a process is killed
 * @dead: the QEMU
 */
void dead_die(Dead *dead);

void dead_free(Dead *dead);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dead, dead_free)

/**
 * dead_reserve() - take slots of the ring
 * @dead: the QEMU
 * @n: their number
 *
 * Return: position of the first
 */
uint64_t dead_reserve(Dead *dead, uint32_t n);

/**
 * dead_publish() - fill in a record of an access, or the head of a text
 * @dead: the QEMU
 * @pos: its position
 * @kind: the record's kind
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
 * @bytes: the bytes
 * @len: their number
 */
void append_bytes(const char *path, const void *bytes, size_t len);

/**
 * access_line() - the line in the log for a record of dead_put()
 * @op: 'R' or 'W'
 * @value: its value
 *
 * Return: the line, to be freed
 */
char *access_line(char op, uint64_t value);

/**
 * closing_lines() - the last lines of a recovered log
 * @records: number of records from the ring
 * @pending: number of those without an answer
 * @lost: number that found no room there
 *
 * Return: the lines, to be freed
 */
char *closing_lines(unsigned records, unsigned pending, unsigned lost);

/**
 * rings_left() - number of rings left
 */
unsigned rings_left(void);

/**
 * run_recover() - vfio-trace recover
 * @log: the log
 */
ToolRun *run_recover(const char *log);

/**
 * assert_log_text() - check the text of a log
 * @file: the log
 * @expected: the expected text
 */
void assert_log_text(const char *file, const char *expected);

/**
 * assert_log_body() - the same for a log that begins with HEAD
 * @file: the log
 * @body: the text after HEAD
 * @end: the text after @body
 */
void assert_log_body(const char *file, const char *body, const char *end);

/**
 * assert_recovers() - check that the log becomes complete, the ring goes, and a
 *                     second recovery is refused
 * @dead: the QEMU; killed first if it is still alive
 * @said: vfio-trace's message about it
 * @body: the log's text after HEAD
 * @end: the text after @body
 */
void assert_recovers(Dead *dead, const char *said, const char *body,
                     const char *end);

#endif /* TESTS_UNIT_DEAD_QEMU_H */
