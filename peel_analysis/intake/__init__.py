"""Taking a published file, or a force's return, into the data folder: read whole, checked, then written or refused."""
