"""Replay of timestamped streams: at each request a system knows only what was there before it."""
