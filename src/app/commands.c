/* SPDX-License-Identifier: MIT */
#include "app/commands.h"

#define MEMBER(name) offsetof(gold_args, name)
#define FLAG(name, member, about)                                              \
    {                                                                          \
        name, NULL, NULL, GOLD_OPTION_FLAG, MEMBER(member), about              \
    }
#define TEXT(name, letter, argument, member, about)                            \
    {                                                                          \
        name, letter, argument, GOLD_OPTION_TEXT, MEMBER(member), about        \
    }
#define COUNT(name, member, about)                                             \
    {                                                                          \
        name, NULL, "N", GOLD_OPTION_COUNT, MEMBER(member), about              \
    }
#define SET(about)                                                             \
    {                                                                          \
        "set", NULL, "KEY.PATH=VALUE", GOLD_OPTION_OVERRIDE, 0, about          \
    }
#define SET_ANY                                                                \
    SET("change one setting, such as --set data.train=500; null takes it "     \
        "away; may be repeated")
#define OUTPUT(about) TEXT("output", "o", "FILE", output, about)
#define JSON          FLAG("json", is_json, "the same as one JSON object")

const gold_command gold_commands[] = {
    {"validate", "CONFIG", 1, 1, "check a study",
     "Read and check a study and its data, as a run would. Prints every error "
     "at once, each with its place in the file, or what the study is.",
     (const gold_option[]){
         FLAG("resolved", is_resolved,
              "print the whole study, with every default, as "
              "YAML that is the same study"),
         FLAG("no-data", is_dataless, "do not look at the data"),
         SET_ANY,
         {.name = NULL}},
     gold_cmd_validate, false},
    {"plan", "CONFIG", 1, 1, "what it will cost",
     "A dry run: axes, points, tasks, parameters, flops, time, memory and the "
     "size of the result file. Measures this machine's speed for a few "
     "seconds.",
     (const gold_option[]){COUNT("ranks", ranks,
                                 "processes to plan for; without it a sensible "
                                 "number is proposed"),
                           TEXT("pilot", NULL, "FILE", pilot,
                                "a result file by whose zones to say how many "
                                "seeds a width needs"),
                           TEXT("width", NULL, "W", width,
                                "of the interval, from end to end over the "
                                "value: 5% or 0.05"),
                           TEXT("of", NULL, "NAME", of,
                                "low, the default, high, height, peak or "
                                "spread of each zone"),
                           JSON,
                           SET_ANY,
                           {.name = NULL}},
     gold_cmd_plan, false},
    {"run", "CONFIG", 1, 1, "do it (alone, or under mpirun or srun)",
     "Run a study. If FILE exists and is of the same study, what is missing in "
     "it is done; if it is of another study, nothing happens but a message. On "
     "many cores:\n"
     "\n"
     "  mpirun -n 8 goldilocks run CONFIG\n",
     (const gold_option[]){
         OUTPUT("result file; default results/<study>.h5"),
         FLAG("overwrite", is_overwrite,
              "begin anew, replacing FILE, which has to be a result file"),
         FLAG(
             "extend", is_extend,
             "FILE has fewer values on some axes than CONFIG: enlarge it, keep "
             "what it holds, and go on"),
         FLAG("retry-failed", is_retry_failed, "do failed points again"),
         TEXT("until", NULL, "WHAT", until,
              "add seeds, into the same file, until the interval of low, high, "
              "height, peak or spread of each zone is so narrow, from end to "
              "end over the value: low:5%, or no number of seeds will make it "
              "so; or until each network has a zone: zone"),
         COUNT("most", most, "of --until: seeds, at most; default 1000"),
         TEXT("at", NULL, "AXIS=VALUE,...", at,
              "of --until: the networks that are meant; default all"),
         FLAG("alone", is_alone,
              "one process, whatever started it: for the tasks of a farm, each "
              "with a --shard of its own"),
         {"shard", NULL, "I/N", GOLD_OPTION_SHARD, 0,
          "do only part I of N, from 1 to N, into a file of its own, default "
          "results/<study>.I-of-N.h5; `goldilocks merge` unites the files"},
         {"max-seconds", NULL, "S", GOLD_OPTION_SECONDS, MEMBER(max_seconds),
          "hand out nothing more after S seconds; exit 75 if work is left"},
         FLAG("quiet", is_quiet, "print errors only"),
         FLAG("verbose", is_verbose, "one line for each task"),
         SET_ANY,
         {.name = NULL}},
     gold_cmd_run, true},
    {"status", "FILE", 1, 1, "how far it is",
     "How far a result file is, also while another job writes it.",
     (const gold_option[]){JSON,
                           FLAG("failed", is_failed,
                                "list the failed points and why they failed"),
                           FLAG("watch", is_watch, "repeat until all is done"),
                           {.name = NULL}},
     gold_cmd_status, false},
    {"summary", "FILE", 1, 1, "the result on a terminal",
     "The result on a terminal: the bounds of the zone with 95 % intervals "
     "over seeds, and tables and plots of trace over norm and of the positive "
     "fraction against radius. A zone is named where the curve's rise above 0 "
     "cannot be chance among all radii looked at (p <= 0.05); otherwise there "
     "is none above the noise, or, up to 4 seeds, too few seeds for a claim.",
     (const gold_option[]){
         TEXT("at", NULL, "AXIS=VALUE,...", at, "of a part of the study"),
         TEXT("by", NULL, "AXIS", by,
              "tables and curves along this axis, not the radius"),
         FLAG("json", is_json, "the same numbers as one JSON object"),
         {.name = NULL}},
     gold_cmd_summary, false},
    {"point", "CONFIG", 1, 1, "everything about one point, to check it",
     "Recompute one point of the grid and write everything about it: "
     "parameters, directions, data, matrices and every statistic, for checking "
     "with another tool.",
     (const gold_option[]){
         TEXT("at", NULL, "AXIS=VALUE,...", at,
              "which point; axes of one value may be left out"),
         OUTPUT("where to; default point.h5"),
         FLAG("overwrite", is_overwrite,
              "replace FILE if it exists and is a point file"),
         SET_ANY,
         {.name = NULL}},
     gold_cmd_point, false},
    {"table", "FILE", 1, 1, "one row per point, as CSV or JSON lines",
     "One flat row for each grid point on standard output.",
     (const gold_option[]){
         TEXT("format", NULL, "csv|jsonl", format,
              "comma separated values (the default), or one JSON object a "
              "line"),
         {.name = NULL}},
     gold_cmd_table, false},
    {"verify", "FILE", 1, 1, "recompute some of its points and compare",
     "Recompute points of a result file, chosen at random, from the study in "
     "it and compare every number bit for bit. Measured points are recomputed "
     "with the whole line that they are on. Exit code 6 when a number differs.",
     (const gold_option[]){
         COUNT("sample", sample, "so many points; default 10, at most all"),
         SET("such as --set data.path=FOLDER, when the data have moved"),
         {.name = NULL}},
     gold_cmd_verify, false},
    {"merge", "OUT IN...", 2, SIZE_MAX, "unite shards, more seeds, more radii",
     "Make the result file OUT of the result files IN of one study: shards "
     "(run --shard), or runs with more values on some axes, such as seeds or "
     "radii. The files may be unfinished; they are not changed. A point that "
     "is done in several has to be the same in all: bit for bit, or to "
     "rounding where it was measured next to other radii. `goldilocks run` "
     "goes on with OUT like with any other file; its study is the first IN's, "
     "with the --set that is printed where the axes have grown.",
     (const gold_option[]){
         FLAG("overwrite", is_overwrite,
              "replace OUT if it exists and is a result file"),
         {.name = NULL}},
     gold_cmd_merge, false},
    {"bench", "", 0, 0, "how fast this machine is",
     "How fast the kernels run against this machine's matrix product, on one "
     "core, and how fast tasks are handed out: empty ones, and ones of 100 "
     "microseconds. Under mpirun this is between processes:\n"
     "\n"
     "  mpirun --oversubscribe -n 3 goldilocks bench\n",
     (const gold_option[]){{.name = NULL}}, gold_cmd_bench, true},
    {"doctor", "[CONFIG]", 0, 1, "what here would hurt a run",
     "What on this machine would hurt a run, one line each, ok, warning or "
     "problem, with what to do: how processes are started, cores, threads and "
     "kernel of the BLAS, HDF5, MPI-IO, memory, limits (ulimit), and of the "
     "folder of the result locks and space. Run it the way you mean to run the "
     "study. Exit code 4 if there is a problem.\n"
     "\n"
     "  srun --mpi=pmix goldilocks doctor CONFIG\n",
     (const gold_option[]){
         OUTPUT("the result file that is meant; default results/<study>.h5"),
         SET_ANY,
         {.name = NULL}},
     gold_cmd_doctor, true},
    {"keys", "[KEY...]", 0, SIZE_MAX, "what a study may say",
     "The keys of a study: place, type, range, default, meaning, and whether "
     "they may be axes of the grid. KEY is a key, a block or an axis: depth, "
     "network.depth, train, data_scale. Without one: a list of all.",
     (const gold_option[]){
         FLAG("json", is_json, "the same as JSON"),
         TEXT("format", NULL, "text|json|schema|markdown|man|names", format,
              "schema: the JSON Schema of studies, for editors; markdown: a "
              "page for people; man: the manual page goldilocks-study(5)"),
         {.name = NULL}},
     gold_cmd_keys, false},
    {"template", "[mlp|cnn|layers]", 0, 1, "a study to begin with",
     "A study of multilayer perceptrons, convolutional networks or lists of "
     "layers: what each key means, and behind # the keys that it leaves to "
     "their defaults.",
     (const gold_option[]){{.name = NULL}}, gold_cmd_template, false},
    {"jobs", "FOLDER", 1, 1, "scripts for jobs, to change",
     "Copy the scripts for Slurm, PBS, LSF and single machines into "
     "FOLDER/jobs, with their README and a file for what the site needs "
     "(modules, variables). Nothing that is there is replaced.",
     (const gold_option[]){{.name = NULL}}, gold_cmd_jobs, false},
    {"help", "[COMMAND]", 0, 1, "what a command does",
     "What a command does and takes; `goldilocks COMMAND --help` says the "
     "same.",
     (const gold_option[]){TEXT("format", NULL, "text|man", format,
                                "man: the source of its manual page"),
                           {.name = NULL}},
     gold_cmd_help, false},
    {"complete", "LINE", 1, 1, NULL,
     "Words that may end a line as typed so far, for shells.",
     (const gold_option[]){{.name = NULL}}, gold_cmd_complete, false},
    {.name = NULL},
};
