# SPDX-License-Identifier: MIT
"""Does every #include follow the arrows between the modules?

An arrow lets a module include the other's private headers. Public headers are
contracts: they may be included from every module that arrows lead from, over
other modules too. Each library from outside belongs to the modules named here.
"""
import re
import sys

import tree

ARROWS = {
    'base': [],
    'linalg': [],
    'study': [],
    # store: samples in HDF5.
    'data': ['store'],
    'graph': ['linalg'],
    'nn': ['graph', 'linalg'],
    'curv': ['nn', 'graph', 'linalg'],
    'train': ['nn', 'graph', 'linalg'],
    # linalg: the threads and the peak of the BLAS that an engine runs on.
    'engine': ['train', 'curv', 'nn', 'data', 'study', 'linalg'],
    # sched: all ranks agree on what came of an opening (gold_agree).
    'store': ['sched', 'study'],
    'sched': ['study'],
    'app': ['sched', 'store', 'engine', 'study'],
}

# Whose contract each public header is; a new one has to be entered here.
PUBLIC = {
    'status': 'base', 'memory': 'base', 'random': 'base', 'digest': 'base',
    'architecture': 'graph', 'graph': 'graph',
    'settings': 'study', 'study': 'study', 'keys': 'study', 'task': 'study',
    'schema': 'study', 'data_sets': 'study',
    'full_variables': 'study', 'tracks': 'study',
    'select': 'study',
    'dataset': 'data', 'engine': 'engine', 'store': 'store',
    'output': 'store', 'sched': 'sched',
}

# Vocabulary: plain enums and structs without functions, which numeric modules
# may see without knowing what a study is.
SHARED = {'settings': ['graph', 'nn', 'curv', 'train', 'data']}

# dataset.h tells what the data of a study is, so data sees studies; it still
# has no part in how they are read. A study names operations and their keys.
CONTRACTS = {'data': ['study'], 'study': ['graph']}

OUTSIDE = {
    'mpi.h': ['sched', 'store', 'app'],
    'hdf5.h': ['store'],
    'hdf5_hl.h': ['store'],
    'yaml.h': ['study'],
    'cblas.h': ['linalg'],
    'zlib.h': ['data'],
    'malloc.h': ['base'],  # what glibc does beside the standard
    'openssl/evp.h': ['base'],
    'Random123/philox.h': ['base'],
}

STANDARD = re.compile(
    r'(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math'
    r'|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio'
    r'|pthread|stdlib|stdnoreturn|string|strings|threads|time|wchar|wctype'
    r'|dirent|fcntl|fnmatch|glob|langinfo|libgen|poll|pwd|regex|sched|spawn'
    r'|termios|unistd|utime|sys/[a-z]+)\.h')

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def reachable(module):
    """Modules that arrows lead to from this one, itself and base included."""
    found = {module, 'base'}
    waiting = [module]
    while waiting:
        for other in ARROWS[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def public_complaint(module, name):
    stem = re.sub(r'^goldilocks/|\.h$', '', name)
    owner = PUBLIC.get(stem)
    if owner is None:
        return 'is of no module: enter it in tests/arch/includes.py'
    may = (owner in reachable(module) or module in SHARED.get(stem, [])
           or owner in CONTRACTS.get(module, []))
    return None if may else f'belongs to {owner}, which {module} may not use'


def private_complaint(module, name):
    owner, slash, _ = name.partition('/')
    if not slash:
        return 'should be named with its module, as in "module/file.h"'
    if owner not in ARROWS:
        return f'is of no module: {owner}'
    may = owner in (module, 'base') or owner in ARROWS[module]
    return None if may else f'belongs to {owner}, which {module} may not use'


def outside_complaint(module, name):
    if STANDARD.fullmatch(name):
        return None
    owners = OUTSIDE.get(name)
    if owners is None:
        return 'is neither standard nor listed in tests/arch/includes.py'
    if module not in owners:
        return f'is for {" and ".join(owners)} only'
    return None


def complaint(module, bracket, name):
    if bracket == '<':
        return outside_complaint(module, name)
    if name.startswith('goldilocks/'):
        return public_complaint(module, name)
    return private_complaint(module, name)


def module_of(path):
    """The module a file belongs to; None for a stray one."""
    if path.parts[0] == 'include':
        return PUBLIC.get(path.stem)
    return path.parts[1] if len(path.parts) == 3 else None


def check(top):
    """How many includes there are, and what is wrong with them."""
    n_checked = 0
    complaints = []
    for path in tree.files(top, ['src', 'include'], ['.c', '.h']):
        module = module_of(path)
        if module not in ARROWS:
            complaints.append(f'{path}: is of no module: tests/arch/includes.py'
                              ' lists modules and public headers')
            continue
        text = tree.code_of(tree.read(top, path))
        for match in INCLUDE.finditer(text):
            line = text.count('\n', 0, match.start(1)) + 1
            wrong = complaint(module, match.group(1), match.group(2))
            n_checked += 1
            if wrong:
                complaints.append(f'{path}:{line}: {match.group(2)} {wrong}')
    return n_checked, complaints


if __name__ == '__main__':
    tree.end(*check(sys.argv[1]))
