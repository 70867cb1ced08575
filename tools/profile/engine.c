/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: table of registers; one access
 */
#include "tools/profile/engine.h"
#include "tools/profile/counts.h"
#include "tools/profile/pairs.h"
#include "tools/profile/windows.h"

#define SLOTS_START 4096

static void free_register(void *data)
{
    ProfileRegister *reg = data;

    g_free(reg->r);
    g_free(reg->w);
    g_free(reg->both);
    g_free(reg->polls);
    g_free(reg->index);
    g_free(reg);
}

Profile *profile_new(uint32_t max)
{
    Profile *profile = g_new0(Profile, 1);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(profile->factors); i++) {
        profile->factors[i] = (uint64_t)g_random_int() << 32 |
                              g_random_int() | 1;
    }
    profile->max = max ? max : PROFILE_REGISTERS_MAX;
    profile->slots = g_new0(uint32_t, SLOTS_START);
    profile->slot_mask = SLOTS_START - 1;
    profile->registers = g_ptr_array_new_with_free_func(free_register);
    profile->devices = g_ptr_array_new_with_free_func(g_free);
    profile->windows = g_array_new(FALSE, FALSE, sizeof(ProfileWindow));
    return profile;
}

void profile_free(Profile *profile)
{
    if (!profile) {
        return;
    }
    g_ptr_array_free(profile->registers, TRUE);
    g_ptr_array_free(profile->devices, TRUE);
    g_array_free(profile->windows, TRUE);
    g_free(profile->slots);
    g_free(profile);
}

/* The factors are random: a trace can not be made for them. */
static uint32_t hash(const Profile *profile, uint32_t region, uint64_t offset)
{
    uint64_t h = (offset ^ (uint64_t)region << 48) * profile->factors[0];

    h = (h ^ h >> 29) * profile->factors[1];
    return h >> 32;
}

/* Return: the register's slot, or a free one */
static uint32_t *find_slot(Profile *profile, uint32_t region, uint64_t offset)
{
    uint32_t i = hash(profile, region, offset) & profile->slot_mask;
    const ProfileRegister *reg;

    while (profile->slots[i]) {
        reg = profile->registers->pdata[profile->slots[i] - 1];
        if (reg->offset == offset && reg->region == region) {
            break;
        }
        i = (i + 1) & profile->slot_mask;
        profile->work++;
    }
    return &profile->slots[i];
}

static void grow(Profile *profile)
{
    uint32_t n = (profile->slot_mask + 1) * 2;
    guint i;

    g_free(profile->slots);
    profile->slots = g_new0(uint32_t, n);
    profile->slot_mask = n - 1;
    for (i = 0; i < profile->registers->len; i++) {
        const ProfileRegister *reg = profile->registers->pdata[i];

        *find_slot(profile, reg->region, reg->offset) = i + 1;
    }
}

/* Return: the register, or NULL if it is new and @add is false */
static ProfileRegister *get_register(Profile *profile, const MmtEntry *entry,
                                     bool add)
{
    uint32_t *slot = find_slot(profile, entry->region, entry->offset);
    ProfileRegister *reg;

    if (*slot) {
        return profile->registers->pdata[*slot - 1];
    }
    if (!add || profile->registers->len >= profile->max) {
        return NULL;
    }
    reg = g_new0(ProfileRegister, 1);
    reg->region = entry->region;
    reg->offset = entry->offset;
    reg->first_line = entry->line;
    reg->first_ns = entry->ns;
    reg->first_phase = entry->phase;
    g_ptr_array_add(profile->registers, reg);
    *slot = profile->registers->len;
    if (profile->registers->len > profile->slot_mask / 2) {
        grow(profile);
    }
    return reg;
}

static ProfileDevice *get_device(Profile *profile, uint32_t number)
{
    ProfileDevice *device;

    if (number >= MAX(profile->devices->len, 1)) {
        g_ptr_array_set_size(profile->devices, number + 1);
    } else if (!profile->devices->len) {
        g_ptr_array_set_size(profile->devices, 1);
    }
    device = profile->devices->pdata[number];
    if (!device) {
        device = g_new0(ProfileDevice, 1);
        device->runs[0].window = device->runs[1].window = -1;
        profile->devices->pdata[number] = device;
    }
    return device;
}

/* Return: the access before was one of the same register and direction */
static bool add_to_row(ProfileRow *row, ProfileRegister *reg,
                       const MmtEntry *entry, uint64_t last)
{
    bool write = entry->kind == MMT_ENTRY_WRITE;

    if (row->reg != reg || row->write != write ||
        reg->last_width != entry->width) {
        profile_count_row(row);
        *row = (ProfileRow) {
            .reg = reg, .write = write, .n = 1, .start_ns = entry->ns,
        };
        return false;
    }
    if (entry->value != last) {
        row->changes++;
        row->before = row->n;
        row->from = last;
        row->to = entry->value;
        row->change_ns = entry->ns;
    }
    row->n++;
    return true;
}

static void end_row(ProfileStream *stream)
{
    profile_count_row(&stream->row);
    stream->row.reg = NULL;
    stream->paired = NULL;
}

static void count(ProfileDevice *device, ProfileStream *stream,
                  ProfileRegister *reg, const MmtEntry *entry)
{
    bool write = entry->kind == MMT_ENTRY_WRITE;
    bool in_row = add_to_row(&stream->row, reg, entry, stream->last_value);

    profile_pair_add(stream, reg, entry);
    if (write) {
        profile_count_write(reg, entry);
        profile_address_add(stream, reg, entry);
        stream->written = reg;
        stream->written_value = entry->value;
        stream->written_width = entry->width;
    } else {
        profile_count_read(reg, entry, device, in_row);
    }
    stream->last_value = entry->value;
}

static void count_in_window(ProfileWindow *window, bool write)
{
    if (write) {
        window->writes++;
    } else {
        window->reads++;
    }
}

static void add_access(Profile *profile, const MmtEntry *entry,
                       ProfileDevice *device)
{
    ProfileStream *stream = &device->streams[entry->cpu % PROFILE_STREAMS];
    bool write = entry->kind == MMT_ENTRY_WRITE;
    ProfileRun *run = &device->runs[write];
    ProfileWindow *window = profile_run_add(profile, run, entry);
    ProfileRegister *reg = get_register(profile, entry, !window);

    device->writes += write;
    profile_run_mark(run, write, reg);
    if (!reg) {
        end_row(stream);
        stream->written = NULL;
        if (window) {
            count_in_window(window, write);
        } else {
            profile->others++;
        }
        return;
    }
    count(device, stream, reg, entry);
    reg->last_phase = entry->phase;
    reg->last_width = entry->width;
    reg->widths |= 1 << MIN(entry->width, 8);
}

static void add_unknown(Profile *profile, const MmtEntry *entry,
                        ProfileDevice *device)
{
    ProfileRegister *reg = get_register(profile, entry, true);

    end_row(&device->streams[entry->cpu % PROFILE_STREAMS]);
    if (!reg) {
        profile->others++;
        return;
    }
    reg->unknown += reg->unknown < UINT32_MAX;
    reg->last_phase = entry->phase;
    /* It may have been a write: the next read can't be compared. */
    reg->last_width = 0;
    reg->widths |= 1 << MIN(entry->width, 8);
    device->writes++;
}

void profile_add(Profile *profile, const MmtEntry *entry, uint32_t device)
{
    if (entry->region == MMT_NO_REGION) {
        return;
    }
    if (entry->kind == MMT_ENTRY_READ || entry->kind == MMT_ENTRY_WRITE) {
        add_access(profile, entry, get_device(profile, device));
    } else if (entry->kind == MMT_ENTRY_UNKNOWN) {
        add_unknown(profile, entry, get_device(profile, device));
    }
}

static gint compare_registers(gconstpointer a, gconstpointer b)
{
    const ProfileRegister *x = *(ProfileRegister *const *)a;
    const ProfileRegister *y = *(ProfileRegister *const *)b;

    if (x->region != y->region) {
        return x->region < y->region ? -1 : 1;
    }
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void profile_finish(Profile *profile)
{
    guint i;
    guint j;

    for (i = 0; i < profile->devices->len; i++) {
        ProfileDevice *device = profile->devices->pdata[i];

        for (j = 0; device && j < PROFILE_STREAMS; j++) {
            end_row(&device->streams[j]);
        }
    }
    g_ptr_array_sort(profile->registers, compare_registers);
    profile_find_windows(profile);
    profile_find_pairs(profile);
}

const GPtrArray *profile_registers(const Profile *profile)
{
    return profile->registers;
}

const GArray *profile_windows(const Profile *profile)
{
    return profile->windows;
}

uint64_t profile_others(const Profile *profile)
{
    return profile->others;
}

uint64_t profile_work(const Profile *profile)
{
    return profile->work;
}
