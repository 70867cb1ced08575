/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: what was done, as a trace (see log.h)
 *
 * Theory of operation
 *
 * The device's id is its address.  Map ids are places in the table of regions
 * plus one.  All BARs are mapped at their addresses on the host, all the time:
 * VFIO has switched decoding on before the sequence begins.
 *
 * What is written to buffers is in snapshots, behind the write that tells the
 * device of it, as in a log of the tracer.
 */
#include "tools/play/log.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "libmmiotrace/entry-put.h"
#include "libmmiotrace/format.h"
#include "libmmiotrace/mark-put.h"
#include "libmmiotrace/put.h"
#include "tools/sequence/model.h"

/* Legacy VGA has one region in VFIO, and three in a log. */
#define VGA_MEMORY 0xa0000

/* A log's regions; those of SEQUENCE_REGION_VGA come last */
static const struct {
    const char *word;
    uint64_t start;
    uint64_t size;
} regions[] = {
    { "bar=0", 0, 0 }, { "bar=1", 0, 0 }, { "bar=2", 0, 0 },
    { "bar=3", 0, 0 }, { "bar=4", 0, 0 }, { "bar=5", 0, 0 }, { "rom", 0, 0 },
    { "config", 0, MMT_CONFIG_SIZE },
    { "vga=0xa0000", VGA_MEMORY, 0x20000 },
    { "vga=0x3b0", 0x3b0, 0xc }, { "vga=0x3c0", 0x3c0, 0x20 },
};

/**
 * struct PlayLog
 * @file: where it is written
 * @error: errno of the first write that failed, or 0
 * @fmt: the formatter
 * @id: the device's id
 * @start: address of each region
 * @size: size of each region that is mapped; 0: it is not
 * @memory: what was written to buffers, and is not logged yet
 */
struct PlayLog {
    FILE *file;
    int error;
    MmtFormatter fmt;
    char *id;
    uint64_t start[G_N_ELEMENTS(regions)];
    uint64_t size[G_N_ELEMENTS(regions)];
    PlayLogMemory *memory;
};

static uint64_t not_before(PlayLog *log, uint64_t ns)
{
    log->fmt.last_ns = MAX(log->fmt.last_ns, ns);
    return log->fmt.last_ns;
}

static void put_mark(PlayLog *log, MmtMark mark, const MmtMarkWord *words,
                     uint64_t ns)
{
    char line[MMT_LINE_MAX];

    fwrite(line, 1, mmt_mark_put_line(mark, words, not_before(log, ns), line),
           log->file);
}

static void put_record(PlayLog *log, const MmtRecord *rec)
{
    char lines[MMT_FORMAT_MAX];
    MmtSlot slot = { .rec = *rec };

    fwrite(lines, 1, mmt_format(&log->fmt, &slot, lines), log->file);
}

static void put_pcidev(PlayLog *log, const HostPci *dev)
{
    MmtPciDev pci = {
        .bus = dev->bus, .devfn = dev->devfn, .vendor = dev->vendor,
        .device = dev->device, .irq = dev->irq, .driver = "vfio-pci",
    };
    char line[MMT_LINE_MAX];
    unsigned i;

    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        const HostPciRegion *region = &dev->regions[i];
        bool port = region->flags & HOST_PCI_IORESOURCE_IO;

        if (!region->size) {
            continue;
        }
        /* PCI Local Bus Specification: the type is in a BAR's low bits. */
        pci.start[i] = region->start | (port ? 1 :
            (region->flags & HOST_PCI_IORESOURCE_MEM_64 ? 4 : 0) |
            (region->flags & HOST_PCI_IORESOURCE_PREFETCH ? 8 : 0));
        pci.size[i] = region->size;
    }
    mmt_format_pcidev(&pci, line);
    fprintf(log->file, MMT_VERSION_LINE "\n");
    put_mark(log, MMT_MARK_LOG,
             MMT_WORDS(MMT_NUMBER("format", 1), MMT_TEXT("qemu", "none")),
             log->fmt.last_ns);
    fprintf(log->file, "%s\n", line);
}

static void put_clock(PlayLog *log, uint64_t ns)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    put_mark(log, MMT_MARK_CLOCK,
             MMT_WORDS(MMT_NUMBER("monotonic", ns),
                       MMT_NUMBER("realtime", ts.tv_sec * MMT_NS_PER_SEC +
                                              ts.tv_nsec)), ns);
}

/* Where the device's regions are on the host */
static void find_regions(PlayLog *log, const HostPci *dev)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(regions); i++) {
        bool own = i < HOST_PCI_REGIONS;

        log->start[i] = own ? dev->regions[i].start : regions[i].start;
        log->size[i] = own ? dev->regions[i].size : regions[i].size;
    }
}

static void put_coverage(PlayLog *log, size_t i, uint64_t ns)
{
    put_mark(log, MMT_MARK_COVERAGE,
             MMT_WORDS(MMT_TEXT("device", log->id),
                       MMT_TEXT("region", regions[i].word),
                       MMT_NUMBER("map", i + 1),
                       MMT_NUMBER("addr", log->start[i]),
                       MMT_NUMBER("len", log->size[i]),
                       MMT_TEXT("state", "trapped")), ns);
}

/* Accesses to config space are marks, and need no mapping. */
static bool is_mapped(const PlayLog *log, size_t i)
{
    return log->size[i] && i != SEQUENCE_REGION_CONFIG &&
           i < SEQUENCE_REGION_VGA;
}

static void put_maps(PlayLog *log, MmtKind kind, uint64_t ns)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(regions); i++) {
        MmtRecord rec = {
            .kind = kind, .map_id = i + 1, .ns = ns, .addr = log->start[i],
            .value = log->start[i], .arg = log->size[i],
        };

        if (is_mapped(log, i)) {
            put_record(log, &rec);
        }
    }
}

PlayLog *play_log_new(FILE *file, const HostPci *dev, uint64_t ns)
{
    PlayLog *log = g_new0(PlayLog, 1);
    size_t i;

    log->file = file;
    log->id = g_strdup(dev->bdf);
    log->memory = play_log_memory_new();
    not_before(log, ns);
    find_regions(log, dev);
    put_pcidev(log, dev);
    put_mark(log, MMT_MARK_DEVICE,
             MMT_WORDS(MMT_TEXT("id", log->id), MMT_TEXT("host", dev->bdf),
                       MMT_TEXT("type", "vfio-trace-play"),
                       MMT_TEXT("addresses", "host")), ns);
    put_clock(log, ns);
    for (i = 0; i < G_N_ELEMENTS(regions); i++) {
        if (log->size[i] && i < SEQUENCE_REGION_VGA) {
            put_coverage(log, i, ns);
        }
    }
    put_maps(log, MMT_KIND_MAP, ns);
    return log;
}

/**
 * struct Snapshots: what snapshots have in common
 * @log: the log
 * @map: map id of the register that was written, or 0
 * @addr: its address
 * @ns: the time
 */
typedef struct Snapshots {
    PlayLog *log;
    int map;
    uint64_t addr;
    uint64_t ns;
} Snapshots;

static void put_snapshot(void *opaque, const PlayFill *run)
{
    const Snapshots *common = opaque;
    g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                                        run->bytes, run->len);
    char hex[2 * MMT_MARK_BYTES + 1];
    size_t done, n;

    put_mark(common->log, MMT_MARK_SNAPSHOT,
             MMT_WORDS(MMT_TEXT("device", common->log->id),
                       MMT_TEXT("name", run->name),
                       MMT_TEXT("on", common->map ? "write" : "request"),
                       common->map ? MMT_NUMBER("map", common->map)
                                   : MMT_NO_WORD,
                       common->map ? MMT_NUMBER("addr", common->addr)
                                   : MMT_NO_WORD,
                       MMT_NUMBER("at", run->at),
                       MMT_NUMBER("len", run->len),
                       MMT_TEXT("sha256", hash)), common->ns);
    for (done = 0; done < run->len; done += n) {
        n = MIN(MMT_MARK_BYTES, run->len - done);
        *mmt_put_bytes(hex, run->bytes + done, n) = '\0';
        put_mark(common->log, MMT_MARK_SNAPSHOT_DATA,
                 MMT_WORDS(MMT_NUMBER("at", run->at + done),
                           MMT_TEXT("data", hex)), common->ns);
    }
}

static void put_fills(PlayLog *log, int map, uint64_t addr, uint64_t ns)
{
    Snapshots common = { log, map, addr, ns };

    if (!play_log_memory_take(log->memory, put_snapshot, &common)) {
        put_mark(log, MMT_MARK_MEMORY_CUT,
                 MMT_WORDS(MMT_TEXT("device", log->id),
                           MMT_TEXT("name", "buffers"),
                           MMT_TEXT("why", "trigger")), ns);
    }
}

void play_log_fill(PlayLog *log, const PlayFill *fill)
{
    if (log) {
        play_log_memory_add(log->memory, fill);
    }
}

void play_log_fills(PlayLog *log, uint64_t ns)
{
    if (log) {
        put_fills(log, 0, 0, ns);
    }
}

/* Return: the place of an access to legacy VGA in the table of regions */
static size_t vga_place(uint64_t offset)
{
    size_t i = SEQUENCE_REGION_VGA;

    while (i + 1 < G_N_ELEMENTS(regions) &&
           offset - regions[i].start >= regions[i].size) {
        i++;
    }
    return i;
}

/* Most devices have no legacy VGA: it is mapped at the first access. */
static void need_vga(PlayLog *log, size_t i, uint64_t ns)
{
    MmtRecord rec = {
        .kind = MMT_KIND_MAP, .map_id = i + 1, .ns = ns,
        .addr = log->start[i], .value = log->start[i], .arg = log->size[i],
    };

    if (log->size[i]) {
        put_coverage(log, i, ns);
        put_record(log, &rec);
        log->size[i] = 0;
    }
}

void play_log_access(PlayLog *log, const PlayAccess *access)
{
    size_t i = access->region;
    MmtRecord rec = {
        .kind = access->write ? MMT_KIND_WRITE : MMT_KIND_READ,
        .width = access->width,
        .flags = access->failed ? MMT_FLAG_FAILED : 0,
        .ns = access->ns,
        .addr = access->offset,
        .value = access->value,
    };

    if (!log) {
        return;
    }
    if (i == SEQUENCE_REGION_VGA) {
        i = vga_place(access->offset);
        need_vga(log, i, access->ns);
    } else if (i == SEQUENCE_REGION_CONFIG) {
        rec.kind = access->write ? MMT_KIND_CONFIG_WRITE
                                 : MMT_KIND_CONFIG_READ;
    } else {
        rec.addr += log->start[i];
    }
    rec.map_id = i + 1;
    put_record(log, &rec);
    if (access->write) {
        bool config = i == SEQUENCE_REGION_CONFIG;

        put_fills(log, config ? 0 : rec.map_id, rec.addr, access->ns);
    }
}

void play_log_mark(PlayLog *log, const char *text, uint64_t ns)
{
    g_autofree char *other = NULL;
    char clean[MMT_MARK_MAX + 1];
    char time[32];

    if (!log) {
        return;
    }
    /* No text of a sequence may look like a mark of the tracer. */
    other = g_strconcat(g_str_has_prefix(text, MMT_MARK_PREFIX) ? "'" : "",
                        text, NULL);
    mmt_mark_sanitize(other, strlen(other), clean);
    ns = not_before(log, ns) / MMT_NS_PER_USEC;
    g_snprintf(time, sizeof(time), "%" G_GUINT64_FORMAT ".%06u",
               ns / 1000000, (unsigned)(ns % 1000000));
    fprintf(log->file, "MARK %s %s\n", time, clean);
}

void play_log_irq(PlayLog *log, const char *word, uint64_t vector, uint64_t ns)
{
    if (!log) {
        return;
    }
    put_mark(log, MMT_MARK_IRQ,
             MMT_WORDS(MMT_TEXT("device", log->id),
                       word ? MMT_TEXT("message", word) : MMT_NO_WORD,
                       word ? MMT_NUMBER("vector", vector) : MMT_NO_WORD,
                       word ? MMT_NO_WORD : MMT_TEXT("intx", "A"),
                       word ? MMT_NO_WORD : MMT_NUMBER("level", 1)), ns);
}

void play_log_flush(PlayLog *log)
{
    if (log && fflush(log->file) && !log->error) {
        log->error = errno;
    }
}

int play_log_error(const PlayLog *log)
{
    return log ? log->error : 0;
}

void play_log_end(PlayLog *log, uint64_t ns)
{
    if (!log) {
        return;
    }
    play_log_fills(log, ns);
    put_maps(log, MMT_KIND_UNMAP, ns);
    put_mark(log, MMT_MARK_DETACHED, MMT_WORDS(MMT_TEXT("id", log->id)), ns);
    put_mark(log, MMT_MARK_END, MMT_WORDS(MMT_NO_WORD), ns);
    play_log_flush(log);
}

void play_log_free(PlayLog *log)
{
    if (log) {
        play_log_memory_free(log->memory);
        g_free(log->id);
        g_free(log);
    }
}
