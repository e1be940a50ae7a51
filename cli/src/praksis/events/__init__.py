"""The facts that the services tell each other: following, checking, publishing and replaying them."""
