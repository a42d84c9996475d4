#!/bin/sh
# Starts the desktop app on Linux, or shows its window if it is running.
if [ "${1-}" = --version ]; then
  echo 'Parley @VERSION@'
  exit
fi
here=$(dirname -- "$(readlink -f -- "$0")")
case $(uname -m) in
  aarch64 | arm64) program=parley-linux_arm64 ;;
  armv6l | armv7l | armv8l) program=parley-linux_armhf ;;
  *) program=parley-linux_x64 ;;
esac
data=${XDG_DATA_HOME:-$HOME/.local/share}/chat.parley.desktop
# The program tells its page the working directory, and a file system that contains it cannot be unmounted.
cd /

# These folders may hold messages and a login session, so only their owner can read them. The app offers to stay logged in only if
# it is told that this worked. A mask for all files would not do: the program that opens a link would inherit it.
private=--parley-private-files
for folder in "$data" "${XDG_DATA_HOME:-$HOME/.local/share}/$program" "${XDG_CACHE_HOME:-$HOME/.cache}/$program"; do
  (umask 077 && mkdir -p -- "$folder") && chmod go= -- "$folder" || private=
done
# Earlier versions stored the session here; it is in the web engine's storage now.
rm -f -- "$data/.storage/session.neustorage" "$data/.storage/server.neustorage"

has() { command -v "$1" >/dev/null 2>&1; }
say() {
  if has zenity; then
    zenity --error --title=Parley --no-markup --text="$1"
  elif has kdialog; then
    kdialog --title Parley --error "$1"
  fi
  echo "$1" >&2
}

# One window for each account. The program inherits the lock, so it is released when launcher and program have both ended.
if has flock && exec 9>"$data/lock" && ! flock -n 9; then
  if has bash && bash "$here/parley-window" show "$data/.tmp/auth_info.json" 9>&-; then exit 0; fi
  # The other one may be about to end.
  if ! flock -w 10 9; then
    say 'Parley is running already, but its window cannot be shown. Close it, or log out of this computer, and start Parley again.'
    exit 1
  fi
fi

# Runs from a copy: the program keeps reading the file, and an update would change the installed one under it.
resources=$data/resources-$(cksum <"$here/resources.neu" | tr -d ' ')
for old in "$data"/resources-*; do
  if [ "$old" != "$resources" ]; then rm -rf -- "$old"; fi
done
if ! cmp -s -- "$here/resources.neu" "$resources/resources.neu"; then
  mkdir -p -- "$resources" && cp -- "$here/resources.neu" "$resources/resources.new" &&
    chmod 600 -- "$resources/resources.new" && mv -- "$resources/resources.new" "$resources/resources.neu"
fi

# The port depends on the account, so that the origin is the same at each start. Servers allow these eight origins.
listens() {
  address=$(printf ':%04X' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ local _ state _; do
    if [ "$state" = 0A ] && [ "${local%"$address"}" != "$local" ]; then echo "$local"; fi
  done | grep -q .
}
first=$(($(id -u) % 8))
port=
for step in 0 1 2 3 4 5 6 7; do
  candidate=$((17275 + (first + step) % 8))
  if listens "$candidate"; then continue; fi
  port=$candidate
  break
done
if [ -z "$port" ]; then
  say 'Parley cannot start: other programs use all of its ports (17275 to 17282). Close them, or restart this computer.'
  exit 1
fi

on_bus() { [ -n "${DBUS_SESSION_BUS_ADDRESS-}" ] || [ -S "${XDG_RUNTIME_DIR-/nowhere}/bus" ]; }
# Where nothing displays tray icons, a hidden window could not be brought back.
tray_is_shown() {
  name=org.kde.StatusNotifierWatcher
  if has gdbus; then
    gdbus call --session --timeout 2 --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus \
      --method org.freedesktop.DBus.NameHasOwner "$name"
  elif has dbus-send; then
    dbus-send --session --print-reply --reply-timeout=2000 --dest=org.freedesktop.DBus /org/freedesktop/DBus \
      org.freedesktop.DBus.NameHasOwner "string:$name"
  elif has busctl; then
    busctl --user --timeout=2 call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus NameHasOwner s "$name"
  fi 2>/dev/null | grep -q true
}
tray=
if on_bus && tray_is_shown; then tray=--parley-tray; fi

# GNOME announces its dark style as a setting, but the web engine looks only at the theme.
if [ -z "${GTK_THEME-}" ] && has gsettings &&
  [ "$(gsettings get org.gnome.desktop.interface color-scheme 2>/dev/null)" = "'prefer-dark'" ]; then
  export GTK_THEME=Adwaita:dark
fi
# Without a graphics card, compositing would be done by the processor, at twice the CPU time and with more memory.
set -- /dev/dri/renderD*
if [ ! -r "$1" ]; then export WEBKIT_DISABLE_COMPOSITING_MODE="${WEBKIT_DISABLE_COMPOSITING_MODE-1}"; fi
# The web engine ends if it is told to use its sandbox and cannot. Besides bwrap it needs the session's runtime directory, and it fails
# with directory names that would be percent-encoded in a socket address.
sandbox=
plain() { case $1 in '' | *[!A-Za-z0-9/._-]*) return 1 ;; esac }
if [ -z "${WEBKIT_FORCE_SANDBOX-}" ] && plain "$HOME" && plain "${XDG_RUNTIME_DIR-}" && [ -d "$XDG_RUNTIME_DIR" ] &&
  has xdg-dbus-proxy && has bwrap &&
  bwrap --unshare-all --die-with-parent --ro-bind / / --dev /dev --proc /proc true 9>&- 2>/dev/null; then
  export WEBKIT_FORCE_SANDBOX=1
  sandbox=yes
fi
# tools/ has the zenity and kdialog that show notifications for the program; see notify.sh.
PATH=$here/tools:$PATH
export PATH

# A page that does not run cannot close its window. Where the watcher works, the watcher does it. Elsewhere the program closes the
# window at once without asking the page, unless the last start created a tray icon.
info=$data/.tmp/auth_info.json
icon=$data/.tmp/tray_icon_linux_01.png
if has bash && bash "$here/parley-window" works 9>&-; then
  closing="--window-exit-process-on-close=false --export-auth-info=true"
elif [ -n "$tray" ] && [ -e "$icon" ]; then
  closing=--window-exit-process-on-close=false
else
  closing=--window-exit-process-on-close=true
fi
rm -f -- "$icon"

child=
stopped=
trap 'stopped=yes; if [ -n "$child" ]; then kill "$child" 2>/dev/null; fi' TERM INT HUP
while :; do
  rm -f -- "$info"
  started=$(date +%s)
  # shellcheck disable=SC2086 # These are lists of words.
  "$here/$program" "--path=$resources" --res-mode=bundle "--port=$port" $closing $private $tray &
  child=$!
  watcher=
  case $closing in
    *auth-info*)
      bash "$here/parley-window" watch "$info" "$child" 9>&- &
      watcher=$!
      ;;
  esac
  # A signal ends wait, not the program.
  while :; do
    wait "$child"
    status=$?
    kill -0 "$child" 2>/dev/null || break
  done
  said=0
  if [ -n "$watcher" ]; then
    wait "$watcher"
    said=$?
  fi
  rm -f -- "$info"
  if [ -n "$stopped" ]; then exit "$status"; fi
  ran=$(($(date +%s) - started))
  if [ -n "$sandbox" ] && [ "$status" -gt 128 ] && [ "$said" = 0 ] && [ "$ran" -lt 20 ]; then
    unset WEBKIT_FORCE_SANDBOX
    sandbox=
    continue
  fi
  # Start again only after a run of a minute: a page that is gone sooner would be gone again.
  if [ "$said" = 3 ] && [ "$ran" -gt 60 ]; then continue; fi
  if [ "$said" = 5 ]; then
    closing=--window-exit-process-on-close=true
    continue
  fi
  if [ "$said" = 4 ]; then status=0; fi
  exit "$status"
done
