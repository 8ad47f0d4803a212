"""What the screens read. Every function takes the official and stays in the official's scope."""
