/* SPDX-License-Identifier: MIT */
#include "app/print.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Whole units of a length of time that is at least a minute. */
static void print_long(double seconds, char text[GOLD_PRINT_BYTES])
{
    const double minutes = round(seconds / 60.0);
    const double hours = round(seconds / 3600.0);
    const double days = floor(hours / 24.0);

    if (seconds < 3599.5) {
        (void)snprintf(text, GOLD_PRINT_BYTES, "%.0f min %02.0f s",
                       floor(round(seconds) / 60.0),
                       fmod(round(seconds), 60.0));
    } else if (minutes < 1440.0) {
        (void)snprintf(text, GOLD_PRINT_BYTES, "%.0f h %02.0f min",
                       floor(minutes / 60.0), fmod(minutes, 60.0));
    } else if (days < 1e6) {
        (void)snprintf(text, GOLD_PRINT_BYTES, "%.0f d %02.0f h", days,
                       fmod(hours, 24.0));
    } else {
        (void)snprintf(text, GOLD_PRINT_BYTES, "%.3g d", days);
    }
}

char *gold_print_duration(double seconds, char text[GOLD_PRINT_BYTES])
{
    if (!(seconds >= 0.0) || isinf(seconds)) {
        (void)snprintf(text, GOLD_PRINT_BYTES, "?");
    } else if (seconds > 0.0 && seconds < 0.01) {
        (void)snprintf(text, GOLD_PRINT_BYTES, "%.2g ms", seconds * 1e3);
    } else if (seconds < 9.995) {
        (void)snprintf(text, GOLD_PRINT_BYTES, "%.2f s", seconds);
    } else if (seconds < 59.5) {
        (void)snprintf(text, GOLD_PRINT_BYTES, "%.0f s", seconds);
    } else {
        print_long(seconds, text);
    }
    return text;
}

char *gold_print_bytes(double bytes, char text[GOLD_PRINT_BYTES])
{
    static const char *const units[] = {"B",   "KiB", "MiB", "GiB",
                                        "TiB", "PiB", "EiB"};
    size_t unit = 0;

    if (!(bytes >= 0.0) || isinf(bytes)) {
        (void)snprintf(text, GOLD_PRINT_BYTES, "?");
        return text;
    }
    /* 1023.95 and more would print as 1024.0 of the unit. */
    while (bytes >= (unit == 0 ? 1023.5 : 1023.95) && unit < 6) {
        bytes /= 1024.0;
        unit++;
    }
    (void)snprintf(text, GOLD_PRINT_BYTES,
                   bytes >= 1e6 ? "%.3g %s"
                   : unit == 0  ? "%.0f %s"
                                : "%.1f %s",
                   bytes, units[unit]);
    return text;
}

char *gold_print_count(double count, char text[GOLD_PRINT_BYTES])
{
    char digits[GOLD_PRINT_BYTES];
    size_t used = 0;

    if (!(fabs(count) < 1e15)) {
        (void)snprintf(text, GOLD_PRINT_BYTES, isnan(count) ? "?" : "%.3g",
                       count);
        return text;
    }
    (void)snprintf(digits, sizeof digits, "%.0f", fabs(count));
    const size_t n = strlen(digits);

    if (count <= -0.5) {
        text[used++] = '-';
    }
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            text[used++] = ',';
        }
        text[used++] = digits[i];
    }
    text[used] = '\0';
    return text;
}

char *gold_print_counted(double count, const char *noun,
                         char text[GOLD_PRINT_BYTES])
{
    const bool is_one = count > 0.5 && count < 1.5;
    const bool is_hissing = noun[strlen(noun) - 1] == 's';
    const size_t n = strlen(gold_print_count(count, text));

    (void)snprintf(text + n, GOLD_PRINT_BYTES - n, " %s%s", noun,
                   is_one       ? ""
                   : is_hissing ? "es"
                                : "s");
    return text;
}

/* One character as a terminal may have it, which is itself where it is plain;
 * returns the bytes it takes in the text. */
static size_t add_glyph(const char *text, size_t length, char *shown,
                        size_t *used)
{
    const bool is_plain = (*text >= ' ' && *text < 0x7f) || *text == '\n';

    if (is_plain) {
        shown[*used] = *text;
        *used += 1;
        return 1;
    }
    const size_t n = gold_utf8_glyph(text, length, shown + *used);

    *used += strlen(shown + *used);
    return n;
}

void gold_print_text(FILE *out, const char *text, size_t length)
{
    char shown[GOLD_SAID_BYTES];
    size_t used = 0;

    while (length > 0) {
        const size_t n = add_glyph(text, length, shown, &used);

        text += n;
        length -= n;
        if (used + GOLD_GLYPH_BYTES > sizeof shown || length == 0) {
            (void)fwrite(shown, 1, used, out);
            used = 0;
        }
    }
}

void gold_print(FILE *out, const char *text)
{
    gold_print_text(out, text, strlen(text));
}

void gold_say(FILE *out, const char *format, ...)
{
    static const char cut[] = "...\n";
    char text[GOLD_SAID_BYTES];
    va_list args;

    va_start(args, format);
    const int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= GOLD_SAID_BYTES) {
        memcpy(text + sizeof text - sizeof cut, cut, sizeof cut);
    }
    gold_print(out, text);
}

void gold_print_over(FILE *out, const char *line)
{
    (void)fputc('\r', out);
    gold_say(out, "%-78.78s", line);
}

void gold_print_clear(FILE *out)
{
    (void)fputs("\033[H\033[J", out);
}
