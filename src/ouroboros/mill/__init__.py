"""The data mill: verified problems in words and in compact form, as Parquet, by the million."""
