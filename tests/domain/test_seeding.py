from workbench.domain.seeding import derived_seed, generator


def test_seeds_differ_by_seed_and_name() -> None:
    seeds = {derived_seed(seed, "dither", name) for seed in range(20) for name in ("master", "bass", "pads")}
    assert len(seeds) == 60


def test_generators_repeat_and_differ() -> None:
    assert generator(1, "bass", 2).integers(1 << 60) == generator(1, "bass", 2).integers(1 << 60)
    assert generator(1, "bass", 2).integers(1 << 60) != generator(1, "bass", 3).integers(1 << 60)
