"""Password hashes."""

from werkzeug.security import check_password_hash, generate_password_hash

# Modest by today's measure: the login page had to answer within 50 ms on the machines of 2019.
METHOD = "pbkdf2:sha256:100000"


def hash_password(password):
    return generate_password_hash(password, method=METHOD)


def verify_password(password_hash, password):
    return check_password_hash(password_hash, password)
