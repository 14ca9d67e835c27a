"""What can happen to a snapshot's file."""

import json
from pathlib import Path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def older(path: Path) -> None:
    head, _, body = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps({**json.loads(head), "format": 0}).encode() + b"\n" + body)


def empty(path: Path) -> None:
    path.write_bytes(b"")
