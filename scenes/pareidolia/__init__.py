"""The film "Beans where there are none": template, threshold and many looks."""
