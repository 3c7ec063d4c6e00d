"""`python -m docs.figures`: draw them anew."""

from docs.figures import DRAWN, FOLDER
from harness import files

for name, draw in DRAWN.items():
    files.replace(FOLDER / name, draw())
