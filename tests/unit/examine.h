/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: what vfio-trace doctor finds on a simulated host
 */
#ifndef TESTS_UNIT_EXAMINE_H
#define TESTS_UNIT_EXAMINE_H

#include <glib.h>
#include <json-glib/json-glib.h>

#include "fake-host.h"
#include "run-tool.h"

/* Directory of the root port */
#define BEHIND "pci0000:00/0000:00:01.0"
#define MIB(n) ((guint64)(n) << 20)

/**
 * struct Fixture: a host with a GPU, 0000:01:00.0, behind a root port
 * @root: its files
 * @gpu: the GPU's directory
 */
typedef struct Fixture {
    char *root;
    char *gpu;
} Fixture;

/**
 * struct ExamineTest: a test
 * @path: its name
 * @run: the test; it gets a host of its own
 */
typedef struct ExamineTest {
    const char *path;
    void (*run)(Fixture *f, gconstpointer data);
} ExamineTest;

/**
 * examine_main() - run the tests
 * @argc: of main()
 * @argv: of main()
 * @tests: the tests
 * @n: their number
 *
 * Return: the result of main()
 */
int examine_main(int argc, char **argv, const ExamineTest *tests, size_t n);

/**
 * gpu_file() - make a file of the GPU
 * @f: the host
 * @name: its name
 * @text: its contents
 */
void gpu_file(const Fixture *f, const char *name, const char *text);

/**
 * examine() - get doctor's findings
 * @option: an option, or NULL
 * @value: its value
 * @bdf: the device, or NULL
 * @status: the wanted exit status
 *
 * Return: what it prints with --json; nothing may be on stderr
 */
JsonNode *examine(const char *option, const char *value, const char *bdf,
                  int status);

/**
 * finding() - get the only finding of a check
 * @node: of examine()
 * @check: the check
 */
JsonObject *finding(JsonNode *node, const char *check);

/**
 * assert_finding() - compare the only finding of a check
 * @node: of examine()
 * @check: the check
 * @state: its state
 * @found: a part of its text
 * @remedy: a part of its remedy, or NULL for any
 */
void assert_finding(JsonNode *node, const char *check, const char *state,
                    const char *found, const char *remedy);

/**
 * assert_host() - the same for the host alone
 * @check: as in assert_finding(), and so are the others
 */
void assert_host(const char *check, const char *state, const char *found,
                 const char *remedy);

/**
 * assert_gpu() - the same for the GPU
 * @check: as in assert_finding(), and so are the others
 */
void assert_gpu(const char *check, const char *state, const char *found,
                const char *remedy);

#endif /* TESTS_UNIT_EXAMINE_H */
