"""What asks for a letter and has none yet, what stands in each letter, and the register of those written."""
