"""Documents with card numbers whose truth is known to the pixel, made anew from a seed."""
