"""How long things take, and what teams get done."""
