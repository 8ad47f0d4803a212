"""Pages about lists and accounts. Rules stand in the services; every view names who may open it."""
