"""The pages. A view names who may open it, asks a query, calls a service; it holds no rule."""
