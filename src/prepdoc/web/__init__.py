"""The page for people who open no terminal: a server for this machine alone, and what it shows.

browser ─guard→ routes ─desk→ pipeline
"""
