"""Rule packs: lists of codes with overrides, as data."""
