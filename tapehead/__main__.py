"""``python -m tapehead``: the command line."""

from tapehead.render.commands.cli import main

if __name__ == "__main__":
    main()
