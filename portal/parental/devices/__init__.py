"""Devices that carry a profile with them: by DNS over HTTPS or TLS, wherever they are."""
