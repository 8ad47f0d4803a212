"""Numbers and names that the killer and the killed share (the killed one is another process)."""

GIRLS = 200
REFUSED_EVERY = 7  # the bank refuses each seventh line
# The act that is killed and then done to the end, and what follows it undisturbed.
KILLED = [
    ("plan", []),
    ("build", ["approve"]),
    ("export", []),
    ("send", ["upload"]),
    ("read", []),
]
