"""What the server takes and answers, beside the request of the pipeline itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from workbench.domain.request_fields import AudioFormat, DeliveryName, SampleRate

ProjectId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ModifyRequest(_Closed):
    """Edits of a finished song, as `beatsfoundry modify` takes them."""

    project_id: ProjectId = Field(description="Project to edit.")
    version: int | None = Field(
        None, ge=1, le=2**31, description="Its version; the newest, or the session's, if left out."
    )
    edits: list[dict[str, Any]] = Field(
        min_length=1, max_length=200, description="Edits in order; `GET /parameters` has their schema under `edits`.",
        examples=[[{"edit": "drop", "element": "pads"}]],
    )  # fmt: skip


class RenderRequest(_Closed):
    """A finished song in another delivery."""

    project_id: ProjectId = Field(description="Project to render.")
    version: int | None = Field(
        None, ge=1, le=2**31, description="Its version; the newest, or the session's, if left out."
    )
    format: AudioFormat | None = Field(None, description="Audio file format; as it was if left out.")
    sample_rate: SampleRate | None = Field(None, description="Sample rate in Hz; as it was if left out.")
    bit_depth: Literal[16, 24] | None = Field(None, description="Bits a sample for wav, aiff and flac.")
    stem_export: bool | None = Field(None, description="Whether stems are written.")
    delivery: DeliveryName | None = Field(None, description="Where the master goes; sets loudness and ceiling.")
    target_loudness: float | None = Field(None, ge=-30, le=-6, description="Integrated loudness in LUFS.")


class Outputs(BaseModel):
    """Signed addresses of audio files; they expire."""

    master: str
    stems: dict[str, str]
    alternatives: list[str]


class Metadata(BaseModel):
    """What the song is like."""

    duration: float = Field(description="Seconds.")
    tempo: float = Field(description="Quarter notes a minute.")
    key: str
    loudness: float = Field(description="LUFS.")
    creation_time: str
    ranking: dict[str, Any] | None = Field(None, description="Why this candidate stands first, of several.")
    generation_parameters: dict[str, Any]


class SongResponse(BaseModel):
    """The published response: a finished song."""

    project_id: str
    status: Literal["completed"]
    outputs: Outputs
    metadata: Metadata
    version: int = Field(description="Number of this version in its project, from 1.")
    files: dict[str, str] = Field(description="Signed address of every file of the bundle.")
    notes: list[str] = Field(description="What its owner should know, such as that it could not be recorded.")


class JobStatus(BaseModel):
    """A piece of work, and its result once there is one."""

    job_id: str
    kind: Literal["generate", "modify", "render"]
    project_id: str
    status: Literal["queued", "running", "completed", "failed", "cancelled"]
    stage: str = Field(description="What is being done.")
    percentage: float = Field(ge=0, le=100)
    attempt: int = Field(description="How often it was begun: more than once if a worker died.")
    error: str | None = Field(None, description="Why it failed.")
    preview: str | None = Field(None, description="Signed address of its first seconds, before the rest is made.")
    result: SongResponse | None = None


class ProjectSummary(BaseModel):
    """A project and its versions."""

    project_id: str
    versions: list[int]
    created: float = Field(description="Seconds since the epoch.")


class ProjectList(BaseModel):
    """The projects of a key."""

    projects: list[ProjectSummary]


class SessionStatus(BaseModel):
    """A workflow: its versions in order, and where it stands."""

    session_id: str
    history: list[str] = Field(description="Project and version of each step, such as `neon-rain/2`.")
    position: int = Field(ge=0, description="How many steps are done; those after it were undone.")
    current: SongResponse | None = None


class AnalysisResponse(BaseModel):
    """Measurements of an audio file, named with their units."""

    name: str
    sample_rate_hz: int
    duration_seconds: float
    measurements: dict[str, float | None]
    key: str | None = Field(description="As heard, such as 'F minor'; null where none is.")
    channels: int = Field(description="Of the file; the loudness of one channel is that channel's, unless dual mono.")
    notes: list[str] = Field(description="What was repaired or left out, and how a mono file is counted.")


class ParametersResponse(BaseModel):
    """Everything that a request can say."""

    request: dict[str, Any] = Field(description="JSON schema of a request, with units, ranges and defaults.")
    edits: dict[str, Any] = Field(description="JSON schema of the edits that `modify` takes.")
    styles: list[str]
    presets: list[str]
    templates: list[str]
    macros: list[str]
    deliveries: list[str]
    patches: list[str]
    kits: list[str]
    models: dict[str, list[str]] = Field(description="Networks by element.")
    references: list[str]


class Health(BaseModel):
    """Whether the server can do its work."""

    status: Literal["ok", "degraded"]
    version: str
    workers: int = Field(description="Worker processes that live.")
    waiting: int = Field(description="Jobs that wait or run.")
