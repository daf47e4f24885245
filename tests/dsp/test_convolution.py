"""Long filters against a plain convolution."""

import numpy as np
import pytest

from workbench.dsp.convolution import add_convolved, convolve_long


@pytest.mark.parametrize("length", [1, 700, 20_000, 100_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_one_response_for_every_channel(channels: int, length: int) -> None:
    rng = np.random.default_rng(5)
    samples = rng.standard_normal((channels, length)).astype(np.float32)
    response = (rng.standard_normal((1, 500)) / 20.0).astype(np.float32)
    expected = [np.convolve(row.astype(np.float64), response[0])[:length] for row in samples]
    np.testing.assert_allclose(convolve_long(samples, response), expected, atol=5e-6)


def test_one_channel_through_each_response() -> None:
    rng = np.random.default_rng(6)
    samples = rng.standard_normal((1, 30_000)).astype(np.float32)
    responses = (rng.standard_normal((2, 333)) / 18.0).astype(np.float32)
    expected = [np.convolve(samples[0].astype(np.float64), response)[:30_000] for response in responses]
    np.testing.assert_allclose(convolve_long(samples, responses), expected, atol=5e-6)


def test_in_place_and_added_are_the_same_to_the_byte() -> None:
    noise = np.random.default_rng(3)
    samples = noise.standard_normal((2, 300_000)).astype(np.float32)
    responses = noise.standard_normal((2, 900)).astype(np.float32)
    expected = convolve_long(samples, responses[:1])
    room = convolve_long(samples[:1], responses)
    added = add_convolved(samples.copy(), samples[:1], responses, 0.3)
    np.testing.assert_array_equal(added, samples + np.float32(0.3) * room)
    assert convolve_long(samples, responses[:1], out=samples) is samples
    np.testing.assert_array_equal(samples, expected)
