# SPDX-License-Identifier: MIT
# Completion for fish: the program itself says what may follow.
function __goldilocks_words
    set -l words (goldilocks complete -- (commandline -cp | string collect) 2>/dev/null)
    if set -q words[1]
        string join \n -- $words
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c goldilocks -f -a '(__goldilocks_words)'
