#!/bin/sh
# Starts the desktop app on Linux. What it stores may hold messages and the key to an account, so its files are made for their
# owner alone; the app is told so, and only then offers to stay logged in.
umask 077
data=${XDG_DATA_HOME:-$HOME/.local/share}/chat.parley.desktop
if [ -d "$data" ]; then chmod go= "$data"; fi
here=$(dirname -- "$(readlink -f -- "$0")")
case $(uname -m) in
  aarch64 | arm64) arch=arm64 ;;
  armv6l | armv7l | armv8l) arch=armhf ;;
  *) arch=x64 ;;
esac
exec "$here/parley-linux_$arch" --path="$here" --res-mode=bundle --parley-private-files "$@"
