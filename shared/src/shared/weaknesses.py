"""Checks settings that are valid but too weak or wrong. A fault is a sentence that says what is wanted and quotes
nothing."""

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from socket import inet_aton
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlsplit

SECRET_BYTES = 32
NO_PROXY = "none"
"""The value for an installation without a reverse proxy."""
PROXIES_UNKNOWN = (
    "must name the proxies in front, as in 10.0.0.1, since without them all people behind a proxy are taken for one;"
    f" where there really is none, it is {NO_PROXY}"
)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]+(?:/[A-Za-z0-9._~/-]*)?")
_TLS = ("sslcert", "sslcrl", "sslkey", "sslmode", "sslpassword", "sslrootcert", "sslnegotiation")
_TLS_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_FEWEST_CHARACTERS = 8
"""How many different characters a secret must have; hexadecimal digits have sixteen to choose from."""
_PLACEHOLDERS = ("change", "default", "example", "password", "placeholder", "replace", "secret", "yoursession")
_KNOWN_PASSWORDS = frozenset(
    ("admin", "guest", "intake", "password", "postgres", "praksis", "rabbitmq", "reporting", "scheduling", "secret")
)


def fault_of_secret(secret: str) -> str | None:
    """The fault of a secret that could be guessed, or None."""
    bare = secret.strip()
    if len(bare.encode()) < SECRET_BYTES:
        return f"must be at least {SECRET_BYTES} bytes long: whoever guesses it can sign in as anybody"
    if len(set(bare)) < _FEWEST_CHARACTERS or bare in (bare + bare)[1:-1]:
        return "must be random: it repeats itself or a few characters, and whoever guesses it can sign in as anybody"
    return None


def fault_of_placeholder(secret: str) -> str | None:
    """The fault of a secret that is the text of an example, or None."""
    if any(word in secret.lower() for word in _PLACEHOLDERS):
        return "is the text of an example; put random characters in its place, such as `openssl rand -hex 32` prints"
    return None


def fault_of_password(password: str | None, user: str) -> str | None:
    """The fault of a server's password that is missing or commonly known, or None."""
    if not password:
        return "must hold a password in production"
    if password.lower() in (*_KNOWN_PASSWORDS, user.lower()) or fault_of_placeholder(password):
        return "holds a password that anybody would try first; give the account another one"
    return None


def fault_of_proxies(proxies: str) -> str | None:
    """The fault of a list of proxies that are not addresses or networks, or None."""
    if proxies.strip() == NO_PROXY:
        return None
    try:
        networks = [ip_network(each) for each in filter(None, map(str.strip, proxies.split(",")))]
    except ValueError:  # its text quotes the value
        return (
            "must be addresses or networks with commas between them, each network by its first address, as in"
            f" 192.0.2.1, 10.0.0.0/8; or {NO_PROXY}"
        )
    if any(network.prefixlen == 0 for network in networks):
        return "must not be the whole world, since everybody's word about where they come from would count then"
    return None


def parts_of(url: str, *schemes: str) -> SplitResult | None:
    """The parts of a URL with a host and a valid port; None for any other text."""
    try:
        parts = urlsplit(url.strip())
        return parts if parts.scheme in schemes and parts.hostname and parts.port != 0 else None
    except ValueError:  # an unclosed bracket, an invalid port; the error's text quotes the value
        return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    name = host.lower().rstrip(".")
    try:
        found = ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost") or _is_short_loopback(name)
    return found.is_loopback or found.is_unspecified


def _is_short_loopback(name: str) -> bool:
    """Whether it is a loopback address with parts left out, as in 127.1."""
    try:
        return ip_address(inet_aton(name)).is_loopback
    except (OSError, UnicodeError):
        return False


def is_neighbour(host: str) -> bool:
    """Whether a host is this machine, or has a name of one word, which only its own network resolves."""
    return is_loopback(host) or not ("." in host or ":" in host)


def fault_of_public_address(url: str, *, in_production: bool) -> str | None:
    """The fault of an address to which people cannot be sent, or None."""
    parts = parts_of(url, "http", "https")
    if parts is None or parts.query or parts.fragment or parts.username or not _ADDRESS.fullmatch(url.strip()):
        return "must be the address at which people find the service, as in https://praksis.example.dk"
    if in_production and (parts.scheme != "https" or is_loopback(parts.hostname or "")):
        return (
            "must be the https:// address at which people find the service, and not one of this machine;"
            " to try Praksis on this machine, set PRAKSIS_ENVIRONMENT=development"
        )
    return None


def fault_of_database(url: str, *, in_production: bool) -> str | None:
    """The fault of a database URL without an account of its own, or None."""
    wanted = "must look like postgresql://role:password@host:5432/database, with the role that owns the schema"
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return wanted
    if parts.scheme not in ("postgresql", "postgres") or not parts.username or not parts.path.strip("/"):
        return wanted
    if (fault := _fault_of_tls(parts)) is not None:
        return fault
    if in_production and not _is_over_a_socket(parts):
        return fault_of_password(parts.password, parts.username)
    return None


def _fault_of_tls(parts: SplitResult) -> str | None:
    """The fault of TLS options that are not libpq's, or None."""
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name.startswith("ssl") and name not in _TLS:
            return f"may speak of encryption as PostgreSQL does, with {_and(sorted(_TLS))}"
        if name == "sslmode" and value not in _TLS_MODES:
            return f"must give sslmode as {_and(_TLS_MODES)}"
    return None


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _is_over_a_socket(parts: SplitResult) -> bool:
    """Whether a database is reached by a Unix socket, which tells who connects, so that no password is needed.

    A host may stand in the query, too; a socket's host is the path of its folder.
    """
    asked = parse_qs(parts.query)
    hosts = [each for name in ("host", "hostaddr") for value in asked.get(name, ()) for each in value.split(",")]
    return not parts.hostname and all(host.startswith("/") for host in hosts)


def fault_of_broker(url: str, *, in_production: bool) -> str | None:
    """The fault of a broker URL without an account or, in production, with a commonly known one; or None."""
    parts = parts_of(url, "amqp", "amqps")
    if parts is None:
        return "must look like amqp://user:password@host:5672/"
    if not in_production:
        return None
    if not parts.username or parts.username.lower() == "guest":
        return "must name an account of RabbitMQ's that was made for Praksis, and not guest"
    return fault_of_password(parts.password, parts.username)
