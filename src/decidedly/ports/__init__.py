"""What the rooms need from outside, as small Protocols. Adapters implement them; only `app` chooses which."""
