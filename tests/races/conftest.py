from tests.applications.conftest import lists

__all__ = ["lists"]
