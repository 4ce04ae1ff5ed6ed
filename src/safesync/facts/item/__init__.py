"""What an item says by itself, measured when it arrives."""
