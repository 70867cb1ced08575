/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace-mark on Windows: what Windows tells a service, as markers
 */
#include "guest-images/marker/service.h"

#include <dbt.h>
#include <string.h>

/* --- sessions, power, display --------------------------------------------- */

typedef struct EventName {
    DWORD type;
    const char *text;
} EventName;

/* WTS_... of WTSSESSION_NOTIFICATION: few headers have them all */
static const EventName sessions[] = {
    { 1, "session-console-connect" },
    { 2, "session-console-disconnect" },
    { 3, "session-remote-connect" },
    { 4, "session-remote-disconnect" },
    { 5, "session-logon" },
    { 6, "session-logoff" },
    { 7, "session-lock" },
    { 8, "session-unlock" },
    { 9, "session-remote-control" },
    { 10, "session-create" },
    { 11, "session-terminate" },
    { 0, NULL }
};

static const EventName powers[] = {
    { PBT_APMSUSPEND, "power-suspend" },
    { PBT_APMRESUMEAUTOMATIC, "power-resume" },
    { PBT_APMRESUMESUSPEND, "power-resume-user" },
    { PBT_APMPOWERSTATUSCHANGE, "power-status-change" },
    { 0, NULL }
};

/* States of GUID_CONSOLE_DISPLAY_STATE */
static const EventName displays[] = {
    { 0, "display-off" },
    { 1, "display-on" },
    { 2, "display-dimmed" },
    { 0, NULL }
};

static const GUID console_display_state = {
    0x6fe69556, 0x704a, 0x47a0,
    { 0x8f, 0x24, 0xc2, 0x8d, 0x93, 0x6f, 0xda, 0x47 }
};

static const char *event_name(const EventName *names, DWORD type)
{
    for (; names->text; names++) {
        if (names->type == type) {
            return names->text;
        }
    }
    return NULL;
}

static void session_event(DWORD type, const WTSSESSION_NOTIFICATION *session)
{
    const char *name = event_name(sessions, type);
    MarkText text;

    if (name) {
        mark_text_clear(&text);
        mark_text_format(&text, "%s session=%u", name,
                         (unsigned)session->dwSessionId);
        service_mark(text.buf);
    }
}

static void power_event(DWORD type, const POWERBROADCAST_SETTING *setting)
{
    const char *name = event_name(powers, type);
    DWORD state;

    if (type == PBT_POWERSETTINGCHANGE && setting &&
        setting->DataLength >= sizeof(state) &&
        IsEqualGUID(&setting->PowerSetting, &console_display_state)) {
        memcpy(&state, setting->Data, sizeof(state));
        name = event_name(displays, state);
    }
    if (name) {
        service_mark(name);
    }
}

/* --- devices ------------------------------------------------------------- */

static void device_mark(const char *what, const WCHAR *name)
{
    MarkText text;

    mark_text_clear(&text);
    mark_text_add(&text, what);
    mark_text_add(&text, " ");
    windows_add_wide(&text, name);
    service_mark(text.buf);
}

static void interface_event(DWORD type, const DEV_BROADCAST_HDR *header)
{
    const DEV_BROADCAST_DEVICEINTERFACE_W *device = (const void *)header;

    if (header->dbch_devicetype == DBT_DEVTYP_HANDLE) {
        if (type == DBT_DEVICEQUERYREMOVE || type == DBT_DEVICEREMOVECOMPLETE) {
            service_port_let_go();
        }
    } else if (header->dbch_devicetype == DBT_DEVTYP_DEVICEINTERFACE) {
        if (type == DBT_DEVICEARRIVAL) {
            device_mark("interface-arrived", device->dbcc_name);
        } else if (type == DBT_DEVICEREMOVECOMPLETE) {
            device_mark("interface-removed", device->dbcc_name);
        }
    }
}

/*
 * Devices themselves: cfgmgr32.dll tells since Windows 8.  Headers of older
 * compilers do not have it, and the program shall start without it.
 */
#define INSTANCE_FILTER 2
#define ALL_INSTANCES 2
#define DEVICE_ID_UNITS 200

typedef struct InstanceFilter {
    DWORD size;
    DWORD flags;
    int type;
    DWORD reserved;
    WCHAR id[DEVICE_ID_UNITS];
} InstanceFilter;

typedef struct InstanceEvent {
    int type;
    DWORD reserved;
    WCHAR id[];
} InstanceEvent;

typedef DWORD WINAPI RegisterInstances(const InstanceFilter *filter,
                                       void *context,
                                       void *callback,
                                       void **notification);
typedef DWORD WINAPI UnregisterInstances(HANDLE notification);

static const EventName instances[] = {
    { 7, "device-found" },
    { 8, "device-started" },
    { 9, "device-removed" },
    { 0, NULL }
};

static HMODULE config_manager;
static HANDLE instance_notification;
static HDEVNOTIFY interface_notification;
static HPOWERNOTIFY display_notification;

static DWORD WINAPI instance_event(HANDLE notification, void *context,
                                   int action, const InstanceEvent *event,
                                   DWORD size)
{
    const char *name = event_name(instances, action);

    if (name && event->type == INSTANCE_FILTER) {
        device_mark(name, event->id);
    }
    return ERROR_SUCCESS;
}

static FARPROC config_function(const char *name)
{
    return config_manager ? GetProcAddress(config_manager, name) : NULL;
}

static void watch_instances(void)
{
    InstanceFilter filter = {
        .size = sizeof(filter),
        .flags = ALL_INSTANCES,
        .type = INSTANCE_FILTER,
    };
    RegisterInstances *begin;

    config_manager = LoadLibraryExW(L"cfgmgr32.dll", NULL,
                                    LOAD_LIBRARY_SEARCH_SYSTEM32);
    begin = (RegisterInstances *)(void *)
            config_function("CM_Register_Notification");
    if (begin && begin(&filter, NULL, instance_event, &instance_notification)) {
        instance_notification = NULL;
    }
}

void service_events_begin(SERVICE_STATUS_HANDLE service)
{
    DEV_BROADCAST_DEVICEINTERFACE_W filter = {
        .dbcc_size = sizeof(filter),
        .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE,
    };

    interface_notification =
        RegisterDeviceNotificationW(service, &filter,
                                    DEVICE_NOTIFY_SERVICE_HANDLE |
                                    DEVICE_NOTIFY_ALL_INTERFACE_CLASSES);
    display_notification =
        RegisterPowerSettingNotification(service, &console_display_state,
                                         DEVICE_NOTIFY_SERVICE_HANDLE);
    watch_instances();
}

void service_events_end(void)
{
    UnregisterInstances *end =
        (UnregisterInstances *)(void *)
        config_function("CM_Unregister_Notification");

    if (end && instance_notification) {
        end(instance_notification);
    }
    if (interface_notification) {
        UnregisterDeviceNotification(interface_notification);
    }
    if (display_notification) {
        UnregisterPowerSettingNotification(display_notification);
    }
}

void service_event(DWORD control, DWORD type, void *data)
{
    if (control == SERVICE_CONTROL_SESSIONCHANGE && data) {
        session_event(type, data);
    } else if (control == SERVICE_CONTROL_POWEREVENT) {
        power_event(type, data);
    } else if (control == SERVICE_CONTROL_DEVICEEVENT && data) {
        interface_event(type, data);
    }
}
