"""How a database of an older version becomes one of this version; run by the store when it opens."""
