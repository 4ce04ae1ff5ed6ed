"""What an administrator writes: YAML into validated models, every mistake with its place."""
