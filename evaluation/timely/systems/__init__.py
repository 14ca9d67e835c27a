"""What is measured: one file a kind of system, all of the shape of ``base.System``."""
