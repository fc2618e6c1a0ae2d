"""The tests of prepdoc; `draw` is the one shared place that draws pages with ground truth."""
