#!/usr/bin/env bash
# Lets the launcher talk to the running program, with the key that the program writes into a file that only its owner can read.
#   parley-window works                 succeeds if this bash can open connections
#   parley-window show INFO             shows the window
#   parley-window watch INFO PROCESS    ends the program when its page no longer can. Exit codes: 0 the program ended,
#                                       3 the page was gone, 4 the page did not react when its window was closed,
#                                       5 the program could not be reached
LC_ALL=C
# How long a page may take to end the program, and to come back when it is reloaded.
closing_s=5
loading_s=10

connect() {
  local info line
  info=$(cat -- "$1" 2>/dev/null) || return 1
  [[ $info =~ \"nlToken\":\"([[:alnum:]._-]+)\" ]] || return 1
  token=${BASH_REMATCH[1]}
  [[ $info =~ \"nlPort\":([0-9]+) ]] || return 1
  { exec 3<>"/dev/tcp/127.0.0.1/${BASH_REMATCH[1]}"; } 2>/dev/null || return 1
  printf 'GET /?connectToken=%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' "${token#*.}" >&3
  printf 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n' >&3
  read -r -t 5 line <&3 && [[ $line == *' 101 '* ]] || return 1
  while read -r -t 5 line <&3 && [[ $line != $'\r' ]]; do :; done
}

# Sends a text frame. Its mask of zeros leaves the text unchanged.
call() {
  local text="{\"id\":\"launcher\",\"method\":\"$1\",\"accessToken\":\"$token\",\"data\":null}"
  # shellcheck disable=SC2059 # The format is made here.
  printf "\x81\xfe\\x$(printf %02x $((${#text} >> 8)))\\x$(printf %02x $((${#text} & 255)))\0\0\0\0" >&3
  printf %s "$text" >&3
}

# Waits for the answer. No event that may arrive before it contains this text.
answered() {
  local said
  while read -r -t 5 -d '}' said <&3; do
    if [[ $said == *'"success":true'* ]]; then return 0; fi
  done 2>/dev/null
  return 1
}

case $1 in
  works)
    # Some builds of bash lack /dev/tcp. With it, the message is "connection refused"; without it, "no such file".
    error=$( (exec 3<>/dev/tcp/127.0.0.1/1) 2>&1)
    [[ $error != *'No such file'* ]]
    ;;
  show)
    connect "$2" || exit 1
    call window.show
    answered || exit 1
    call window.focus
    answered
    ;;
  watch)
    connected=
    for _ in {1..150}; do
      if connect "$2"; then
        connected=yes
        break
      fi
      kill -0 "$3" 2>/dev/null || exit 0
      sleep 0.2
    done
    if [[ -z $connected ]]; then
      kill "$3" 2>/dev/null
      exit 5
    fi
    until=0
    why=0
    while :; do
      if ((until > 0)); then
        left=$((until - SECONDS))
        if ((left <= 0)); then
          kill "$3" 2>/dev/null
          exit "$why"
        fi
        read -r -t "$left" -d '}' said <&3
      else
        read -r -d '}' said <&3
      fi
      status=$?
      if ((status > 128)); then continue; fi
      # The connection ended, so the program ended.
      if ((status > 0)); then exit 0; fi
      case $said in
        *'"event":"windowClose"'*)
          # The page is gone and cannot react.
          if ((why == 3)); then until=$((SECONDS + 1)); else until=$((SECONDS + closing_s)); fi
          why=4
          ;;
        *'"event":"windowHide"'*) if ((why == 4)); then until=0 why=0; fi ;;
        # The count includes this connection, so 1 means that the page's is gone.
        *'"data":1,"event":"appClientDisconnect"'*) if ((why == 0)); then until=$((SECONDS + loading_s)) why=3; fi ;;
        *'"event":"appClientConnect"'*) if ((why == 3)); then until=0 why=0; fi ;;
      esac
    done
    ;;
esac
