"""What the emulator promises, one file for each area."""
