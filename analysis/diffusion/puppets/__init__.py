"""The world of hand puppets: pictures with known attributes, their captions, and what reads them."""
