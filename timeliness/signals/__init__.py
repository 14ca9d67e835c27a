"""The signals of the moment: one file a signal, all of the shape of `signals.base.Signal`."""
