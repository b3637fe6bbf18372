"""Measurements, one runnable file each: `python -m bench.<name>`. `docs/measurements.md` quotes them."""
