"""How a formula can misbehave, whatever its values: the kinds of `calling.Fault`, in words.

Further kinds are in `variations.py` and, of a framework's, in `determinism.py`. `advice.py` says of
each why it matters, and what to try.
"""

from typing import Final

# These end the process in which a derivation runs: the formula is not called again.
STUCK: Final = "does not return"
SLOW: Final = "is too slow"
DIED: Final = "ends the process"
FATAL: Final = (STUCK, SLOW, DIED)
# Of some of the others, this is only the beginning.
RAISED: Final = "raised an exception"
WRONG_THING: Final = "returned the wrong thing"
WRONG_NUMBER: Final = "returned a wrong number of results"
WRONG_SHAPE: Final = "has a wrong shape"
WRONG_DTYPE: Final = "has a wrong dtype"
CHANGED: Final = "changed its argument"
CHANGES: Final = "changes"
DIFFERS: Final = "differs between two equal calls"
OVERWRITES: Final = "returns an array that a later call overwrites"
OTHER_QUANTITIES: Final = "returned other quantities at another call"
UNKNOWN_QUANTITY: Final = "returned an unknown quantity"
