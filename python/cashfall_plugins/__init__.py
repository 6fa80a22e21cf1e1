"""What pytest and Hypothesis load by entry point: apart from cashfall, so that they do not load it in every session."""
