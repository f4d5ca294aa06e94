"""The version that every stored result carries."""

from typing import Final

ENGINE_VERSION: Final = "1.0"
"""Changes whenever a rule, a criterion or a rounding changes, so that a stored run is recomputed by like with like."""
