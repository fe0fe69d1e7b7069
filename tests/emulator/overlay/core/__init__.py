"""The request path of the overlay, free of any one service's behaviour."""
