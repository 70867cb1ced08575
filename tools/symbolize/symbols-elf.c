/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: symbols of a Linux kernel's ELF files (see symbols-elf.h)
 *
 * Theory of operation
 *
 * libelf reads the file, which need not be trusted.  Only sections with
 * instructions are used.  vmlinux has addresses; in a module, each section
 * begins at 0, and its address in memory is computed as Linux does it.
 */
#include "tools/symbolize/symbols-elf.h"
#include "tools/symbolize/unpack.h"

#include <gelf.h>
#include <string.h>
#include <unistd.h>

/**
 * struct ElfFile: a file being read
 * @path: name of the file
 * @fd: the file, unpacked
 * @elf: libelf's handle
 * @type: type of the file: ET_REL or another
 * @base: for each section with instructions, the address that its symbols'
 *        values are relative to; UINT64_MAX for other sections
 * @sections: number of sections
 */
typedef struct ElfFile {
    const char *path;
    int fd;
    Elf *elf;
    unsigned type;
    uint64_t *base;
    size_t sections;
} ElfFile;

static void close_elf(ElfFile *file)
{
    g_free(file->base);
    elf_end(file->elf);
    if (file->fd >= 0) {
        close(file->fd);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ElfFile, close_elf)

static bool fail_elf(const ElfFile *file, GError **error)
{
    g_set_error(error, SYM_ERROR, 0, "%s: damaged ELF file: %s", file->path,
                elf_errmsg(-1));
    return false;
}

/* Is it a bzImage?  Users may try the file that boots. */
static bool is_boot_image(int fd)
{
    char magic[4];

    return pread(fd, magic, sizeof(magic), 0x202) == sizeof(magic) &&
           !memcmp(magic, "HdrS", sizeof(magic));
}

static bool open_elf(ElfFile *file, GError **error)
{
    GElf_Ehdr header;

    file->fd = unpack_open(file->path, error);
    if (file->fd < 0) {
        return false;
    }
    elf_version(EV_CURRENT);
    file->elf = elf_begin(file->fd, ELF_C_READ, NULL);
    if (!file->elf || elf_kind(file->elf) != ELF_K_ELF) {
        g_set_error(error, SYM_ERROR, 0, "%s is not an ELF file%s", file->path,
                    is_boot_image(file->fd) ?
                    ", but a vmlinuz, which has no symbols: use vmlinux from the distribution's debug package (Debian: linux-image-VERSION-dbg)"
                    : "");
        return false;
    }
    if (!gelf_getehdr(file->elf, &header) ||
        elf_getshdrnum(file->elf, &file->sections) < 0) {
        return fail_elf(file, error);
    }
    file->type = header.e_type;
    return true;
}

/*
 * Return: offset from the module's base at which Linux loads a section, or
 * UINT64_MAX.  Sections with instructions come first, in the order of the file,
 * each with its own alignment.  Sections whose name begins with ".init" are
 * loaded elsewhere, and freed after initialization.
 */
static uint64_t place_section(const char *name, const GElf_Shdr *header,
                              uint64_t *end)
{
    uint64_t align = MAX(header->sh_addralign, 1);
    uint64_t at = *end;

    if (g_str_has_prefix(name, ".init") || header->sh_size > UINT32_MAX ||
        align > UINT32_MAX) {
        return UINT64_MAX;
    }
    if (at % align) {
        at += align - at % align;
    }
    *end = at + header->sh_size;
    return at;
}

/* Fill in @base, and mark where the sections end. */
static bool place_sections(ElfFile *file, uint64_t load, SymTable *table,
                           GError **error)
{
    const uint64_t flags = SHF_ALLOC | SHF_EXECINSTR;
    uint64_t end = 0;
    Elf_Scn *section = NULL;
    size_t names;

    if (elf_getshdrstrndx(file->elf, &names) < 0) {
        return fail_elf(file, error);
    }
    file->base = g_new(uint64_t, file->sections + 1);
    memset(file->base, 0xff, (file->sections + 1) * sizeof(*file->base));
    while ((section = elf_nextscn(file->elf, section))) {
        SymEntry bound = { .kind = SYM_BOUND, .rank = UINT8_MAX };
        size_t i = elf_ndxscn(section);
        GElf_Shdr header;
        uint64_t at;

        if (!gelf_getshdr(section, &header) || i >= file->sections) {
            return fail_elf(file, error);
        }
        if ((header.sh_flags & flags) != flags) {
            continue;
        }
        at = header.sh_addr;
        if (file->type == ET_REL) {
            const char *name = elf_strptr(file->elf, names, header.sh_name);

            at = place_section(name ? name : "", &header, &end);
            if (at == UINT64_MAX) {
                continue;
            }
            at += load;
        }
        /* In a linked file, the values of symbols are addresses. */
        file->base[i] = file->type == ET_REL ? at : 0;
        bound.addr = at + header.sh_size;
        sym_table_add(table, &bound);
    }
    return true;
}

/* Prefer symbols with a type, then with a size, then those not weak. */
static uint8_t rank_of(const GElf_Sym *symbol)
{
    return (GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE) << 2 |
           !symbol->st_size << 1 |
           (GELF_ST_BIND(symbol->st_info) == STB_WEAK);
}

static bool is_code(const GElf_Sym *symbol)
{
    switch (GELF_ST_TYPE(symbol->st_info)) {
    case STT_FUNC:
    case STT_GNU_IFUNC:
    case STT_NOTYPE:
        return true;
    default:
        return false;
    }
}

static bool read_symtab(const ElfFile *file, Elf_Scn *section,
                        const GElf_Shdr *header, const char *module,
                        SymTable *table, GError **error)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = header->sh_entsize ? header->sh_size / header->sh_entsize
                                      : 0;
    size_t i;

    if (!data) {
        return fail_elf(file, error);
    }
    for (i = 1; i < MIN(count, INT32_MAX); i++) {
        SymEntry entry = { .kind = SYM_FUNCTION, .module = module };
        GElf_Sym symbol;

        if (!gelf_getsym(data, i, &symbol)) {
            return fail_elf(file, error);
        }
        /* Symbols without a section, or with one above 65279, are skipped. */
        if (!is_code(&symbol) || symbol.st_shndx >= file->sections ||
            file->base[symbol.st_shndx] == UINT64_MAX) {
            continue;
        }
        entry.name = elf_strptr(file->elf, header->sh_link, symbol.st_name);
        if (!entry.name || !*entry.name) {
            continue;
        }
        entry.name_len = strlen(entry.name);
        entry.module_len = module ? strlen(module) : 0;
        entry.addr = file->base[symbol.st_shndx] + symbol.st_value;
        if (entry.addr < SYM_KERNEL_BASE) {
            continue;
        }
        entry.size = symbol.st_size;
        entry.rank = rank_of(&symbol);
        sym_table_add(table, &entry);
    }
    return true;
}

static bool read_symbols(ElfFile *file, uint64_t load, const char *module,
                         SymTable *table, GError **error)
{
    Elf_Scn *section = NULL;

    if (!place_sections(file, load, table, error)) {
        return false;
    }
    while ((section = elf_nextscn(file->elf, section))) {
        GElf_Shdr header;

        if (!gelf_getshdr(section, &header)) {
            return fail_elf(file, error);
        }
        if (header.sh_type == SHT_SYMTAB &&
            !read_symtab(file, section, &header, module, table, error)) {
            return false;
        }
    }
    if (!sym_table_count(table)) {
        g_set_error(error, SYM_ERROR, 0,
                    "%s has no symbols of a 64-bit kernel: it is not a kernel's file, or was stripped; use the file from the distribution's debug package",
                    file->path);
        return false;
    }
    return true;
}

SymTable *symbols_read_vmlinux(const char *path, GError **error)
{
    g_auto(ElfFile) file = { .path = path, .fd = -1 };
    g_autoptr(SymTable) table = sym_table_new();

    if (!open_elf(&file, error)) {
        return NULL;
    }
    if (file.type == ET_REL) {
        g_set_error(error, SYM_ERROR, 0,
                    "%s is an object file or a module, not a vmlinux; use --module-dir for modules",
                    path);
        return NULL;
    }
    return read_symbols(&file, 0, NULL, table, error) ?
        g_steal_pointer(&table) : NULL;
}

SymTable *symbols_read_module(const char *path, const char *name,
                              uint64_t base, GError **error)
{
    g_auto(ElfFile) file = { .path = path, .fd = -1 };
    g_autoptr(SymTable) table = sym_table_new();

    if (!open_elf(&file, error)) {
        return NULL;
    }
    if (file.type != ET_REL) {
        g_set_error(error, SYM_ERROR, 0, "%s is not a module", path);
        return NULL;
    }
    if (!read_symbols(&file, base, name, table, error)) {
        return NULL;
    }
    sym_table_finish(table, 0);
    return g_steal_pointer(&table);
}
