"""What could not be handled or sent, through the operators' API of each service."""
