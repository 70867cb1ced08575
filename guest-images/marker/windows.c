/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Windows: time, input and output, commands
 */
#include "guest-images/marker/win32.h"

#include <shellapi.h>
#include <string.h>

const PlatformMode platform_modes[] = {
    { "--install-service",
      "  --install-service   install and start the service, as administrator: it holds the\n"
      "                      port (that of --port), takes lines of all users' programs,\n"
      "                      and writes markers of its own: sessions, power, devices\n",
      windows_install_service },
    { "--remove-service",
      "  --remove-service    stop the service and remove it\n",
      windows_remove_service },
    { "--service",
      "  --service           be the service: for Windows' service manager\n",
      windows_service },
    { NULL }
};

const char platform_port_help[] =
    "PORT is the name of a virtio-serial port (org.vfio-trace.mark.0), or the path of\n"
    "a device or pipe (\\\\.\\Global\\NAME, \\\\.\\pipe\\NAME). Without --port: the service\n"
    "if it runs, else the port with that name. The I/O port (isa) is not available:\n"
    "Windows lets only drivers use I/O ports.\n";

/* --- texts --------------------------------------------------------------- */

void windows_add_wide(MarkText *t, const WCHAR *wide)
{
    char buf[MARK_LINE_MAX];
    int units = lstrlenW(wide);

    while (units > 0) {
        /* A part of the text, not ending between two surrogates */
        int part = units < MARK_PATH_MAX ? units : MARK_PATH_MAX;
        int n;

        if (part < units && (wide[part - 1] & 0xfc00) == 0xd800) {
            part--;
        }
        n = WideCharToMultiByte(CP_UTF8, 0, wide, part, buf, sizeof(buf),
                                NULL, NULL);
        mark_text_add_bytes(t, buf, n > 0 ? n : 0);
        wide += part;
        units -= part;
    }
}

void windows_add_error(MarkText *t, DWORD error)
{
    WCHAR text[256];
    DWORD n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM |
                             FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0,
                             text, ARRAYSIZE(text), NULL);

    while (n && (text[n - 1] == '\r' || text[n - 1] == '\n' ||
                 text[n - 1] == '.')) {
        n--;
    }
    text[n] = 0;
    windows_add_wide(t, text);
    mark_text_format(t, " (error %u)", (unsigned)error);
}

bool windows_wide(const char *utf8, WCHAR *wide, int units)
{
    return MultiByteToWideChar(CP_UTF8, 0, utf8, -1, wide, units) > 0;
}

/* --- time, input, output ------------------------------------------------- */

uint64_t platform_time(void)
{
    const uint64_t second = 1000000;
    LARGE_INTEGER now, frequency;
    uint64_t ticks, per_second;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    ticks = now.QuadPart;
    per_second = frequency.QuadPart;
    return ticks / per_second * second +
           ticks % per_second * second / per_second;
}

void platform_sleep(unsigned ms)
{
    Sleep(ms);
}

uint32_t platform_id(void)
{
    return GetCurrentProcessId();
}

static bool is_console(HANDLE handle)
{
    DWORD mode;

    return GetConsoleMode(handle, &mode);
}

static long read_console(HANDLE handle, char *buf, size_t size)
{
    WCHAR wide[512];
    DWORD units = 0;

    if (!ReadConsoleW(handle, wide, ARRAYSIZE(wide), &units, NULL) || !units ||
        wide[0] == 0x1a) {
        /* Ctrl-Z at the beginning of a line is the end. */
        return 0;
    }
    return WideCharToMultiByte(CP_UTF8, 0, wide, units, buf, size, NULL, NULL);
}

long platform_read(char *buf, size_t size, MarkText *why)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    DWORD n = 0;

    if (is_console(input)) {
        return read_console(input, buf, size);
    }
    if (ReadFile(input, buf, size, &n, NULL)) {
        return n;
    }
    if (GetLastError() == ERROR_BROKEN_PIPE) {
        return 0;
    }
    mark_text_format(why, "can not read standard input: ");
    windows_add_error(why, GetLastError());
    return -1;
}

bool platform_input_ready(void)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    DWORD n;

    if (is_console(input)) {
        return false;
    }
    return !PeekNamedPipe(input, NULL, 0, NULL, &n, NULL) || n;
}

void platform_print(bool is_error, const char *text, size_t len)
{
    HANDLE output = GetStdHandle(is_error ? STD_ERROR_HANDLE
                                          : STD_OUTPUT_HANDLE);
    WCHAR wide[MARK_LINE_MAX + 64];
    DWORD n;

    if (is_console(output)) {
        n = MultiByteToWideChar(CP_UTF8, 0, text, len, wide, ARRAYSIZE(wide));
        WriteConsoleW(output, wide, n, &n, NULL);
    } else {
        WriteFile(output, text, len, &n, NULL);
    }
}

/* --- commands ------------------------------------------------------------ */

static bool is_blank(WCHAR c)
{
    return c == ' ' || c == '\t';
}

/* Returns where a word ends that begins at @p, by the rules of argv. */
static WCHAR *word_end(WCHAR *p, bool program)
{
    bool quoted = false;

    for (; *p && (quoted || !is_blank(*p)); p++) {
        if (*p == '\\' && !program && (p[1] == '"' || p[1] == '\\')) {
            p++;
        } else if (*p == '"') {
            quoted = !quoted;
        }
    }
    return p;
}

/*
 * The command line from word number @first on, as it was written: each program
 * has rules of its own for quotes.
 */
static WCHAR *command_line_from(int first)
{
    WCHAR *p = GetCommandLineW();
    int i;

    for (i = 0; i < first; i++) {
        p = word_end(p, !i);
        while (is_blank(*p)) {
            p++;
        }
    }
    return p;
}

/* The command gets Ctrl-C too, and decides. */
static BOOL WINAPI leave_to_command(DWORD event)
{
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

void platform_command(char **argv, int first, CommandEnd *end, MarkText *why)
{
    STARTUPINFOW startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process;
    DWORD status = 0;

    GetStartupInfoW(&startup);
    SetConsoleCtrlHandler(leave_to_command, TRUE);
    end->signal = 0;
    if (!CreateProcessW(NULL, command_line_from(first), NULL, NULL, TRUE, 0,
                        NULL, NULL, &startup, &process)) {
        DWORD error = GetLastError();

        end->started = false;
        end->status = error == ERROR_FILE_NOT_FOUND ||
                      error == ERROR_PATH_NOT_FOUND ? 127 : 126;
        mark_text_format(why, "can not start '%s': ", argv[0]);
        windows_add_error(why, error);
        return;
    }
    CloseHandle(process.hThread);
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &status);
    CloseHandle(process.hProcess);
    end->started = true;
    end->status = status;
}

int platform_end_as(const CommandEnd *end)
{
    return end->status;
}

/* ------------------------------------------------------------------------- */

/* Returns a word in UTF-8, or NULL if it is not valid UTF-16. */
static char *utf8_word(const WCHAR *wide)
{
    int n = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, NULL,
                                0, NULL, NULL);
    char *word = n ? HeapAlloc(GetProcessHeap(), 0, n) : NULL;

    if (word) {
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, word, n, NULL, NULL);
    }
    return word;
}

int main(void)
{
    int argc = 0;
    WCHAR **wide = CommandLineToArgvW(GetCommandLineW(), &argc);
    char **argv = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY,
                            (argc + 1) * sizeof(char *));
    int i;

    for (i = 0; wide && argv && i < argc; i++) {
        argv[i] = utf8_word(wide[i]);
        if (!argv[i]) {
            marker_say_string(
                "a word of the command line is not valid Unicode");
            return 2;
        }
    }
    return mark_main(argc, argv);
}
