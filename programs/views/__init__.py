"""Policies on the screen."""
