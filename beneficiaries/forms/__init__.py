"""Forms of this room: shape by ``standards`` and the lists' own readers, rules by the services."""
