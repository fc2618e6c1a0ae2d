"""What a recipient asks of the document: one TOML file a profile, each rule with its source.

TOML ─profile→ Profile
"""

from prepdoc.requirements.profile import (
    BY_LANGUAGE,
    SIZE_LIMIT_BYTES,
    BadProfile,
    Channel,
    Profile,
    Rule,
    ids,
    load,
    named,
)

__all__ = [
    "BY_LANGUAGE",
    "SIZE_LIMIT_BYTES",
    "BadProfile",
    "Channel",
    "Profile",
    "Rule",
    "ids",
    "load",
    "named",
]
