# The server's side of the kept shell: sent to bash on its standard input, once, when the connection opens.
# Commands follow on the same pipe, and the bytes of a file follow their command. It must be bash: dash reads
# its script in blocks and would eat the bytes.
umask 077
export LC_ALL=C
set -o pipefail

# Run a command; answer with its output in base64 on one line, then its return code and the length of its
# words on the next, then the words.
answer() {
    local words code
    { words=$({ "$@" | base64 -w0 >&3; exit "${PIPESTATUS[0]}"; } 2>&1); code=$?; } 3>&1
    tell
}

# The same for a command that has no output, which saves two processes.
report() {
    local words code
    words=$("$@" 2>&1)
    code=$?
    tell
}

tell() {
    printf '\n%d %d\n%s' "$code" "${#words}" "$words"
}

# folder, file, unfinished file, mode, length: the bytes come on standard input, then a line "whole".
# Without that line the connection was cut, which looks like the end of the file.
write_file() {
    local code end
    head -c "$5" | store_bytes "$1" "$3"
    code=$?
    IFS= read -r end && [ "$end" = whole ] && [ "$code" = 0 ] && put_in_place "$@" && return
    rm -f -- "$3"
    return 1
}

# All bytes are read whatever happens, or the shell would take what is left for commands.
store_bytes() {
    { [ -d "$1" ] || mkdir -p -- "$1"; } && cat >"$2" && return
    cat >/dev/null
    return 1
}

put_in_place() {
    { [ "$4" = 600 ] || chmod "$4" -- "$3"; } && sync -- "$3" && mv -fT -- "$3" "$2" && sync -- "$1"
}

# Of a folder that is not there, none.
plain_files() {
    [ ! -e "$1" ] || find "${1%/}/" -mindepth 1 -maxdepth 1 -type f ! -name '.homeport-*.tmp' -print0
}

# Files that are removed meanwhile are left out.
archive() {
    tar -cf - -P --no-recursion --ignore-failed-read --null --verbatim-files-from -T -
}

# The plain files of each folder, with their whole paths.
read_folders() {
    local folder
    for folder; do plain_files "$folder" || return; done | archive
}

# Pairs of a folder and a number: the paths of all its plain files, then an empty path, then the last so many by name.
read_newest() {
    local -i at
    for ((at = 1; at < $#; at += 2)); do plain_files "${!at}" || return; done
    printf '\0'
    while [ $# -gt 0 ]; do
        plain_files "$1" | sort -z | tail -z -n "$2" || return
        shift 2
    done | archive
}

list_folder() {
    find "$1/" -mindepth 1 -maxdepth 1 ! -name '.homeport-*.tmp' -printf '%f\0'
}

make_folder() {
    [ -d "$1" ] || mkdir -p -m "$2" -- "$1"
}

# engine's socket: no such file, no right to use it, or neither
socket_state() {
    [ -e "$1" ] || { echo missing; return; }
    [ -w "$1" ] && echo usable || echo forbidden
}
