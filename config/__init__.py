"""Settings, addresses, the worker and the embedded database: the top floor, which knows every room."""
