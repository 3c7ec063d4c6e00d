"""Training the reference's network: each step certified, and with each mistake planted in it."""
