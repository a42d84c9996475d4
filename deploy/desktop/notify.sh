#!/bin/sh
# Runs in place of zenity and kdialog. The program shows a notification with one of these tools, and waits for it to end: 25 seconds
# where the desktop's notification service hangs. This script shows notifications in the background and in the name of Parley, and
# passes every other call on to the system's tool.
me=$(basename -- "$0")
here=$(dirname -- "$(readlink -f -- "$0")")
PATH=$(printf ':%s:' "$PATH" | awk -v here="$here" 'BEGIN { RS = ":" } $0 != here && $0 != "" && $0 != "\n" { printf "%s%s", sep, $0; sep = ":" }')
export PATH
has() { command -v "$1" >/dev/null 2>&1; }

before=
title=
text=
notification=
for argument; do
  case $before in
    --title) title=$argument ;;
    --text | --passivepopup) text=$argument ;;
  esac
  case $argument in
    --notification | --passivepopup) notification=yes ;;
  esac
  before=$argument
done
if [ -z "$notification" ]; then
  if has "$me"; then exec "$me" "$@"; fi
  exit 1
fi
newline='
'
if [ "$me" = zenity ]; then
  title=${text%%"$newline"*}
  text=${text#"$title"}
  text=${text#"$newline"}
fi
show() {
  if has notify-send; then
    notify-send --app-name=Parley --icon=chat.parley.desktop -- "${title:-Parley}" "$text"
  elif has zenity; then
    zenity --notification --text "$title$newline$text"
  elif has kdialog; then
    kdialog --title "$title" --passivepopup "$text" 10
  fi
}
show >/dev/null 2>&1 </dev/null 9>&- &
