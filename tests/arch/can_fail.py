# SPDX-License-Identifier: MIT
"""Each rule of this folder, against a small tree that breaks it."""
import pathlib
import tempfile

import calls
import circles
import includes
import lengths
import names
import paths
import tree


def body(n_lines):
    """A function whose body has that many lines, braces included."""
    return 'void f(void)\n{\n' + '    g();\n' * (n_lines - 2) + '}\n'


# Rule, file, text, number of complaints.
CASES = [
    (includes, 'src/nn/a.c', '#include <mpi.h>\n', 1),
    (includes, 'src/store/a.c', '#include <mpi.h>\n#include <hdf5.h>\n', 0),
    (includes, 'src/linalg/a.c', '#include "nn/a.h"\n', 1),
    (includes, 'src/curv/a.c', '#include "linalg/product.h"\n', 0),
    (includes, 'src/engine/a.c', '#include "store/h5.h"\n', 1),
    (includes, 'src/nn/a.c', '#include "goldilocks/study.h"\n', 1),
    (includes, 'src/nn/a.c', '#include "goldilocks/settings.h"\n', 0),
    (includes, 'src/sched/a.c', '#include "goldilocks/store.h"\n', 1),
    (includes, 'src/app/a.c', '#include "goldilocks/dataset.h"\n', 0),
    (includes, 'src/study/a.c', '#include "goldilocks/unheard.h"\n', 1),
    (includes, 'src/study/a.c', '#include <gsl/gsl.h>\n', 1),
    (includes, 'src/study/a.c', '/* #include <mpi.h> */\n', 0),
    (includes, 'src/study/a.c', '#include "a.h"\n', 1),
    (includes, 'src/other/a.c', '', 1),
    (includes, 'include/goldilocks/unheard.h', '', 1),
    (includes, 'include/goldilocks/study.h', '#include <mpi.h>\n', 1),
    (calls, 'src/study/a.c', 'printf("a");\n', 1),
    (calls, 'src/app/a.c', 'gold_say(stdout, "a"); exit(1); getenv("A");\n',
     0),
    (calls, 'src/nn/a.c', 'gold_say(stdout, "a");\n', 1),
    (calls, 'src/app/a.c', 'fputs(a, out);\nfprintf(out, a);\n', 2),
    (calls, 'src/app/print.c', 'fputs(a, out);\n', 0),
    (calls, 'src/study/a.c', 'snprintf(a, 1, "exit(1)"); /* exit(1) */\n', 0),
    (calls, 'src/study/a.c', 'gold_free(a);\nfree(a);\n', 1),
    (calls, 'src/nn/a.c', 'clock_gettime(0, 0);\n', 1),
    (calls, 'src/sched/a.c', 'clock_gettime(0, 0);\n', 0),
    (circles, 'src/nn/a.h', '#include "nn/a.h"\n', 0),
    (lengths, 'src/nn/a.c', body(71), 1),
    (lengths, 'src/nn/a.c', body(70), 0),
    (lengths, 'src/nn/a.c', '\n' * 501, 1),
    (lengths, 'src/nn/a.c', '\n' * 500, 0),
    (names, 'tests/e2e/a.py', 'def a():\n    pass\n\n\ndef a():\n    pass\n',
     1),
    (names, 'tests/e2e/a.py', 'def a():\n    pass\n\n\nclass B:\n'
     '    def a(self):\n        pass\n', 0),
    (paths, 'jobs/a.sh', 'cd /' + 'home/me\n', 1),
    (paths, 'jobs/a.sh', 'cd "$HOME/home/me" a/' + 'home/b\n', 0),
]


def main():
    complaints = []
    for rule, name, text, expected in CASES:
        with tempfile.TemporaryDirectory() as top:
            path = pathlib.Path(top, name)
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding='utf-8')
            _, found = rule.check(top)
            if len(found) != expected:
                complaints.append(f'{rule.__name__}: {text[:60]!r} in {name}: '
                                  f'{expected} expected, but {found}')
    with tempfile.TemporaryDirectory() as top:
        for name, other in ('a.c', 'b'), ('b.h', 'c'), ('c.c', 'a'):
            path = pathlib.Path(top, 'src/nn', name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'#include "nn/{other}.h"\n', encoding='utf-8')
        _, found = circles.check(top)
        if len(found) != 1:
            complaints.append(f'circles: one expected, but {found}')
    tree.end(len(CASES) + 1, complaints)


if __name__ == '__main__':
    main()
