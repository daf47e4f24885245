"""Pictures, and the palette and labels that tables and pages share. What draws imports matplotlib, this does not."""
