"""A self-signed certificate for development, made once."""

from __future__ import annotations

import datetime
import ipaddress
import os
from pathlib import Path

_DAYS = 365


def development_certificate(folder: Path) -> tuple[Path, Path]:
    """Certificate and private key for localhost, made where absent or expired; the key is its owner's alone."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    certificate_path, key_path = folder / "localhost.pem", folder / "localhost-key.pem"
    today = datetime.datetime.now(datetime.UTC)
    if certificate_path.exists() and key_path.exists():
        there = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        if there.not_valid_after_utc > today:
            return certificate_path, key_path
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    hosts = [x509.DNSName("localhost")]
    addresses = [x509.IPAddress(ipaddress.ip_address(host)) for host in ("127.0.0.1", "::1")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(minutes=5))
        .not_valid_after(today + datetime.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([*hosts, *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    with os.fdopen(os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key.private_bytes(pem, form, serialization.NoEncryption()))
    certificate_path.write_bytes(certificate.public_bytes(pem))
    return certificate_path, key_path
