"""Settings: ``base`` holds what never changes; ``development``, ``test`` and ``production`` each build on it."""
