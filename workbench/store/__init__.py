"""A content-addressed store on disk: a result is found again by what it was made from."""

from workbench.store.keys import code_version, content_key
from workbench.store.memory import MemoryStore, SampleStore
from workbench.store.requests import request_key, stated_key
from workbench.store.settings import DEFAULT_LIMIT_BYTES, open_store, set_limit, store_folder
from workbench.store.store import Store, StoreSize

__all__ = [
    "DEFAULT_LIMIT_BYTES",
    "MemoryStore",
    "SampleStore",
    "Store",
    "StoreSize",
    "code_version",
    "content_key",
    "open_store",
    "request_key",
    "set_limit",
    "stated_key",
    "store_folder",
]
