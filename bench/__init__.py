"""Measurements that are not tests: each is a module to be run by name."""
