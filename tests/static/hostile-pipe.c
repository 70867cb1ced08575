/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Windows program that treats the pipe of vfio-trace-mark's service badly
 *
 * Usage: hostile-pipe WHAT, one of the names below.  It prints what it has found.
 */
#include <windows.h>
#include <stdio.h>
#include <string.h>

#define PIPE L"\\\\.\\pipe\\vfio-trace-mark"
#define MOST 100

static HANDLE connect_pipe(void)
{
    return CreateFileW(PIPE, GENERIC_READ | FILE_WRITE_DATA, 0, NULL,
                       OPEN_EXISTING, 0, NULL);
}

/* As many clients as there can be, all silent, until they are dropped */
static int silent(void)
{
    HANDLE pipes[MOST];
    DWORD n = 0;
    char c;
    int i;

    while (n < MOST && (pipes[n] = connect_pipe()) != INVALID_HANDLE_VALUE) {
        n++;
    }
    printf("clients %lu error %lu\n", n, GetLastError());
    fflush(stdout);
    for (i = 0; i < (int)n; i++) {
        DWORD got;

        printf("read %d\n", ReadFile(pipes[i], &c, 1, &got, NULL));
    }
    return 0;
}

/* A line of a mebibyte, and what the service answers */
static int endless(void)
{
    static char text[1 << 17];
    HANDLE pipe = connect_pipe();
    char answer[64];
    DWORD n = 0;
    int i;

    memset(text, 'E', sizeof(text));
    for (i = 0; i < 8; i++) {
        if (!WriteFile(pipe, text, sizeof(text), &n, NULL)) {
            break;
        }
    }
    WriteFile(pipe, "\n", 1, &n, NULL);
    ReadFile(pipe, answer, sizeof(answer), &n, NULL);
    printf("answer %.*s", (int)n, answer);
    return 0;
}

/* Many lines at once, of which no answer is read */
static int deaf(void)
{
    HANDLE pipe = connect_pipe();
    DWORD n = 0;
    int i;

    for (i = 0; i < 100000; i++) {
        if (!WriteFile(pipe, "deaf\n", 5, &n, NULL)) {
            break;
        }
    }
    printf("lines %d\n", i);
    return 0;
}

/* Clients that go away in the middle of a line */
static int hasty(void)
{
    DWORD n;
    int i;

    for (i = 0; i < 200; i++) {
        HANDLE pipe = connect_pipe();

        if (pipe != INVALID_HANDLE_VALUE) {
            WriteFile(pipe, "hasty", i % 2 ? 5 : 0, &n, NULL);
            CloseHandle(pipe);
        }
    }
    printf("done\n");
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } what[] = {
        { "silent", silent },
        { "endless", endless },
        { "deaf", deaf },
        { "hasty", hasty },
    };
    size_t i;

    for (i = 0; argc == 2 && i < sizeof(what) / sizeof(what[0]); i++) {
        if (!strcmp(argv[1], what[i].name)) {
            return what[i].run();
        }
    }
    return 2;
}
