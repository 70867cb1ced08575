/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Windows: the service, its installation and removal
 */
#include "guest-images/marker/service.h"

#include <string.h>

#ifndef SERVICE_CONTROL_PRESHUTDOWN
#define SERVICE_CONTROL_PRESHUTDOWN 0xf
#define SERVICE_ACCEPT_PRESHUTDOWN 0x100
#endif

#define STOP_MS 10000

SERVICE_STATUS_HANDLE service_handle;

static HANDLE stop_event;
static const char *service_port;

static void report(DWORD state, DWORD accepted)
{
    SERVICE_STATUS status = {
        .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
        .dwCurrentState = state,
        .dwControlsAccepted = accepted,
    };

    SetServiceStatus(service_handle, &status);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *data,
                               void *context)
{
    switch (control) {
    case SERVICE_CONTROL_PRESHUTDOWN:
    case SERVICE_CONTROL_STOP:
        if (control == SERVICE_CONTROL_PRESHUTDOWN) {
            service_mark("system-shutdown");
        }
        report(SERVICE_STOP_PENDING, 0);
        SetEvent(stop_event);
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    case SERVICE_CONTROL_SESSIONCHANGE:
    case SERVICE_CONTROL_POWEREVENT:
    case SERVICE_CONTROL_DEVICEEVENT:
        service_event(control, type, data);
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

static void mark_start(void)
{
    uint64_t milliseconds = GetTickCount64();
    MarkText text;

    mark_text_clear(&text);
    mark_text_add(&text, "service-start system=windows seconds-since-boot=");
    mark_text_add_seconds(&text, 1000 * milliseconds);
    service_mark(text.buf);
}

static void WINAPI service_main(DWORD argc, LPWSTR *argv)
{
    service_handle = RegisterServiceCtrlHandlerExW(MARK_SERVICE, on_control,
                                                   NULL);
    if (!service_handle) {
        return;
    }
    service_port_init(service_port);
    stop_event = CreateEventW(NULL, TRUE, FALSE, NULL);
    mark_start();
    report(SERVICE_RUNNING, SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN |
           SERVICE_ACCEPT_SESSIONCHANGE | SERVICE_ACCEPT_POWEREVENT);
    service_events_begin(service_handle);
    service_pipe_serve(stop_event);
    service_events_end();
    service_mark("service-stop");
    service_port_close();
    report(SERVICE_STOPPED, 0);
}

int windows_service(Marker *m)
{
    WCHAR name[] = MARK_SERVICE;
    SERVICE_TABLE_ENTRYW table[] = { { name, service_main }, { NULL, NULL } };

    service_port = m->port;
    if (!StartServiceCtrlDispatcherW(table)) {
        marker_say_string(
            "--service is for Windows' service manager: --install-service installs and starts the service");
        return 1;
    }
    return 0;
}

/* --- installation -------------------------------------------------------- */

static int failed(const char *what)
{
    DWORD error = GetLastError();
    MarkText message;

    mark_text_clear(&message);
    mark_text_add(&message, what);
    windows_add_error(&message, error);
    if (error == ERROR_ACCESS_DENIED) {
        mark_text_add(&message, ": run this as administrator");
    }
    marker_say(&message);
    return 1;
}

/* The service's command line: this program, quoted, and --service */
static bool service_command(const Marker *m, WCHAR *command, int units)
{
    WCHAR program[MARK_PATH_MAX];
    DWORD n = GetModuleFileNameW(NULL, program, ARRAYSIZE(program));
    MarkText text;

    mark_text_clear(&text);
    mark_text_add(&text, "\"");
    windows_add_wide(&text, program);
    mark_text_add(&text, "\" --service");
    if (m->port) {
        mark_text_format(&text, " \"--port=%s\"", m->port);
    }
    return n && n < ARRAYSIZE(program) && !text.cut &&
           !(m->port && strchr(m->port, '"')) &&
           windows_wide(text.buf, command, units);
}

/* What the service may do, how it is described, and that it is started again */
static void configure(SC_HANDLE service)
{
    WCHAR text[] = L"Writes the markers of programs and of Windows into vfio-trace's log";
    WCHAR privileges[] = L"SeChangeNotifyPrivilege\0";
    SC_ACTION again = { SC_ACTION_RESTART, 1000 };
    SERVICE_DESCRIPTIONW description = { text };
    SERVICE_REQUIRED_PRIVILEGES_INFOW required = { privileges };
    SERVICE_FAILURE_ACTIONSW failure = { .dwResetPeriod = 3600, .cActions = 1,
                                         .lpsaActions = &again };

    ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &description);
    ChangeServiceConfig2W(service, SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO,
                          &required);
    ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure);
}

static SC_HANDLE make_service(SC_HANDLE manager, const WCHAR *command)
{
    SC_HANDLE service =
        CreateServiceW(manager, MARK_SERVICE, L"vfio-trace markers",
                       SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                       SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, command, NULL,
                       NULL, NULL, NULL, NULL);

    if (!service && GetLastError() == ERROR_SERVICE_EXISTS) {
        service = OpenServiceW(manager, MARK_SERVICE, SERVICE_ALL_ACCESS);
        if (service &&
            !ChangeServiceConfigW(service, SERVICE_WIN32_OWN_PROCESS,
                                  SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
                                  command, NULL, NULL, NULL, NULL, NULL,
                                  NULL)) {
            CloseServiceHandle(service);
            service = NULL;
        }
    }
    return service;
}

int windows_install_service(Marker *m)
{
    WCHAR command[2 * MARK_PATH_MAX];
    SC_HANDLE manager, service;
    int status = 0;

    if (!service_command(m, command, ARRAYSIZE(command))) {
        marker_say_string(
            "the path of this program or of the port is too long, or has a quote: use a shorter one");
        return 1;
    }
    manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CREATE_SERVICE);
    if (!manager) {
        return failed("can not talk to the service manager: ");
    }
    service = make_service(manager, command);
    if (!service) {
        status = failed("can not install the service: ");
    } else {
        configure(service);
        if (!StartServiceW(service, 0, NULL) &&
            GetLastError() != ERROR_SERVICE_ALREADY_RUNNING) {
            status = failed("the service is installed but does not start: ");
        }
        CloseServiceHandle(service);
    }
    CloseServiceHandle(manager);
    return status;
}

static bool stop_service(SC_HANDLE service)
{
    SERVICE_STATUS status = { 0 };
    uint64_t end = platform_time() + STOP_MS * UINT64_C(1000);

    if (!ControlService(service, SERVICE_CONTROL_STOP, &status) &&
        GetLastError() == ERROR_SERVICE_NOT_ACTIVE) {
        return true;
    }
    while (QueryServiceStatus(service, &status) &&
           status.dwCurrentState != SERVICE_STOPPED) {
        if (platform_time() > end) {
            return false;
        }
        platform_sleep(50);
    }
    return true;
}

int windows_remove_service(Marker *m)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service = manager ? OpenServiceW(manager, MARK_SERVICE,
                                               SERVICE_ALL_ACCESS) : NULL;
    int status = 0;

    if (!service) {
        status = failed("can not open the service: ");
    } else {
        if (!stop_service(service)) {
            marker_say_string(
                "the service does not stop: it is removed at the next start of Windows");
        }
        if (!DeleteService(service)) {
            status = failed("can not remove the service: ");
        }
        CloseServiceHandle(service);
    }
    if (manager) {
        CloseServiceHandle(manager);
    }
    return status;
}
