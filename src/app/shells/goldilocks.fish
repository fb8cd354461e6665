# SPDX-License-Identifier: MIT
# Completion for fish: the program itself says what may follow.
complete -c goldilocks -a '(goldilocks complete -- (commandline -cp | string collect) 2>/dev/null)'
