"""Officials, what they may do, and which divisions they see."""
