/* SPDX-License-Identifier: MIT */
/* What commands say of themselves: on a terminal, and as manual pages. */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/print.h"
#include "app/words.h"

enum {
    ITEM_INDENT = 30 /* where the text of an option starts */
};

static const char about_program[] =
    "How does the starting point of a neural network decide how it trains? "
    "Draws initial points over a grid, measures the curvature of the loss "
    "there, and writes every number into one HDF5 file.";

static const char about_files[] =
    "`goldilocks COMMAND --help` says more. CONFIG is a YAML file, such as "
    "configs/quickstart.yaml, see goldilocks-study(5); FILE is a result file.";

static const char exit_codes[] =
    "Exit codes: 0 all done, 2 wrong command line, 3 wrong study, 4 input or "
    "output failed, 5 finished with failed tasks, 6 verification failed, 75 "
    "stopped in good order with work left: submit again.";

/* How the pieces of a page are printed. */
typedef struct manner {
    void (*head)(const char *name, const char *operands, const char *brief);
    void (*section)(const char *title);
    void (*paragraph)(const char *text, size_t n);
    void (*item)(const char *name, const char *text);
} manner;

/* ------------------------------------------------------------- on a terminal
 */

static void say_head(const char *name, const char *operands, const char *brief)
{
    gold_say(stdout, "goldilocks%s%s%s%s: %s\n", name[0] != '\0' ? " " : "",
             name, operands[0] != '\0' ? " " : "", operands, brief);
}

static void say_section(const char *title)
{
    (void)title;
    gold_print(stdout, "\n");
}

static void say_paragraph(const char *text, size_t n)
{
    char paragraph[1024];

    (void)snprintf(paragraph, sizeof paragraph, "%.*s", (int)n, text);
    gold_print(stdout, "\n");
    if (paragraph[0] == ' ') {
        gold_say(stdout, "%s\n", paragraph);
    } else {
        goldi_print_wrapped(stdout, paragraph, 0, GOLDI_COLUMNS);
    }
}

static void say_item(const char *name, const char *text)
{
    const int left = ITEM_INDENT - 2 - (int)strlen(name);

    gold_say(stdout, left > 0 ? "  %s%*s" : "  %s\n%*s", name,
             left > 0 ? left : ITEM_INDENT, "");
    goldi_print_wrapped(stdout, text, ITEM_INDENT, GOLDI_COLUMNS);
}

/* ------------------------------------------------------------ manual pages
 */

/* Text in which a bare - would be a hyphen. */
static void put_roff(const char *text, size_t n)
{
    for (; n > 0; n--, text++) {
        gold_say(stdout, *text == '-' || *text == '\\' ? "\\%c" : "%c", *text);
    }
}

static void put_bold(const char *name)
{
    gold_print(stdout, ".B ");
    put_roff(name, strlen(name));
    gold_print(stdout, "\n");
}

static void put_head(const char *name, const char *operands, const char *brief)
{
    char page[64];
    char usage[128];

    (void)snprintf(page, sizeof page, "goldilocks%s%s",
                   name[0] != '\0' ? "-" : "", name);
    (void)snprintf(usage, sizeof usage, "goldilocks %s %s", name, operands);
    gold_print(stdout, ".TH ");
    put_roff(page, strlen(page));
    gold_print(stdout, " 1\n.SH NAME\n");
    put_roff(page, strlen(page));
    gold_print(stdout, " \\- ");
    put_roff(brief, strlen(brief));
    gold_print(stdout, "\n.SH SYNOPSIS\n");
    put_bold(usage);
    gold_print(stdout, ".SH DESCRIPTION\n");
}

static void put_section(const char *title)
{
    gold_say(stdout, ".SH %s\n", title);
}

static void put_paragraph(const char *text, size_t n)
{
    const bool is_kept = text[0] == ' ';

    gold_print(stdout, is_kept ? ".PP\n.nf\n" : ".PP\n");
    put_roff(text, n);
    gold_print(stdout, is_kept ? "\n.fi\n" : "\n");
}

static void put_item(const char *name, const char *text)
{
    gold_print(stdout, ".TP\n");
    put_bold(name);
    put_roff(text, strlen(text));
    gold_print(stdout, "\n");
}

/* -------------------------------------------------------------------- pages
 */

static void print_paragraphs(const manner *how, const char *text)
{
    while (*text != '\0') {
        const char *end = strstr(text, "\n\n");
        const size_t n = end == NULL ? strlen(text) : (size_t)(end - text);

        how->paragraph(text, n - (end == NULL && text[n - 1] == '\n' ? 1 : 0));
        text += n + (end == NULL ? 0 : 2);
    }
}

static void print_option(const manner *how, const gold_option *option)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%s%s%s--%s%s%s",
                   option->letter != NULL ? "-" : "",
                   option->letter != NULL ? option->letter : "",
                   option->letter != NULL ? ", " : "", option->name,
                   option->argument != NULL ? " " : "",
                   option->argument != NULL ? option->argument : "");
    how->item(name, option->about);
}

static void print_command(const manner *how, const gold_command *command)
{
    how->head(command->name, command->operands, command->brief);
    print_paragraphs(how, command->about);
    how->section("OPTIONS");
    for (const gold_option *option = command->options; option->name != NULL;
         option++) {
        print_option(how, option);
    }
    print_option(how, &gold_help_option);
}

static void print_program(const manner *how, const gold_command *commands)
{
    how->head("", "COMMAND ...",
              "curvature at initial points, training "
              "from them");
    print_paragraphs(how, about_program);
    how->section("COMMANDS");
    for (; commands->name != NULL; commands++) {
        char usage[64];

        if (commands->brief != NULL) {
            (void)snprintf(usage, sizeof usage, "goldilocks %s %s",
                           commands->name, commands->operands);
            how->item(usage, commands->brief);
        }
    }
    print_paragraphs(how, about_files);
    print_paragraphs(how, exit_codes);
}

gold_status gold_cmd_help(const gold_args *args)
{
    static const manner manners[] = {
        {say_head, say_section, say_paragraph, say_item},
        {put_head, put_section, put_paragraph, put_item}};
    const bool is_manual =
        args->format != NULL && strcmp(args->format, "man") == 0;
    const manner *how = &manners[is_manual ? 1 : 0];
    const gold_command *command = args->is_help ? args->command : NULL;

    if (args->format != NULL && !is_manual &&
        strcmp(args->format, "text") != 0) {
        return gold_fail(GOLD_ERR_USAGE, "--format is text or man, not '%s'",
                         args->format);
    }
    if (!args->is_help && args->n_operands > 0) {
        GOLD_TRY(
            gold_find_command(args->commands, args->operands[0], &command));
    }
    if (command == NULL) {
        print_program(how, args->commands);
    } else {
        print_command(how, command);
    }
    return GOLD_OK;
}
