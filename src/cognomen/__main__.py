"""``python -m cognomen`` is ``cognomen``."""

from cognomen.cli import main

if __name__ == "__main__":
    main()
