"""Pictures and sound to the delivered file: :func:`~tapehead.render.encoding.joining.join` comes last."""
