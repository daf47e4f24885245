"""Content credentials (C2PA): a signed copy of a file of ours says who signed it and that an AI took part.

Made and read by the C2PA project's own library (extra `provenance`), without any network. Who has no certificate signs
with one of this machine's own: that tells changes, and which machine signed, but nobody vouches for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.domain.errors import OutputError, ParameterError, reason
from workbench.domain.files import replaced_file
from workbench.domain.paths import home_dir, is_file
from workbench.output.files.stamping import verdict

SIGNED_SUFFIXES = (".wav", ".flac", ".mp3")
"""Formats that C2PA has a place in; AIFF has none."""
PROVENANCE = "com.beatsfoundry.provenance"
"""Label of our own assertion: the seal of the file that was signed."""
_GENERATOR = "BeatsFoundry"
_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
_YEARS = 10
_MISSING = "content credentials need c2pa-python: pip install beatsfoundry[provenance]"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a file's credentials tell: whether they hold, who signed, and whether our program made the claim."""

    valid: bool
    signer: str
    is_ours: bool
    is_local: bool

    def __str__(self) -> str:
        state = "valid" if self.valid else "broken"
        whose = "this machine" if self.is_local else self.signer or "an unnamed signer"
        return f"content credentials of {whose}: {state}"


def can_read() -> bool:
    """Whether the extra is installed."""
    return find_spec("c2pa") is not None


def sign(
    path: str | Path, out: str | Path, *, certificate: str | Path | None = None, key: str | Path | None = None
) -> Path:
    """Write a copy of a file with content credentials.

    Parameters
    ----------
    path, out : path
        A WAV, FLAC or MP3 file that BeatsFoundry wrote and nobody changed; and the signed copy, of the same format.
    certificate, key : path, optional
        A chain of certificates and its private key (PEM, unencrypted: EC P-256 to P-521, Ed25519 or RSA); by default a
        certificate of this machine, which is made when it is first needed.

    Raises
    ------
    ParameterError
        If the format has no place for credentials, or certificate and key do not fit.
    OutputError
        If the extra is not installed, if the file is not ours and untouched, or if the copy cannot be written.
    """
    source, target = Path(path), Path(out)
    if source.suffix.lower() not in SIGNED_SUFFIXES or target.suffix.lower() != source.suffix.lower():
        raise ParameterError(
            f"{source.name} to {target.name}: expected two names that end with one of {', '.join(SIGNED_SUFFIXES)}"
        )
    if (certificate is None) != (key is None):
        raise ParameterError("expected a certificate and its key, or neither")
    if not can_read():
        raise OutputError(_MISSING)
    if not is_file(source):
        raise OutputError(f"{source} is no file")
    if verdict(source) != "untouched":
        raise OutputError(f"{source} is not as BeatsFoundry wrote it: only untouched files of ours are signed")
    chain, secret = _local() if certificate is None or key is None else (_read(certificate), _read(key))
    try:
        with replaced_file(target) as place:
            _signed(source, place, chain, secret)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {reason(error)}") from None
    return target


def read_credentials(path: str | Path) -> Credentials | None:
    """The credentials of a file; None where it has none, or where the extra is not installed."""
    if not can_read() or Path(path).suffix.lower() not in SIGNED_SUFFIXES:
        return None
    import c2pa

    try:
        with c2pa.Reader(str(path)) as reader:
            state, manifest_store = reader.get_validation_state(), json.loads(reader.json())
    except c2pa.C2paError as error:
        return None if "ManifestNotFound" in f"{type(error).__name__} {error}" else Credentials(False, "", False, False)
    claim = manifest_store.get("manifests", {}).get(manifest_store.get("active_manifest"), {})
    signature = claim.get("signature_info", {})
    names = [one.get("name") for one in claim.get("claim_generator_info", [])]
    labels = [one.get("label") for one in claim.get("assertions", [])]
    return Credentials(
        valid=state in ("Valid", "Trusted"),
        signer=signature.get("common_name") or signature.get("issuer") or "",
        is_ours=_GENERATOR in names and PROVENANCE in labels,
        is_local=str(signature.get("cert_serial_number", "")) == _local_serial(),
    )


def names_credentials(path: str | Path) -> bool:
    """Whether a file seems to hold credentials, found without the library: by the mark of their boxes."""
    import mmap

    if not Path(path).stat().st_size:
        return False
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"jumb") >= 0 and data.find(b"c2pa") >= 0


def _signed(source: Path, target: Path, chain: bytes, secret: bytes) -> None:
    import hashlib

    import c2pa

    action = {"action": "c2pa.created", "digitalSourceType": _SOURCE}
    seal = hashlib.sha256(source.read_bytes()).hexdigest()
    manifest = {
        "claim_generator_info": [{"name": _GENERATOR, "version": version("beatsfoundry")}],
        "title": source.stem,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [action]}},
            {"label": PROVENANCE, "data": {"sha256": seal, "statement": "AI-assisted"}},
        ],
    }
    try:
        info = c2pa.C2paSignerInfo(_algorithm(secret, c2pa.C2paSigningAlg), chain, secret, None)
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(manifest)) as builder:
            builder.sign_file(str(source), str(target), signer)
    except c2pa.C2paError as error:
        why = " ".join(str(error).split())
        raise ParameterError(f"{source.name} cannot be signed with this certificate: {why}") from None


def _algorithm(secret: bytes, known: Any) -> Any:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    try:
        key = serialization.load_pem_private_key(secret, None)
    except (ValueError, TypeError) as error:
        raise ParameterError(f"the private key cannot be read: {error}") from None
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return {256: known.ES256, 384: known.ES384, 521: known.ES512}[key.curve.key_size]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return known.ED25519
    if isinstance(key, rsa.RSAPrivateKey):
        return known.PS256
    raise ParameterError("the private key: expected EC, Ed25519 or RSA")


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {reason(error)}") from None


def _folder() -> Path:
    return home_dir() / "credentials"


def _local() -> tuple[bytes, bytes]:
    """The chain and the key of this machine, made once."""
    chain, key = _folder() / "chain.pem", _folder() / "key.pem"
    if not (chain.is_file() and key.is_file()):
        made, secret = _new_certificate()
        try:
            _folder().mkdir(parents=True, exist_ok=True)
            key.touch(mode=0o600)
            key.write_bytes(secret)
            chain.write_bytes(made)
        except OSError as error:
            raise OutputError(f"{_folder()} cannot be written: {reason(error)}") from None
    return _read(chain), _read(key)


def _local_serial() -> str:
    chain = _folder() / "chain.pem"
    if not chain.is_file():
        return ""
    from cryptography import x509

    try:
        return str(x509.load_pem_x509_certificates(chain.read_bytes())[0].serial_number)
    except ValueError:
        return ""


def _new_certificate() -> tuple[bytes, bytes]:
    """A signing certificate under a root of its own, as C2PA asks for: signatures only, for documents and mail."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    began = datetime.now(UTC) - timedelta(days=1)

    def named(text: str) -> x509.Name:
        return x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "BeatsFoundry on this machine"),
             x509.NameAttribute(NameOID.COMMON_NAME, text)]
        )  # fmt: skip

    def certificate(subject: x509.Name, public: ec.EllipticCurvePublicKey, *, is_root: bool) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder(named("BeatsFoundry local root"), subject, public, x509.random_serial_number())
            .not_valid_before(began)
            .not_valid_after(began + timedelta(days=365 * _YEARS))
            .add_extension(x509.BasicConstraints(is_root, None), critical=True)
            .add_extension(
                x509.KeyUsage(not is_root, False, False, False, False, is_root, is_root, False, False), critical=True
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate(named("BeatsFoundry local root"), root_key.public_key(), is_root=True)
    leaf = (
        certificate(named("BeatsFoundry local signer"), key.public_key(), is_root=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    )
    pem = serialization.Encoding.PEM
    chain = [one.sign(root_key, hashes.SHA256()).public_bytes(pem) for one in (leaf, root)]
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return b"".join(chain), secret
