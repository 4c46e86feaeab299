"""What the delivery system says about an order, and what that means for its rows."""
