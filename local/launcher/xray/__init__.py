"""An X-Ray of our own: ministack has none."""
