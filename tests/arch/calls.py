# SPDX-License-Identifier: MIT
"""Who may call what: only app prints, by one file, ends the program or reads
the environment; memory comes from base/memory.c; numeric modules know no clock;
random numbers come from base/random.c."""
import re
import sys

import tree

NUMERIC = ('src/linalg/', 'src/nn/', 'src/curv/', 'src/train/')

# What, who may, why not the others.
RULES = [
    (r'\b(?:stdout|stderr|STDOUT_FILENO|STDERR_FILENO)\b',
     ('src/app/', 'src/base/status.c'), 'only app prints'),
    (r'\b(?:v?f?printf|v?dprintf|f?puts|putchar|f?putc|fwrite|perror)\s*\(',
     ('src/app/print.c', 'src/base/status.c'),
     'app/print.h prints, and keeps control characters from terminals'),
    (r'\b(?:exit|_exit|_Exit|quick_exit|abort|MPI_Abort)\s*\(',
     ('src/app/', 'src/base/status.c', 'src/base/errand.c'),
     'only app ends the program'),
    (r'\b(?:getenv|secure_getenv|setenv|putenv|environ)\b',
     ('src/app/',), 'only app reads the environment'),
    (r'\b(?:malloc|calloc|realloc|aligned_alloc|posix_memalign|strdup|free)'
     r'\s*\(', ('src/base/memory.c',), 'memory comes from gold_alloc'),
    (r'\b(?:rand|srand|drand48|random|rand_r)\s*\(', (),
     'random numbers come from goldilocks/random.h'),
    (r'\bassert\s*\(', (), 'GOLD_ASSERT'),
]
CLOCKS = re.compile(r'\b(?:clock|time|clock_gettime|gettimeofday|MPI_Wtime)'
                    r'\s*\(')


def check(top):
    n_checked = 0
    complaints = []
    for path in tree.files(top, ['src'], ['.c', '.h']):
        name = path.as_posix()
        rules = [(re.compile(what), why) for what, may, why in RULES
                 if not name.startswith(may)]
        if name.startswith(NUMERIC):
            rules.append((CLOCKS, 'numeric modules know no clock'))
        n_checked += 1
        code = tree.code_of(tree.read(top, path))
        for number, line in enumerate(code.split('\n'), 1):
            complaints += [f'{name}:{number}: {why}: {line.strip()}'
                           for what, why in rules if what.search(line)]
    return n_checked, complaints


if __name__ == '__main__':
    tree.end(*check(sys.argv[1]))
