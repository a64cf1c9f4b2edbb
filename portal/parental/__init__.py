"""Parental control: which sites open at home, and the resolvers that see to it."""
