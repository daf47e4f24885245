"""musicnn's network in PyTorch: timbral and temporal filters, three layers over time, pooled to 200 numbers.

After Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging", 2019. Shapes are
(B, channels, T, bands); T is 187 frames of 16 ms, three seconds.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from evaluation.musicnn.checkpoint import Weights, read_checkpoint
from workbench.domain.audio import Audio
from workbench.domain.errors import ModelError

NAME = "musicnn (MTT), 200 numbers each 3 s"
RATE_HZ, FRAMES, BANDS, HOP, WINDOW = 16000, 187, 96, 256, 512
_FOLDER = "musicnn/MTT_musicnn"
_EPSILON = 1e-3
_TIMBRAL = ((204, 7, 38), (204, 7, 67))
_TEMPORAL = ((51, 128), (51, 64), (51, 32))
_MIDDLE = 64


class MusicnnEmbedding(nn.Module):
    """The network up to its penultimate layer: log mel windows (B, 187, 96) to (B, 200)."""

    def __init__(self) -> None:
        super().__init__()
        front = sum(width for width, *_ in (*_TIMBRAL, *_TEMPORAL))
        self.input_norm = _norm(1)
        self.filters = nn.ModuleList(
            [nn.Conv2d(1, width, (height, bands)) for width, height, bands in _TIMBRAL]
            + [nn.Conv2d(1, width, (length, 1)) for width, length in _TEMPORAL]
        )
        self.filter_norms = nn.ModuleList([_norm(width) for width, *_ in (*_TIMBRAL, *_TEMPORAL)])
        widths = (front, _MIDDLE, _MIDDLE)
        self.middle = nn.ModuleList([nn.Conv2d(1, _MIDDLE, (7, width)) for width in widths])
        self.middle_norms = nn.ModuleList([_norm(_MIDDLE) for _ in widths])
        pooled = 2 * (front + 3 * _MIDDLE)
        self.pooled_norm = nn.BatchNorm1d(pooled, eps=_EPSILON)
        self.dense = nn.Linear(pooled, 200)
        self.dense_norm = nn.BatchNorm1d(200, eps=_EPSILON)

    def forward(self, mel: Tensor) -> Tensor:
        """Embed log mel windows (B, 187, 96) as (B, 200)."""
        front = self._front(self.input_norm(mel[:, None]))  # (B, 561, T)
        layers = [front, self._over_time(0, front)]
        for index in (1, 2):
            layers.append(self._over_time(index, layers[-1]) + layers[-1])
        whole = torch.cat(layers, 1)  # (B, 753, T)
        # TensorFlow joins maximum and mean on the last axis before it flattens.
        pooled = torch.stack([whole.amax(2), whole.mean(2)], 2).flatten(1)
        embedding: Tensor = self.dense_norm(functional.relu(self.dense(self.pooled_norm(pooled))))
        return embedding

    def _front(self, mel: Tensor) -> Tensor:
        found = []
        lengths = [*(height for _, height, _ in _TIMBRAL), *(length for _, length in _TEMPORAL)]
        for convolution, norm, length in zip(self.filters, self.filter_norms, lengths, strict=True):
            before = (length - 1) // 2
            padded = functional.pad(mel, (0, 0, before, length - 1 - before))
            found.append(norm(functional.relu(convolution(padded))).amax(3))
        return torch.cat(found, 1)

    def _over_time(self, index: int, signal: Tensor) -> Tensor:
        padded = functional.pad(signal.transpose(1, 2)[:, None], (0, 0, 3, 3))
        result: Tensor = self.middle_norms[index](functional.relu(self.middle[index](padded)))[..., 0]
        return result


def embed_windows(audio: Audio) -> npt.NDArray[np.float64]:
    """Embedding of each three seconds, shape (windows, 200).

    Raises
    ------
    ModelError
        If musicnn's weights are not on this machine.
    """
    network, windows = _network(), mel_windows(audio)
    if not len(windows):
        return np.zeros((0, 200))
    with torch.inference_mode():
        return np.asarray(network(torch.from_numpy(windows)).numpy(), np.float64)


def mel_windows(audio: Audio) -> npt.NDArray[np.float32]:
    """Log mel windows (n, 187, 96) as musicnn was trained on: mono at 16 kHz, log10(10000 x + 1)."""
    import librosa

    mono = librosa.resample(audio.samples.mean(axis=0), orig_sr=audio.sample_rate_hz, target_sr=RATE_HZ)
    mel = librosa.feature.melspectrogram(y=mono, sr=RATE_HZ, hop_length=HOP, n_fft=WINDOW, n_mels=BANDS).T
    count = mel.shape[0] // FRAMES
    table = np.log10(10000.0 * mel[: count * FRAMES] + 1.0).astype(np.float32)
    return np.asarray(table.reshape(count, FRAMES, BANDS))


@functools.cache
def _network() -> MusicnnEmbedding:
    network = MusicnnEmbedding().eval()
    weights = read_checkpoint(*_files())
    norms = [network.input_norm, *network.filter_norms, *network.middle_norms, network.pooled_norm, network.dense_norm]
    for index, norm in enumerate(norms):
        _fill_norm(norm, weights, f"batch_normalization{f'_{index}' if index else ''}")
    for index, convolution in enumerate([*network.filters, *network.middle]):
        name = f"conv2d{f'_{index}' if index else ''}"
        _fill(convolution, weights[f"{name}/kernel"].transpose(3, 2, 0, 1), weights[f"{name}/bias"])
    _fill(network.dense, weights["dense/kernel"].T, weights["dense/bias"])
    return network


def _files() -> tuple[bytes, bytes]:
    """Index and values, from a wheel or from an installed package, which is not imported."""
    stated = os.environ.get("BEATSFOUNDRY_MUSICNN")
    spec = None if stated else importlib.util.find_spec("musicnn")
    try:
        if stated:
            with zipfile.ZipFile(Path(stated).expanduser()) as wheel:
                return wheel.read(f"{_FOLDER}/.index"), wheel.read(f"{_FOLDER}/.data-00000-of-00001")
        if spec is not None and spec.submodule_search_locations:
            folder = Path(next(iter(spec.submodule_search_locations))).parent / _FOLDER
            return (folder / ".index").read_bytes(), (folder / ".data-00000-of-00001").read_bytes()
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"musicnn: the weights cannot be read ({error})") from None
    raise ModelError(
        "musicnn is not here: 'pip install --no-deps musicnn==0.1.0', or name its wheel in BEATSFOUNDRY_MUSICNN"
    )


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_EPSILON)


def _fill(layer: Any, kernel: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> None:
    layer.weight.data = torch.tensor(np.ascontiguousarray(kernel))
    layer.bias.data = torch.tensor(bias)


def _fill_norm(norm: Any, weights: Weights, name: str) -> None:
    norm.weight.data, norm.bias.data = torch.tensor(weights[f"{name}/gamma"]), torch.tensor(weights[f"{name}/beta"])
    norm.running_mean = torch.tensor(weights[f"{name}/moving_mean"])
    norm.running_var = torch.tensor(weights[f"{name}/moving_variance"])
