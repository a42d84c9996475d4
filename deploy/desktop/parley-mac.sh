#!/bin/sh
# Starts the desktop app on macOS; what stands in parley.sh about private files holds here too.
umask 077
data=$HOME/Library/Application\ Support/chat.parley.desktop
if [ -d "$data" ]; then chmod go= "$data"; fi
here=$(cd -- "$(dirname -- "$0")" && pwd -P)
exec "$here/parley-mac_universal" --path="$here/../Resources" --res-mode=bundle --parley-private-files "$@"
