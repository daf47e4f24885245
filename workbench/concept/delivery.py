"""Where a master goes, and with that its loudness and its true-peak ceiling."""

from __future__ import annotations

from workbench.concept.brief import STATED, Brief
from workbench.concept.decide import decided, overruled, quoted
from workbench.concept.time_words import LOUDNESS_LIMITS_LUFS
from workbench.domain.deliveries import DeliveryProfile, load_delivery
from workbench.domain.plan import Decision

_USUAL = "streaming"


def decide_level(brief: Brief) -> tuple[DeliveryProfile, float, tuple[Decision, ...]]:
    """Delivery profile, loudness in LUFS, and a decision each for profile, loudness and ceiling.

    A loudness that the request states wins over its delivery, its delivery over a loudness in its text, and that over
    what is usual.
    """
    options = brief.request.options
    profile = load_delivery(options.delivery or _USUAL)
    where = (
        Decision("delivery", profile.name, "stated", STATED)
        if options.delivery
        else Decision("delivery", profile.name, "default", "the request leaves it open")
    )
    loudness, decision = _loudness(brief, profile)
    why = f"the ceiling of the delivery '{profile.name}'"
    ceiling = Decision("true_peak_ceiling", f"{profile.ceiling_dbtp:g} dBTP", where.source, why)
    return profile, loudness, (where, decision, ceiling)


def _loudness(brief: Brief, profile: DeliveryProfile) -> tuple[float, Decision]:
    options, extracted = brief.request.options, brief.extracted.loudness_lufs
    stated = options.target_loudness
    if stated is not None:
        against = overruled(extracted, stated, brief, "target_loudness")
        return stated, decided("target_loudness", f"{stated:g} LUFS", "stated", STATED, against)
    value = profile.target_lufs
    if options.delivery:
        against = overruled(extracted, value, brief, "target_loudness")
        why = f"the loudness of the delivery '{profile.name}'"
        return value, decided("target_loudness", f"{value:g} LUFS", "stated", why, against)
    if extracted:
        return extracted.value, Decision("target_loudness", f"{extracted.value:g} LUFS", "text", quoted(extracted))
    louder = brief.extracted.louder_lu
    if louder:
        value = min(LOUDNESS_LIMITS_LUFS[1], value + louder.value)
        return value, Decision("target_loudness", f"{value:g} LUFS", "text", quoted(louder))
    return value, Decision("target_loudness", f"{value:g} LUFS", "default", f"usual for {profile.name}")
