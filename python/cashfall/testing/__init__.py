"""Tools for testing deals: the exact reference, generated deals, and named laws."""
