"""``python -m presswatch``: the same as the command ``presswatch``."""

from presswatch.cli.main import main

if __name__ == "__main__":
    main()
