"""One renderer per channel: (campaign, variables) -> treatment."""
