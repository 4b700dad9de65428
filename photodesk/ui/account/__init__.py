"""The signed-in person's own account: password, authenticator app with backup codes, security keys."""
