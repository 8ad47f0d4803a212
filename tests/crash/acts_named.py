"""Numbers and names that the killer and the killed share (the killed one is another process)."""

GIRLS = 200
DECIDED = 400  # who have a decision that a later version would change
REFUSED_EVERY = 7  # the bank refuses each seventh line
# The act that is killed, who may be struck during it, and what follows it undisturbed.
KILLED = [
    ("plan", ["worker", "database"], []),
    ("build", ["web", "database"], ["approve"]),
    ("export", ["worker", "database"], []),
    ("send", ["web", "database"], []),
    ("upload", ["web", "database"], []),
    ("read", ["worker", "database"], []),
]
