"""What an item waits for, and what leads back to where it began."""
