#!/bin/sh
# Run by mmdebstrap on the finished root: $1 is the root, $2 this folder, $3 a folder with the
# certificates of private authorities (may be empty).
set -eu
root="$1" recipe="$2" authorities="$3"

# Not by mmdebstrap's --aptopt: with these set, it does not find the packages it downloaded.
cp "$recipe/apt.conf" "$root/etc/apt/apt.conf.d/90homeport"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/* \
  "$root"/usr/share/doc "$root"/usr/share/info "$root"/usr/share/locale
# The scripts of Java's and Postgres' packages fail where these folders are missing.
mkdir -p "$root/usr/share/man/man1" "$root/usr/share/man/man7"

# Wherever ca-certificates is installed, its own script takes these in.
mkdir -p "$root/usr/local/share/ca-certificates"
find "$authorities" -name '*.crt' -exec cp '{}' "$root/usr/local/share/ca-certificates/" ';'
