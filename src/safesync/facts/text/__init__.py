"""What is read out of a text: its lines, its acceptance criteria, its benefit, its words."""
