"""What writing music asks of a network, and the compiled network that answers it without PyTorch."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from workbench.domain.arrays import Bytes, Integers, Singles
from workbench.models import kernels
from workbench.models.kernels import Memory
from workbench.models.packing import State, pack, turns
from workbench.models.spec import BAR_STEP, STEPS, ElementSpec, ModelConfig


class Network(Protocol):
    """A network that decides rows: the steps of `ElementTransformer` for n rows of one or more streams.

    `places` (n, 2) tells the stream and the position of each row in a memory; rows of a stream come in order. W is the
    width, L the neighbouring bars, R the recent notes, A the attributes.
    """

    @property
    def spec(self) -> ElementSpec:
        """The element that it writes."""

    @property
    def config(self) -> ModelConfig:
        """Its size."""

    @property
    def start(self) -> Singles:
        """What stands before the first row, (W,)."""

    def embed_bars(self, prefix: Integers, bar: Bytes) -> Singles:
        """Conditions (n, P) and bar features (n, D1) to (n, W)."""

    def embed_rows(self, fields: Integers) -> Singles:
        """Decided rows (n, 2 + A) to (n, W)."""

    def run_trunk(self, rows: Singles, next_steps: Integers, memory: Memory, places: Integers) -> Singles:
        """Rows (n, W) and the neighbours' steps (n, L) through the trunk."""

    def with_step(self, stream: Singles, step: Integers, cell: Bytes) -> Singles:
        """The stream once the steps (n,) and so the slots' features (n, D2) are known."""

    def with_symbol(
        self, stream: Singles, symbol: Integers, seen: Integers, memory: Memory, places: Integers
    ) -> Singles:
        """The stream once the symbols (n,) are known, through the note blocks; `seen` is (n, L + R, A)."""

    def with_attribute(self, stream: Singles, number: int, value: Integers) -> Singles:
        """The stream once an attribute (n,) is known, not the last one."""

    def choose(self, field: int, stream: Singles) -> Singles:
        """Logits (n, size) of a field: 0 the step, 1 the symbol, then the attributes."""


def room(config: ModelConfig, streams: int, positions: int) -> Memory:
    """A memory for keys and values of some streams."""
    blocks, heads = config.trunk_blocks + config.note_blocks, config.heads
    size = config.width // heads
    keys = np.zeros((streams, blocks, heads, size, positions), np.float32)
    return Memory(keys, np.zeros((streams, blocks, heads, positions, size), np.float32))


class CompiledNetwork:
    """A network whose weights are packed for the compiled kernels.

    Parameters
    ----------
    spec : ElementSpec
    config : ModelConfig
    state : mapping name -> array
        Weights as `ElementTransformer.state_dict` names them.

    Raises
    ------
    KeyError, ValueError
        As `packing.pack`.
    """

    def __init__(self, spec: ElementSpec, config: ModelConfig, state: State) -> None:
        self.spec, self.config = spec, config
        self._weights = pack(state, spec, config)
        self._sizes = [STEPS, spec.symbols, *spec.attributes.values()]
        self._turns = turns(spec.window_rows, config.width // config.heads)

    @property
    def start(self) -> Singles:
        """What stands before the first row, (W,)."""
        return self._weights.start

    def embed_bars(self, prefix: Integers, bar: Bytes) -> Singles:
        """Conditions (n, P) and bar features (n, D1) to (n, W)."""
        state = np.tile(self._weights.bar_in.bias, (len(bar), 1))
        kernels.add_flagged(state, self._weights.bar_in.weights, bar)
        kernels.add_entries(state, self._weights.prefix_in.rows, prefix + self._weights.prefix_in.starts)
        return state

    def embed_rows(self, fields: Integers) -> Singles:
        """Decided rows (n, 2 + A) to (n, W); a bar line has no symbol and no attributes."""
        table, starts = self._weights.row_in
        entries = fields + starts[:-1]
        entries[fields[:, 0] == BAR_STEP, 1:] = starts[-1]
        rows = np.zeros((len(fields), self.config.width), np.float32)
        kernels.add_entries(rows, table, entries)
        return rows

    def run_trunk(self, rows: Singles, next_steps: Integers, memory: Memory, places: Integers) -> Singles:
        """Rows (n, W) and the neighbours' steps (n, L) through the trunk."""
        stream = rows.copy()
        kernels.add_entries(stream, self._weights.next_steps_in.rows, next_steps + self._weights.next_steps_in.starts)
        return self._run(stream, 0, self.config.trunk_blocks, memory, places)

    def with_step(self, stream: Singles, step: Integers, cell: Bytes) -> Singles:
        """The stream once the steps (n,) and so the slots' features (n, D2) are known."""
        known = stream + self._weights.step_chosen[step] + self._weights.cell_in.bias
        kernels.add_flagged(known, self._weights.cell_in.weights, cell)
        return known

    def with_symbol(
        self, stream: Singles, symbol: Integers, seen: Integers, memory: Memory, places: Integers
    ) -> Singles:
        """The stream once the symbols (n,) are known, through the note blocks; `seen` is (n, L + R, A)."""
        known = stream + self._weights.symbol_chosen[symbol]
        entries = seen.reshape(len(seen), -1) + self._weights.memory_in.starts
        kernels.add_entries(known, self._weights.memory_in.rows, entries)
        first = self.config.trunk_blocks
        return self._run(known, first, first + self.config.note_blocks, memory, places)

    def with_attribute(self, stream: Singles, number: int, value: Integers) -> Singles:
        """The stream once an attribute (n,) is known, not the last one."""
        known: Singles = stream + self._weights.attribute_chosen[number][value]
        return known

    def choose(self, field: int, stream: Singles) -> Singles:
        """Logits (n, size) of a field: 0 the step, 1 the symbol, then the attributes."""
        logits: Singles = kernels.head_logits(stream, self._weights.heads, field)
        return logits[:, : self._sizes[field]]

    def _run(self, stream: Singles, first: int, last: int, memory: Memory, places: Integers) -> Singles:
        positions = memory.keys.shape[-1]
        if positions > len(self._turns):
            self._turns = turns(positions, memory.keys.shape[-2])
        kernels.run_blocks(stream, self._weights.blocks, first, last, memory, self._turns, places)
        return stream
