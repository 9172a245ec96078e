"""A process that answers powers: it is started by its path, and reads lines of base, exponent and modulus in hex.

It imports nothing, so that it is there within milliseconds, and ends when its input does.
"""

import sys


def main() -> None:
    """Answer every line with the residue, in hex."""
    for line in sys.stdin:
        base, exponent, modulus = (int(part, 16) for part in line.split())
        sys.stdout.write(f"{pow(base, exponent, modulus):x}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
