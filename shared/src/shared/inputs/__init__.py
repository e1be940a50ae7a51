"""What people and programs send, before it means anything: fields, patterns, and what is wrong with them."""
