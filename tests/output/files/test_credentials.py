"""Signed copies: who signed, whether they hold, and what the verdict is where they do not."""

import json
from pathlib import Path

import numpy as np
import pytest

from workbench.cli.main import main
from workbench.domain.audio import Audio
from workbench.domain.errors import OutputError, ParameterError
from workbench.output import write_audio
from workbench.output.files import credentials
from workbench.output.files.tags import Tags
from workbench.output.files.verifying import verify

c2pa = pytest.importorskip("c2pa", reason="c2pa-python is absent: pip install beatsfoundry[provenance]")
serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def song(path: Path) -> Path:
    """Two seconds of noise, sealed."""
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, (2, 96000)).astype(np.float32)
    return write_audio(Audio(noise, 48000), path, tags=Tags(title="night", statement="AI-assisted"))


@pytest.mark.parametrize("suffix", credentials.SIGNED_SUFFIXES)
def test_a_signed_copy_is_untouched_until_somebody_touches_it(suffix: str, tmp_path: Path) -> None:
    source, copy = song(tmp_path / f"night{suffix}"), tmp_path / f"signed{suffix}"
    before = source.read_bytes()
    assert credentials.sign(source, copy) == copy
    assert source.read_bytes() == before
    (found,) = verify(copy)
    assert (found.verdict, found.remark) == ("untouched", "content credentials of this machine: valid")
    # The claim states that an AI took part, in the words of the standard.
    with c2pa.Reader(str(copy)) as reader:
        claim = json.loads(reader.json())
    manifest = claim["manifests"][claim["active_manifest"]]
    actions = next(one for one in manifest["assertions"] if one["label"].startswith("c2pa.actions"))
    assert actions["data"]["actions"][0]["digitalSourceType"].endswith("compositeWithTrainedAlgorithmicMedia")
    data = bytearray(copy.read_bytes())
    data[-2000] ^= 1
    copy.write_bytes(data)
    (found,) = verify(copy)
    assert (found.verdict, found.remark) == ("edited", "content credentials of this machine: broken")


def test_the_key_of_this_machine_is_made_once_and_kept_from_others(home: Path, tmp_path: Path) -> None:
    source = song(tmp_path / "night.wav")
    credentials.sign(source, tmp_path / "one.wav")
    key = home / "credentials" / "key.pem"
    made = key.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    credentials.sign(source, tmp_path / "two.wav")
    assert key.read_bytes() == made


def test_a_certificate_of_your_own_signs(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain, secret = credentials._new_certificate()
    (tmp_path / "chain.pem").write_bytes(chain)
    (tmp_path / "key.pem").write_bytes(secret)
    copy = credentials.sign(
        song(tmp_path / "night.flac"), tmp_path / "signed.flac",
        certificate=tmp_path / "chain.pem", key=tmp_path / "key.pem",
    )  # fmt: skip
    (found,) = verify(copy)
    assert (found.verdict, found.remark) == ("untouched", "content credentials of BeatsFoundry local signer: valid")
    assert not (home / "credentials").exists()
    other = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "other.pem").write_bytes(other.private_bytes(*form))
    with pytest.raises(ParameterError, match="cannot be signed with this certificate"):
        credentials.sign(
            tmp_path / "night.flac", tmp_path / "no.flac",
            certificate=tmp_path / "chain.pem", key=tmp_path / "other.pem",
        )  # fmt: skip
    (tmp_path / "other.pem").write_text("hello")
    with pytest.raises(ParameterError, match="the private key cannot be read"):
        credentials.sign(
            tmp_path / "night.flac", tmp_path / "no.flac",
            certificate=tmp_path / "chain.pem", key=tmp_path / "other.pem",
        )  # fmt: skip
    assert not (tmp_path / "no.flac").exists()
    with pytest.raises(ParameterError, match="a certificate and its key, or neither"):
        credentials.sign(tmp_path / "night.flac", tmp_path / "no.flac", key=tmp_path / "key.pem")


def test_only_untouched_files_of_ours_are_signed(tmp_path: Path) -> None:
    source = song(tmp_path / "night.wav")
    data = bytearray(source.read_bytes())
    data[-100] ^= 1
    source.write_bytes(data)
    with pytest.raises(OutputError, match="only untouched files of ours are signed"):
        credentials.sign(source, tmp_path / "signed.wav")
    with pytest.raises(ParameterError, match=r"expected two names that end with one of \.wav, \.flac, \.mp3"):
        credentials.sign(song(tmp_path / "night.aiff"), tmp_path / "signed.aiff")
    with pytest.raises(OutputError, match="is no file"):
        credentials.sign(tmp_path / "gone.wav", tmp_path / "signed.wav")


def test_credentials_of_others_are_told_and_give_no_verdict(tmp_path: Path) -> None:
    source = song(tmp_path / "night.wav")
    chain, secret = credentials._new_certificate()
    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, chain, secret, None)
    created = {"action": "c2pa.created", "digitalSourceType": credentials._SOURCE}
    actions = {"label": "c2pa.actions.v2", "data": {"actions": [created]}}
    manifest = json.dumps({"claim_generator_info": [{"name": "Other"}], "title": "x", "assertions": [actions]})
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(manifest) as builder:
        builder.sign_file(str(source), str(tmp_path / "other.wav"), signer)
    (found,) = verify(tmp_path / "other.wav")
    assert found.verdict != "untouched"
    assert found.remark.startswith("content credentials of BeatsFoundry local signer")


def test_without_the_library_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, copy = song(tmp_path / "night.wav"), tmp_path / "signed.wav"
    credentials.sign(source, copy)
    for module in ("workbench.output.files.credentials", "workbench.output.files.verifying"):
        monkeypatch.setattr(f"{module}.can_read", lambda: False)
    (found,) = verify(copy)
    assert (found.verdict, found.remark) == ("edited", "content credentials are not read without c2pa-python")
    with pytest.raises(OutputError, match="pip install"):
        credentials.sign(source, copy)


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, copy = song(tmp_path / "night.wav"), tmp_path / "signed.wav"
    assert main(["sign", str(source), "--out", str(copy)]) == 0
    assert "content credentials of this machine: valid" in capsys.readouterr().out
    assert main(["verify", str(copy)]) == 0
    assert "untouched" in capsys.readouterr().out
    assert main(["sign", str(source), "--out", str(copy)]) == 2
    assert "overwrite" in capsys.readouterr().err
    assert main(["sign", str(source), "--out", str(copy), "--overwrite"]) == 0
