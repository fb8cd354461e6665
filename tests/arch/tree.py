# SPDX-License-Identifier: MIT
"""What the rules of this folder share: the files of the tree, and an end."""
import pathlib
import re
import sys

COMMENTS = re.compile(r'/\*.*?\*/|//[^\n]*', re.DOTALL)
STRINGS = re.compile(r'"(?:\\.|[^"\\\n])*"')


def files(top, folders, suffixes):
    """Files below the folders, sorted, as paths relative to `top`."""
    top = pathlib.Path(top)
    found = [path.relative_to(top) for folder in folders
             for path in (top / folder).rglob('*')
             if path.is_file() and path.suffix in suffixes]
    return sorted(found)


def read(top, path):
    return (pathlib.Path(top) / path).read_text(encoding='utf-8')


def _blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


def code_of(text):
    """The text with comments and the insides of strings blanked out; lines
    keep their numbers. Includes in quotes keep their names."""
    text = COMMENTS.sub(_blank, text)
    return '\n'.join(line if line.lstrip().startswith('#include')
                     else STRINGS.sub('""', line)
                     for line in text.split('\n'))


def end(n_checked, complaints):
    """Say what is wrong and end with 1; having checked nothing is wrong too."""
    for complaint in complaints:
        print(complaint)
    print(f'{n_checked} checked, {len(complaints)} complaints')
    sys.exit(1 if complaints or n_checked == 0 else 0)
