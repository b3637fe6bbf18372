# What is done to the files of the registry's two volumes, in a container that has both. Run by volumes.py: the
# verb is an argument, what it is done to comes on standard input. For dash and for busybox.
set -eu
umask 022
primary=/var/lib/registry
repositories=$primary/docker/registry/v2/repositories
failed() { echo "$*" >&2; exit 1; }
hash() { sum=$(sha256sum <"$1"); echo "${sum%% *}"; }
each() { if [ -d "$1" ]; then find "$@"; fi; }
# What is made belongs to whoever the volume belongs to: the registry's user, or the owner of the other disk.
own() {
  case $1 in $primary/*) root=$primary ;; *) root=/backup ;; esac
  chown "$(stat -c %u:%g $root)" "$1"
}
folder() {
  if [ ! -d "$1" ]; then
    folder "${1%/*}"
    mkdir "$1" || [ -d "$1" ]
    own "$1"
  fi
}
# Durable before it has its name, so that what has a name is whole.
settle() { own "$1"; sync "$1"; mv -f "$1" "$2"; sync "${2%/*}"; }

# Tags before revisions before blobs: a push writes them the other way round, so what a tag needs is in the list.
list() {
  each $repositories -name _uploads -prune -o -path '*/_manifests/tags/*/current/link' -exec stat -c 'tag %n' {} +
  each $repositories -name _uploads -prune -o -path '*/_manifests/tags/*/current/link' -size +0 -exec grep -H '' {} +
  each $repositories -name _uploads -prune -o -path '*/_manifests/revisions/sha256/*/link' -exec stat -c 'revision %n' {} +
  each $primary/docker/registry/v2/blobs/sha256 -name data -exec stat -c 'blob %s %n' {} +
  each /backup/blobs/sha256 -type f ! -name '*.part' -exec stat -c 'blob %s %n' {} +
  each /backup/releases -type f -name '*.json' -exec stat -c 'record %n' {} +
}

# Lines "sha256 from to". What does not have its digest is named and not copied.
copy() {
  while read -r hex from to; do
    folder "${to%/*}"
    if [ ! -f "$from" ]; then
      echo "missing $hex"
    elif cp "$from" "$to.part" && [ "$(hash "$to.part")" = "$hex" ]; then
      settle "$to.part" "$to"
      echo "copied $hex"
    else
      rm -f "$to.part"
      if [ "$(hash "$from")" = "$hex" ]; then failed "$to could not be written."; fi
      echo "damaged $hex"
    fi
  done
}

# Lines "path content": small files of one line, written where they say something else; with "keep" only where they
# say no digest, because what says one was written meanwhile.
lines() {
  new=
  while read -r path content; do
    has=
    if [ -f "$path" ]; then read -r has <"$path" || :; fi
    if [ "$1" = keep ] && [ ${#has} = 71 ]; then continue; fi
    if [ "$has" != "$content" ]; then
      folder "${path%/*}"
      printf %s "$content" >"$path.part"
      own "$path.part"
      mv -f "$path.part" "$path"
      echo "written $path"
      new=yes
    fi
  done
  if [ "$new" ]; then sync -f "$primary" /backup; fi
}

write() { folder "${1%/*}"; cat >"$1.part"; settle "$1.part" "$1"; }

# Of copies that were cut off.
leftovers() {
  each /backup/blobs -name '*.part' -exec rm -f {} +
  each $primary/docker/registry/v2/blobs -name data.part -exec rm -f {} +
}

# Names of repositories without a manifest: what is left of them is links to layers that are gone.
forget() {
  while read -r name; do
    rm -rf "$repositories/$name/_layers" "$repositories/$name/_manifests" "$repositories/$name/_uploads"
    rmdir "$repositories/$name" || :
  done
}

case $1 in
  list) list ;;
  read) xargs -r cat ;;
  sums) xargs -r sha256sum ;;
  copy) copy ;;
  lines) lines "$2" ;;
  write) write "$2" ;;
  remove) xargs -r rm -f; leftovers ;;
  forget) forget ;;
  used) du -sk $primary /backup ;;
esac
