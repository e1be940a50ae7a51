"""The key for the `Host` header that a request came with; addresses are made from the settings instead."""

ASKED_FOR = "praksis.asked_for"
"""The key in the scope. Used only to recognise a Referer of this server."""
