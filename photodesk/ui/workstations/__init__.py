"""The clinic's computers on the screens: which there are, inviting one, shutting one out, one that was lost."""
