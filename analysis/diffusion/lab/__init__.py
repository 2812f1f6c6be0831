"""What ``tapehead directions`` computes: leading directions of one picture in any diffusion model, with controls."""
