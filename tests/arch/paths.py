# SPDX-License-Identifier: MIT
"""No file names a folder that only somebody's own machine has, or cites a
document that is not here."""
import pathlib
import re
import sys

import tree

FOLDERS = ['src', 'include', 'tests', 'jobs', 'analysis', 'configs', '.ci']
SUFFIXES = ['', '.c', '.h', '.py', '.sh', '.txt', '.cmake', '.in', '.yaml',
            '.json', '.md', '.ipynb', '.supp', '.sbatch']
OWN = re.compile(r'(?<![\w./}$-])/(?:work|farm|root|home)/'
                 r'|\b(?:DESIG''N|SCIENC''E|PLATFOR''M)\b')


def check(top):
    names = tree.files(top, FOLDERS, SUFFIXES)
    names += [path.relative_to(top) for path in pathlib.Path(top).glob('*')
              if path.is_file() and path.suffix in SUFFIXES + ['.cff']
              and path.name != '.git']  # a file in a linked work tree
    n_checked = 0
    complaints = []
    for path in names:
        try:
            lines = tree.read(top, path).split('\n')
        except UnicodeDecodeError:
            continue  # not a text
        n_checked += 1
        complaints += [f'{path}:{number}: {line.strip()}'
                       for number, line in enumerate(lines, 1)
                       if OWN.search(line)]
    return n_checked, complaints


if __name__ == '__main__':
    tree.end(*check(sys.argv[1]))
