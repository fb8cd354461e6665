# SPDX-License-Identifier: MIT
# Completion for bash: the program itself says what may follow.
_goldilocks() {
    local line=${COMP_LINE:0:COMP_POINT} IFS=$'\n' kept
    kept=${line##*[[:space:]]}
    kept=${kept%"${kept##*[=:]}"} # bash begins words anew behind these
    COMPREPLY=($("$1" complete -- "$line" 2>/dev/null))
    COMPREPLY=("${COMPREPLY[@]#"$kept"}")
    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
}
complete -o default -F _goldilocks goldilocks
