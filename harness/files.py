"""Writing a file so that a reader finds the old one or the new one, never a part."""

import os
from pathlib import Path


def replace(path: Path, text: str) -> None:
    """Write `text` there in UTF-8, atomically. Raises OSError and leaves nothing behind then."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
