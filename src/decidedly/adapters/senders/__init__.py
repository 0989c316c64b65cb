"""Senders: who hands messages over to the outside."""
