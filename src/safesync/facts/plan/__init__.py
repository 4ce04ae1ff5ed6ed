"""Where an item stands in iterations, planning intervals and ranks."""
