"""The languages that people are answered in: ``de.po`` and ``fr.po`` are what is edited, ``make languages`` compiles them."""
