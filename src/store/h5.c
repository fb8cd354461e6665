/* SPDX-License-Identifier: MIT */
#include "store/h5.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "store/place.h"

enum {
    REASON_BYTES = 512
};

/* Objects that could not be closed: what they had still to write is lost. */
static size_t n_unclosed;

static size_t n_failed;

void gold_store_prepare(void)
{
    (void)H5dont_atexit();
    (void)H5open();
}

void goldi_h5_quiet(void)
{
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

const char *gold_hdf5_version(void)
{
    static char text[32];
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;

    (void)H5get_libversion(&major, &minor, &release);
    (void)snprintf(text, sizeof text, "%u.%u.%u", major, minor, release);
    return text;
}

/* First entry, walking up: what really went wrong. */
static herr_t take_reason(unsigned depth, const H5E_error2_t *error,
                          void *reason)
{
    (void)depth;
    (void)snprintf(reason, REASON_BYTES, "%s",
                   error->desc == NULL ? "" : error->desc);
    return 1;
}

/* HDF5 wraps the system's words in a list of everything it knows: keep the
 * words. */
static void shorten_reason(char *reason)
{
    static const char mark[] = "error message = '";
    char *start = strstr(reason, mark);

    if (start != NULL) {
        start += sizeof mark - 1;
        start[strcspn(start, "'")] = '\0';
        memmove(reason, start, strlen(start) + 1);
    }
}

gold_status goldi_h5_fail(gold_status status, const char *format, ...)
{
    char reason[REASON_BYTES] = "";
    char text[2048];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    n_failed++;
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, reason);
    shorten_reason(reason);
    return gold_fail(status, "%s%s%s", text, reason[0] == '\0' ? "" : ": ",
                     reason);
}

size_t goldi_h5_n_failed(void)
{
    return n_failed;
}

void goldi_h5_close(hid_t *id)
{
    if (*id >= 0 && H5Idec_ref(*id) < 0) {
        n_unclosed++;
    }
    *id = H5I_INVALID_HID;
}

bool goldi_h5_is_last(hid_t file)
{
    return n_unclosed > 0 ||
           H5Fget_obj_count(file, H5F_OBJ_ALL | H5F_OBJ_LOCAL) == 1;
}

gold_status goldi_h5_close_file(hid_t *file, const char *path)
{
    const hid_t id = *file;

    *file = H5I_INVALID_HID;
    if (id >= 0 && H5Fclose(id) < 0) {
        return goldi_h5_fail(GOLD_ERR_IO, "%s: cannot be closed", path);
    }
    if (n_unclosed > 0) {
        n_unclosed = 0;
        return gold_fail(GOLD_ERR_IO,
                         "%s: not all of it could be written: no room, perhaps",
                         path);
    }
    return GOLD_OK;
}

gold_status goldi_h5_access(hid_t *access)
{
    gold_status status = GOLD_OK;
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);

    GOLDI_H5(list, "no HDF5 file access list");
    GOLDI_H5(H5Pset_libver_bounds(list, H5F_LIBVER_V110, H5F_LIBVER_V110),
             "HDF5 refuses its own format of version 1.10");
    GOLDI_H5(H5Pset_sieve_buf_size(list, 0),
             "HDF5 refuses to write without a sieve buffer");
#if H5_VERSION_GE(1, 10, 7)
    GOLDI_H5(H5Pset_file_locking(list, false, true),
             "HDF5 refuses to work without locks");
#endif
    *access = list;
    list = H5I_INVALID_HID;

done:
    goldi_h5_close(&list);
    return status;
}

/* Take the room for the data of a file just created. */
static gold_status reserve(hid_t file, double bytes)
{
    gold_status status = GOLD_OK;
    void *handle = NULL;

    GOLDI_H5(H5Fget_vfd_handle(file, H5P_DEFAULT, &handle),
             "HDF5 hides its file");
    status = goldi_place_reserve(*(const int *)handle, bytes);

done:
    return status;
}

gold_status goldi_h5_create(const char *path, double bytes, hid_t *file)
{
    gold_status status = GOLD_OK;
    const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t created = H5I_INVALID_HID;
    hid_t access = H5I_INVALID_HID;
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);

    GOLDI_H5(creation, "no HDF5 file creation list");
    GOLDI_H5(H5Pset_link_creation_order(creation, order),
             "HDF5 refuses to track the order of objects");
    GOLDI_H5(H5Pset_attr_creation_order(creation, order),
             "HDF5 refuses to track the order of attributes");
    GOLD_GOTO(goldi_h5_access(&access));
    GOLD_GOTO(goldi_place_create(path));
    created = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    GOLDI_H5(created, "%s: cannot be created", path);
    GOLD_GOTO(reserve(created, bytes));
    *file = created;
    created = H5I_INVALID_HID;

done:
    goldi_h5_close(&created);
    goldi_h5_close(&access);
    goldi_h5_close(&creation);
    return status;
}

gold_status goldi_h5_open(const char *path, hid_t *file)
{
    gold_status status = GOLD_OK;
    hid_t access = H5I_INVALID_HID;

    GOLD_GOTO(goldi_h5_access(&access));
    *file = H5Fopen(path, H5F_ACC_RDONLY, access);
    GOLDI_H5(*file, "%s: cannot be opened as HDF5", path);

done:
    goldi_h5_close(&access);
    return status;
}

gold_status goldi_h5_text_type(hid_t *type)
{
    gold_status status = GOLD_OK;
    hid_t text = H5Tcopy(H5T_C_S1);

    GOLDI_H5(text, "no HDF5 text type");
    GOLDI_H5(H5Tset_size(text, H5T_VARIABLE), "no HDF5 text of any length");
    GOLDI_H5(H5Tset_cset(text, H5T_CSET_UTF8), "no HDF5 text in UTF-8");
    *type = text;
    text = H5I_INVALID_HID;

done:
    goldi_h5_close(&text);
    return status;
}

gold_status goldi_h5_set_numbers(hid_t object, const char *name, hid_t type,
                                 size_t n, const void *numbers)
{
    gold_status status = GOLD_OK;
    const hsize_t size = n;
    hid_t attribute = H5I_INVALID_HID;
    hid_t space =
        n == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &size, NULL);

    GOLDI_H5(space, "no HDF5 space for attribute '%s'", name);
    attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    GOLDI_H5(attribute, "attribute '%s' cannot be created", name);
    GOLDI_H5(H5Awrite(attribute, type, numbers),
             "attribute '%s' cannot be written", name);

done:
    goldi_h5_close(&attribute);
    goldi_h5_close(&space);
    return status;
}

gold_status goldi_h5_set_text(hid_t object, const char *name, const char *text)
{
    gold_status status = GOLD_OK;
    hid_t type = H5I_INVALID_HID;

    if (text == NULL) {
        return GOLD_OK;
    }
    GOLD_GOTO(goldi_h5_text_type(&type));
    GOLD_GOTO(goldi_h5_set_numbers(object, name, type, 0, &text));

done:
    goldi_h5_close(&type);
    return status;
}

gold_status goldi_h5_look(hid_t file, const char *name, bool *exists)
{
    const htri_t found = H5Lexists(file, name, H5P_DEFAULT);

    *exists = found > 0;
    return found < 0
               ? goldi_h5_fail(GOLD_ERR_IO, "'%s' cannot be looked for", name)
               : GOLD_OK;
}

/* Open an attribute; it stays invalid when there is none. */
static gold_status find_attribute(hid_t object, const char *name,
                                  hid_t *attribute)
{
    gold_status status = GOLD_OK;
    const htri_t exists = H5Aexists(object, name);

    GOLDI_H5(exists, "attribute '%s' cannot be looked for", name);
    if (exists > 0) {
        *attribute = H5Aopen(object, name, H5P_DEFAULT);
        GOLDI_H5(*attribute, "attribute '%s' cannot be opened", name);
    }

done:
    return status;
}

gold_status goldi_h5_get_integer(hid_t object, const char *name,
                                 int64_t *number)
{
    gold_status status = GOLD_OK;
    hid_t attribute = H5I_INVALID_HID;
    hid_t space = H5I_INVALID_HID;

    GOLD_GOTO(find_attribute(object, name, &attribute));
    if (attribute < 0) {
        goto done;
    }
    space = H5Aget_space(attribute);
    GOLDI_H5(space, "attribute '%s' has no shape", name);
    if (H5Sget_simple_extent_npoints(space) != 1) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "attribute '%s' is not one number", name);
    }
    if (H5Aread(attribute, H5T_NATIVE_INT64, number) < 0) {
        GOLDI_H5_FAIL(GOLD_ERR_FORMAT, "attribute '%s' is no number", name);
    }

done:
    goldi_h5_close(&space);
    goldi_h5_close(&attribute);
    return status;
}

/* Is it one variable length text, the only kind that we write? */
static gold_status look_at_type(hid_t attribute, const char *name,
                                bool *is_text)
{
    gold_status status = GOLD_OK;
    hid_t type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    const htri_t is_variable = H5Tis_variable_str(type);
    const hssize_t n = H5Sget_simple_extent_npoints(space);

    if (type < 0 || space < 0 || is_variable < 0 || n < 0) {
        GOLDI_H5_FAIL(GOLD_ERR_IO, "attribute '%s' has no type", name);
    }
    *is_text = is_variable > 0 && n == 1;

done:
    goldi_h5_close(&space);
    goldi_h5_close(&type);
    return status;
}

gold_status goldi_h5_get_text(hid_t object, const char *name, char **text)
{
    gold_status status = GOLD_OK;
    hid_t type = H5I_INVALID_HID;
    hid_t attribute = H5I_INVALID_HID;
    char *raw = NULL; /* HDF5's own memory */
    bool is_text = false;

    *text = NULL;
    GOLD_GOTO(find_attribute(object, name, &attribute));
    if (attribute >= 0) {
        GOLD_GOTO(look_at_type(attribute, name, &is_text));
    }
    if (!is_text) {
        goto done;
    }
    /* The type as stored, whatever its character set, so that nothing needs
     * converting. */
    type = H5Aget_type(attribute);
    GOLDI_H5(type, "attribute '%s' has no type", name);
    GOLDI_H5(H5Aread(attribute, type, (void *)&raw),
             "attribute '%s' cannot be read", name);
    GOLD_GOTO(gold_copy_text(raw == NULL ? "" : raw, text));

done:
    if (raw != NULL) {
        (void)H5free_memory(raw);
    }
    goldi_h5_close(&attribute);
    goldi_h5_close(&type);
    return status;
}
