"""Identifies the source of a request that comes without a session, for rate limits."""

import hmac
from ipaddress import IPv6Address, ip_address

from fastapi import Request

from shared.identity import Role
from shared.strangers import Stranger, of_everybody, of_one_source
from shared.web.access import identity_of
from shared.web.kernel import kernel_of


def stranger_of(request: Request) -> Stranger:
    """The source of this request, with the limits that apply to it."""
    settings = kernel_of(request).settings
    key = hmac.digest(settings.session_secret.get_secret_value().encode(), b"strangers", "sha256")
    return Stranger(network_of(request), key, of_one_source(settings), of_everybody(settings))


def stranger_unless(request: Request, roles: frozenset[Role]) -> Stranger | None:
    """Like `stranger_of`, but None for a caller with one of these roles, who answers for the address."""
    identity = identity_of(request)
    return None if identity is not None and identity.roles & roles else stranger_of(request)


def network_of(request: Request) -> str:
    """The network that a request comes from; see `_network`."""
    return _network(request.client.host if request.client else "")


def _network(host: str) -> str:
    """An IPv4 address, or the /64 network of an IPv6 address: its holder has all addresses in it."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
