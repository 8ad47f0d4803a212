"""What is read about people, lists and accounts; every read of a person goes through the official's scope."""
