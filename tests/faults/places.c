/* SPDX-License-Identifier: MIT */
#include "places.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <dlfcn.h>
#include <link.h>

/* NOLINTBEGIN: a library that others are loaded behind goes its own ways */
static struct {
    uintptr_t begin;
    uintptr_t end;
    int owner;
} places[16];
static size_t n_places;

static int add_places(struct dl_phdr_info *info, size_t size, void *unused)
{
    const int owner = info->dlpi_name[0] == '\0'                ? PROGRAM
                      : strstr(info->dlpi_name, "hdf5") != NULL ? HDF5
                      : strstr(info->dlpi_name, "yaml") != NULL ? YAML
                                                                : 0;

    (void)size;
    (void)unused;
    for (int i = 0; owner != 0 && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *piece = &info->dlpi_phdr[i];

        if ((piece->p_flags & PF_X) != 0 &&
            n_places < sizeof places / sizeof *places) {
            places[n_places].begin = info->dlpi_addr + piece->p_vaddr;
            places[n_places].end = places[n_places].begin + piece->p_memsz;
            places[n_places++].owner = owner;
        }
    }
    return 0;
}

bool find_places(const char *program)
{
    if (strcmp(program_invocation_short_name, program) != 0) {
        return false;
    }
    dl_iterate_phdr(add_places, NULL);
    return true;
}

bool is_of(const void *caller, int owners)
{
    for (size_t i = 0; i < n_places; i++) {
        if ((uintptr_t)caller >= places[i].begin &&
            (uintptr_t)caller < places[i].end) {
            return (places[i].owner & owners) != 0;
        }
    }
    return false;
}

void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}
/* NOLINTEND */
