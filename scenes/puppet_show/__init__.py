"""Episode `puppet-show`: a diffusion model paints strings nobody asked for; one direction is taken out."""
