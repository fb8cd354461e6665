/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "app/args.h"
#include "app/print.h"

static const char overview[] =
    "goldilocks: how does the starting point of a neural network decide how\n"
    "it trains? Draws initial points over a grid, measures the curvature of\n"
    "the loss there, and writes every number into one HDF5 file.\n"
    "\n"
    "  goldilocks validate CONFIG   check a study\n"
    "  goldilocks plan CONFIG       what it will cost\n"
    "  goldilocks run CONFIG        do it (alone, or under mpirun or srun)\n"
    "  goldilocks status FILE       how far it is\n"
    "  goldilocks summary FILE      the result on a terminal\n"
    "  goldilocks point CONFIG      everything about one point, to check it\n"
    "  goldilocks table FILE        one row per point, as CSV or JSON lines\n"
    "  goldilocks verify FILE       recompute some of its points and compare\n"
    "  goldilocks merge OUT IN...   unite shards, more seeds, more radii\n"
    "  goldilocks bench             how fast this machine is\n"
    "  goldilocks doctor [CONFIG]   what here would hurt a run\n"
    "  goldilocks keys [KEY...]     what a study may say\n"
    "\n"
    "goldilocks COMMAND --help says more. CONFIG is a YAML file, such as\n"
    "configs/quickstart.yaml; FILE is a result file.\n"
    "\n"
    "Exit codes: 0 all done, 2 wrong command line, 3 wrong study, 4 input or\n"
    "output failed, 5 finished with failed tasks, 6 verification failed,\n"
    "75 stopped in good order with work left: submit again.\n";

#define HELP_SET                                                               \
    "  --set KEY.PATH=VALUE  change one setting, such as\n"                    \
    "                        --set data.train=500; ~ takes it away; may be\n"  \
    "                        repeated\n"

static const struct {
    const char *command;
    const char *text;
} helps[] = {
    {"validate",
     "goldilocks validate CONFIG [--resolved] [--no-data]\n"
     "                    [--set KEY.PATH=VALUE]...\n"
     "\n"
     "Read and check a study and whether its data are there. Prints every "
     "error\n"
     "at once, each with its place in the file, or what the study is.\n"
     "\n"
     "  --no-data             do not look at the data\n"
     "  --resolved            print the whole study, with every default, as\n"
     "                        YAML that is the same study\n" HELP_SET},
    {"plan",
     "goldilocks plan CONFIG [--ranks N] [--json] [--set KEY.PATH=VALUE]...\n"
     "\n"
     "A dry run: axes, points, tasks, parameters, flops, time, memory and the\n"
     "size of the result file. Measures this machine's speed for a few\n"
     "seconds.\n"
     "\n"
     "  --ranks N             processes to plan for; without it a sensible\n"
     "                        number is proposed\n"
     "  --json                the same as one JSON object\n" HELP_SET},
    {"run",
     "goldilocks run CONFIG [-o FILE] [options]\n"
     "mpirun -n 8 goldilocks run CONFIG\n"
     "\n"
     "Run a study. If FILE exists and is of the same study, what is missing\n"
     "in it is done; if it is of another study, nothing happens but a "
     "message.\n"
     "\n"
     "  -o, --output FILE     result file; default results/<study>.h5\n"
     "  --overwrite           begin anew, replacing FILE, which has to be a\n"
     "                        result file\n"
     "  --retry-failed        do failed points again\n"
     "  --shard I/N           do only part I of N, from 1 to N, into a file of "
     "its\n"
     "                        own, default results/<study>.I-of-N.h5;\n"
     "                        `goldilocks merge` unites the files\n"
     "  --max-seconds S       hand out nothing more after S seconds; exit 75\n"
     "                        if work is left\n"
     "  --quiet               print errors only\n"
     "  --verbose             one line for each task\n" HELP_SET},
    {"status",
     "goldilocks status FILE [--json] [--failed] [--watch]\n"
     "\n"
     "How far a result file is, also while another job writes it.\n"
     "\n"
     "  --json                as one JSON object\n"
     "  --failed              list the failed points and why they failed\n"
     "  --watch               repeat until all is done\n"},
    {"verify",
     "goldilocks verify FILE [--sample N] [--set KEY.PATH=VALUE]...\n"
     "\n"
     "Recompute points of a result file, chosen at random, from the study in "
     "it\n"
     "and compare every number bit for bit. Measured points are recomputed "
     "with\n"
     "the whole line that they are on. Exit code 6 when a number differs.\n"
     "\n"
     "  --sample N            so many points; default 10, at most all\n"
     "  --set KEY.PATH=VALUE  such as --set data.path=FOLDER, when the data "
     "have\n"
     "                        moved\n"},
    {"merge",
     "goldilocks merge OUT IN... [--overwrite]\n"
     "\n"
     "Make the result file OUT of the result files IN of one study: shards\n"
     "(run --shard), or runs with more values on some axes, such as seeds or\n"
     "radii. The files may be unfinished; they are not changed. A point that "
     "is\n"
     "done in several has to be the same in all: bit for bit, or to rounding\n"
     "where it was measured next to other radii. `goldilocks run` goes on "
     "with\n"
     "OUT like with any other file.\n"
     "\n"
     "  --overwrite           replace OUT if it exists and is a result file\n"},
    {"summary",
     "goldilocks summary FILE [--at AXIS=VALUE,...] [--by AXIS] [--json]\n"
     "\n"
     "The result on a terminal: the bounds of the zone with 95 % intervals\n"
     "over seeds, and tables and plots of trace over norm and of the positive\n"
     "fraction against radius. A zone is named where the curve's rise above 0\n"
     "cannot be chance among all radii looked at (p <= 0.05); otherwise there\n"
     "is none above the noise, or, up to 4 seeds, too few seeds for a claim.\n"
     "\n"
     "  --at AXIS=VALUE,...   of a part of the study\n"
     "  --by AXIS             tables and curves along this axis, not radius\n"
     "  --json                the same numbers as one JSON object\n"},
    {"point",
     "goldilocks point CONFIG --at AXIS=VALUE,... [-o POINT.h5] "
     "[--overwrite]\n"
     "\n"
     "Recompute one point of the grid and write everything about it:\n"
     "parameters, directions, data, matrices and every statistic, for\n"
     "checking with another tool.\n"
     "\n"
     "  --at AXIS=VALUE,...   which point; axes of one value may be left out\n"
     "  -o, --output FILE     where to; default point.h5\n"
     "  --overwrite           replace FILE if it exists and is a point "
     "file\n" HELP_SET},
    {"table", "goldilocks table FILE [--format csv|jsonl]\n"
              "\n"
              "One flat row for each grid point on standard output.\n"
              "\n"
              "  --format csv          comma separated values (the default)\n"
              "  --format jsonl        one JSON object a line\n"},
    {"bench",
     "goldilocks bench\n"
     "\n"
     "How fast the kernels run against this machine's matrix product,\n"
     "on one core, and how fast tasks are handed out: empty ones, and ones\n"
     "of 100 microseconds. Under mpirun this is between processes:\n"
     "\n"
     "  mpirun --oversubscribe -n 3 goldilocks bench\n"},
    {"doctor",
     "goldilocks doctor [CONFIG] [-o FILE]\n"
     "srun --mpi=pmix goldilocks doctor CONFIG\n"
     "\n"
     "What on this machine would hurt a run, one line each, ok, warning or\n"
     "problem, with what to do: how processes are started, cores, threads and\n"
     "kernel of the BLAS, HDF5, MPI-IO, memory, limits (ulimit), and of the\n"
     "folder of the result locks and space. Run it the way you mean to run\n"
     "the study.\n"
     "Exit code 4 if there is a problem.\n"
     "\n"
     "  -o, --output FILE     the result file that is meant; default\n"
     "                        results/<study>.h5\n" HELP_SET},
    {"keys",
     "goldilocks keys [KEY...] [--json] [--format FORMAT]\n"
     "\n"
     "The keys of a study: place, type, range, default, meaning, and whether\n"
     "they may be axes of the grid. KEY is a key, a block or an axis: depth,\n"
     "network.depth, train, data_scale. Without one: a list of all.\n"
     "\n"
     "  --json                the same as JSON\n"
     "  --format schema       the JSON Schema of studies, for editors\n"
     "  --format markdown     a page for people\n"
     "  --format man          the manual page goldilocks-study(5)\n"},
};

void gold_help_print(const char *command)
{
    for (size_t i = 0; i < sizeof helps / sizeof *helps; i++) {
        if (command != NULL && strcmp(command, helps[i].command) == 0) {
            gold_print(stdout, helps[i].text);
            return;
        }
    }
    gold_print(stdout, overview);
}
