"""The facts and the collection of them."""
