"""What others can know of the contracts without reading the code: schemas, changes that break them, descriptions."""
