"""Scripted conversations with the real agent: what is said turn by turn, and what a listener expects back."""
