"""The program of a worker process: a line of three hex numbers in, one hex number out, until input ends."""

import sys


def main() -> None:
    """Answer every line."""
    for line in sys.stdin:
        base, exponent, modulus = (int(number, 16) for number in line.split())
        sys.stdout.write(f"{pow(base, exponent, modulus):x}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
