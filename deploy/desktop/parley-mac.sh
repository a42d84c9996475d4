#!/bin/sh
# Starts the desktop app on macOS. At a second start macOS itself shows the window. The comments in parley.sh give the reasons.
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
data=$HOME/Library/Application\ Support/chat.parley.desktop
cd /
private=--parley-private-files
(umask 077 && mkdir -p -- "$data") && chmod go= "$data" || private=
rm -f -- "$data/.storage/session.neustorage" "$data/.storage/server.neustorage"

resources=$data/resources-$(cksum <"$here/../Resources/resources.neu" | tr -d ' ')
for old in "$data"/resources-*; do
  if [ "$old" != "$resources" ]; then rm -rf -- "$old"; fi
done
if ! cmp -s -- "$here/../Resources/resources.neu" "$resources/resources.neu"; then
  mkdir -p -- "$resources" && cp -- "$here/../Resources/resources.neu" "$resources/resources.new" &&
    chmod 600 "$resources/resources.new" && mv -- "$resources/resources.new" "$resources/resources.neu"
fi

info=$data/.tmp/auth_info.json
rm -f -- "$info"
closing=--window-exit-process-on-close=true
if bash "$here/parley-window" works; then
  closing="--window-exit-process-on-close=false --export-auth-info=true"
  bash "$here/parley-window" watch "$info" $$ &
fi
# macOS starts the program that opens a link, so that program does not inherit this mask.
umask 077
# shellcheck disable=SC2086 # These are lists of words.
exec "$here/parley-mac_universal" "--path=$resources" --res-mode=bundle "--port=$((17275 + $(id -u) % 8))" $closing $private
