"""Ranking all films for turns of conversations about films."""
