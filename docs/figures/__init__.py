"""The figures of `docs/*.md`, drawn from the document's example and from the harness itself.

`tox -e docs` writes them. The same code draws the same files, byte for byte.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from docs.figures import regimes, scenarios

FOLDER: Final = Path(__file__).parent
DRAWN: Final[dict[str, Callable[[], str]]] = {
    "scenario-a.svg": scenarios.one_next,
    "scenario-b.svg": scenarios.several_next,
    "layer-outputs.svg": scenarios.layer_outputs,
    "wrt-inputs.svg": scenarios.wrt_inputs,
    "wrt-weights.svg": scenarios.wrt_weights,
    "wrt-biases.svg": scenarios.wrt_biases,
    "exact.svg": regimes.exact,
    "certified.svg": regimes.certified,
}
