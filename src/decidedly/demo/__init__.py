"""The demonstration: a real grocery chain's year, and the parts of its customers that had to be made up."""
