"""Data that the package brings along; each file names its source."""
