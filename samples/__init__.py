"""The sample statements and the program that draws them."""
