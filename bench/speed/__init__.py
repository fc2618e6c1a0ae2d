"""What prepdoc costs, as ratios within one run: `python -m bench.speed`."""
