"""What stands above and below an item."""
