"""An introduction to diffusion-model editing, as a public-information film that is not quite right."""
